import { mayCall } from './own-base-url.js';

describe('the address that an account may enter', () => {
  const hosts = ['infobip.com', 'smsapi.pl'];
  const nowhere = () => false;

  it.each([
    ['https://api.infobip.com', true],
    ['https://xyz123.api.infobip.com', true],
    ['https://infobip.com/base', true],
    ['http://api.infobip.com', false],
    ['https://api.infobip.com:8443', false],
    ['https://api.infobip.com.evil.example', false],
    ['https://evilinfobip.com', false],
    ['https://user@api.infobip.com', false],
    ['https://169.254.169.254', false],
    ['http://127.0.0.1:9000', false],
    ['nonsense', false],
  ])('%s: %s', (baseUrl, may) => {
    expect(mayCall(baseUrl, hosts, nowhere)).toBe(may);
  });

  it('is one of this machine only where that is allowed at all', () => {
    expect(mayCall('http://127.0.0.1:9000', hosts, (host) => host === '127.0.0.1')).toBe(true);
  });
});
