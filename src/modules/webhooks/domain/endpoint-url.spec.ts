import { isPublicAddress } from '../../../outbound/addresses.js';
import { mayDeliverTo } from './endpoint-url.js';

const may = (url: string, allowPrivate = false) => mayDeliverTo(url, isPublicAddress, allowPrivate);

describe('addresses of endpoints', () => {
  it.each(['https://portal.example/hooks?key=1', 'https://8.8.8.8/', 'https://[2606:4700::1111]:8443/x'])(
    'may be %s',
    (url) => expect(may(url)).toBe(true),
  );

  it.each([
    'http://portal.example/',
    'ftp://portal.example/',
    'portal.example',
    'https://user@portal.example/',
    'https://:x@portal.example/',
    'https://portal.example/#part',
    'https://localhost/',
    'https://LOCALHOST./',
    'https://postgres/',
    'https://db.internal/',
    'https://printer.local./',
    'https://127.0.0.1/',
    'https://0x7f.1/',
    'https://2130706433/',
    'https://169.254.169.254/latest',
    'https://10.0.0.1/',
    'https://[::1]/',
    'https://[::ffff:10.0.0.1]/',
    'https://[fd00::1]/',
  ])('may not be %s', (url) => expect(may(url)).toBe(false));

  it('may be on this machine for a demo, and even then hold no credentials', () => {
    expect(may('http://127.0.0.1:3000/x', true)).toBe(true);
    expect(may('http://user:x@127.0.0.1:3000/x', true)).toBe(false);
  });
});
