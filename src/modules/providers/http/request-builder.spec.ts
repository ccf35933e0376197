import { createHmac } from 'node:crypto';
import { readHttpSettings } from './read-http-settings.js';
import { RequestBuilder, type RequestValues, UnwritableRequestError } from './request-builder.js';

const now = new Date('2026-03-02T12:00:00Z');
const secrets = { token: 'to ken&', key: 'k' };
const message: RequestValues = {
  to: '48500000001',
  text: 'a&b=1 {{secret.token}} "ü" 😜\r\nx',
  sender: 'My Shop',
  reference: 'ref-1',
  encoding: 'ucs2',
  partNo: 1,
  partsTotal: 2,
  concatReference: 77,
  validUntil: new Date('2026-03-02T12:10:00Z'),
};

const build = (request: object, more: object = {}, values: Partial<RequestValues> = {}) =>
  new RequestBuilder(
    readHttpSettings(
      { request: { url: 'https://api.example.com:8443/v1', ...request }, ...more },
      new Set(Object.keys(secrets)),
    ),
    { secrets, callbackUrl: 'https://kabinet.example/callbacks/providers/abc' },
  ).build([{ ...message, ...values }], now);

describe('requests of an HTTP provider', () => {
  it('encodes for every place', () => {
    const request = build({
      url: 'https://api.example.com:8443/v1/{{sender}}/send?login={{secret.token}}',
      query: { 'to[]': '+{{to}}', dlr: '{{callbackUrl}}?ref={{reference}}&s=%d' },
      body: { type: 'form', fields: { 'te xt': '{{text}}', enc: '{{encoding}}' } },
      encodings: { gsm7: '0', ucs2: '2' },
    });
    expect(request.origin).toBe('https://api.example.com:8443');
    expect(request.path).toBe(
      '/v1/My%20Shop/send?login=to%20ken%26&to%5B%5D=%2B48500000001&dlr=' +
        encodeURIComponent('https://kabinet.example/callbacks/providers/abc?ref=ref-1&s=%d'),
    );
    expect(request.headers['content-type']).toBe('application/x-www-form-urlencoded');
    expect([...new URLSearchParams(request.body!)]).toEqual([
      ['te xt', message.text],
      ['enc', '2'],
    ]);
  });

  it('writes JSON values whatever they hold, numbers where asked, and leaves out what there is not', () => {
    const content = {
      sms: [{ to: '{{to}}', text: '{{text}}', ref: 'k-{{reference}}' }],
      ttl: '{{number:validitySeconds}}',
      until: '{{validUntil}}',
      flag: true,
      n: null,
    };
    expect(JSON.parse(build({ body: { type: 'json', content } }).body!)).toEqual({
      sms: [{ to: message.to, text: message.text, ref: 'k-ref-1' }],
      ttl: 600,
      until: '2026-03-02T12:10:00.000Z',
      flag: true,
      n: null,
    });
    const without = build(
      { body: { type: 'json', content }, query: { v: '{{validitySeconds}}' } },
      {},
      { validUntil: null },
    );
    expect(Object.keys(JSON.parse(without.body!) as object)).toEqual(['sms', 'flag', 'n']);
    expect(without.path).toBe('/v1');
  });

  it('writes XML', () => {
    const request = build(
      { body: { type: 'xml', content: '<sms to="{{to}}">{{text}}</sms>' } },
      {},
      { text: '<b>&"\'' },
    );
    expect(request.body).toBe('<sms to="48500000001">&lt;b&gt;&amp;&quot;&apos;</sms>');
    expect(request.headers['content-type']).toBe('application/xml; charset=utf-8');
  });

  it.each([
    [{ type: 'basic', username: 'me', password: '{{secret.token}}' }, 'authorization', `Basic ${btoa('me:to ken&')}`],
    [{ type: 'bearer', token: '{{secret.key}}' }, 'authorization', 'Bearer k'],
    [{ type: 'header', name: 'X-Api-Key', value: 'App {{secret.key}}' }, 'x-api-key', 'App k'],
  ])('authenticates by %p', (auth, header, value) => expect(build({}, { auth }).headers[header]).toBe(value));

  it('signs what the description says', () => {
    const signature = {
      header: 'X-Signature',
      secret: '{{secret.key}}',
      content: '{{timestamp}}.{{path}}.{{body}}',
      prefix: 'v1=',
      encoding: 'base64',
    };
    const request = build({
      signature,
      body: { type: 'text', content: '{{text}}' },
      headers: { 'x-at': '{{timestamp}}' },
    });
    const signed = createHmac('sha256', 'k').update(`1772452800./v1.${message.text}`).digest('base64');
    expect(request.headers).toMatchObject({ 'x-signature': `v1=${signed}`, 'x-at': '1772452800' });
  });

  it('refuses a value that would end a header', () => {
    expect(() => build({ headers: { 'x-to': '{{to}}' } }, {}, { to: '48\r\nx: y' })).toThrow(UnwritableRequestError);
  });

  describe('for several messages', () => {
    const others = [message, { ...message, to: '48500000002', text: 'b', reference: 'ref-2', validUntil: null }];
    const together = (request: object) =>
      new RequestBuilder(readHttpSettings({ request: { url: 'https://api.example.com/v1', ...request } }, new Set()), {
        secrets: {},
        callbackUrl: null,
      }).build(others, now);

    it('names all numbers of one text', () => {
      const request = {
        method: 'GET',
        query: { phone: '{{to}}', text: '{{text}}' },
        batch: { most: 50, separator: ';', recipient: '/{{to}}' },
      };
      expect(together(request).path).toMatch(/^\/v1\?phone=48500000001%3B48500000002&text=a%26b/);
    });

    it('gives each its own copy, which holds what it has', () => {
      const content = {
        messages: [{ '{{each}}': { to: ['{{to}}'], id: '{{reference}}', ttl: '{{number:validitySeconds}}' } }, 'last'],
        one: { '{{each}}': 'only in arrays' },
      };
      const batch = { most: 50, recipient: '/messages/[id={{reference}}]' };
      expect(JSON.parse(together({ body: { type: 'json', content }, batch }).body!)).toEqual({
        messages: [{ to: ['48500000001'], id: 'ref-1', ttl: 600 }, { to: ['48500000002'], id: 'ref-2' }, 'last'],
        one: { '{{each}}': 'only in arrays' },
      });
    });
  });
});
