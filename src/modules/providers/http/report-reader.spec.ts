import { createHmac } from 'node:crypto';
import { readHttpSettings } from './read-http-settings.js';
import { ReportReader } from './report-reader.js';

const receivedAt = new Date('2026-03-02T12:00:00Z');
const url = 'https://kabinet.example/callbacks/providers/abc';

function read(reports: object, call: { body?: string; query?: string; headers?: Record<string, string> }) {
  const settings = readHttpSettings({ request: { url: 'https://a.example/' }, reports }, new Set(['key']));
  const reader = new ReportReader(settings.reports!, { 'secret.key': 'k' });
  const { body = '', query = '', headers = {} } = call;
  return reader.read({ url: url + query, headers, body }, receivedAt);
}

const statuses = { DELIVRD: 'delivered', UNDELIV: 'undelivered', ACCEPTD: 'submitted' };
const json = {
  format: 'json',
  list: '/results',
  fields: { messageId: '/id', status: '/status/name', errorCode: '/error', doneAt: '/at', to: '/to', cost: '/price' },
  statuses,
  currency: 'EUR',
};
const form = { format: 'form', fields: { reference: '/ref', status: '/stat' }, statuses };

describe('reports of an HTTP provider', () => {
  it('reads several of one call', () => {
    const body = JSON.stringify({
      results: [
        {
          id: '1',
          status: { name: 'DELIVRD' },
          error: 0,
          at: '2026-03-02T11:59:00+00:00',
          to: '+48500',
          price: -0.0123,
        },
        { id: '2', status: { name: 'undeliv' }, error: '27', at: 'yesterday' },
        { id: '3', status: { name: 'ACCEPTD' } },
        { id: '4', status: { name: 'BRAND_NEW' } },
      ],
    });
    const { reports, unreadable } = read(json, { body });
    expect(unreadable).toEqual([]);
    expect(reports).toMatchObject([
      {
        providerMessageId: '1',
        status: 'delivered',
        intermediate: false,
        errorCode: null,
        doneAt: new Date('2026-03-02T11:59:00Z'),
        to: '48500',
        costMicros: 12_300n,
        currency: 'EUR',
        receivedAt,
      },
      { providerMessageId: '2', status: 'undelivered', intermediate: false, errorCode: '27', doneAt: null },
      { providerMessageId: '3', status: 'submitted', intermediate: true },
      { providerMessageId: '4', status: 'unknown', intermediate: true },
    ]);
    expect(reports[3]!.raw).toContain('BRAND_NEW');
  });

  it('keeps the readable ones and names the others', () => {
    const body = '{"results":[{"id":"1","status":{"name":"DELIVRD"}},{"id":"2"},7,null]}';
    expect(read(json, { body })).toMatchObject({ reports: [{ providerMessageId: '1' }], unreadable: [1, 2, 3] });
  });

  it('reads forms and queries', () => {
    expect(read(form, { body: 'ref=a%20b&stat=DELIVRD' }).reports).toMatchObject([
      { providerMessageId: '', clientReference: 'a b', status: 'delivered', raw: '{"ref":"a b","stat":"DELIVRD"}' },
    ]);
    expect(read({ ...form, format: 'query' }, { query: '?stat=UNDELIV&ref=1' }).reports).toMatchObject([
      { clientReference: '1', status: 'undelivered' },
    ]);
  });

  it.each(['', 'null', '7', '[]', '{', '{"results":7}', '{"results":[]}', '{"other":[]}'])('refuses %p', (body) =>
    expect(() => read(json, { body })).toThrow('report_unreadable'),
  );

  it('names what a form lacks', () => expect(read(form, { body: 'x=y' })).toEqual({ reports: [], unreadable: [0] }));

  it('refuses more than it could store at once', () => {
    const body = JSON.stringify({ results: Array.from({ length: 1_001 }, () => ({})) });
    expect(() => read(json, { body })).toThrow('too_many_reports');
  });

  it('checks the signature of the body', () => {
    const signature = { header: 'X-Sign', secret: '{{secret.key}}', prefix: 'sha256=' };
    const body = '{"results":[{"id":"1","status":{"name":"DELIVRD"}}]}';
    const sign = (text: string, key = 'k') => ({
      'x-sign': `sha256=${createHmac('sha256', key).update(text).digest('hex')}`,
    });
    expect(read({ ...json, signature }, { body, headers: sign(body) }).reports).toHaveLength(1);
    for (const headers of [{}, { 'x-sign': '' }, sign(`${body} `), sign(body, 'other')]) {
      expect(() => read({ ...json, signature }, { body, headers })).toThrow('report_signature_wrong');
    }
  });

  it('checks a signature of address and sorted fields, as Twilio makes it', () => {
    const signature = {
      header: 'X-Twilio-Signature',
      algorithm: 'sha1',
      encoding: 'base64',
      secret: '{{secret.key}}',
      content: '{{url}}{{sortedFields}}',
    };
    const expected = createHmac('sha1', 'k').update(`${url}refA1statDELIVRD`).digest('base64');
    const call = { body: 'stat=DELIVRD&ref=A1', headers: { 'x-twilio-signature': expected } };
    expect(read({ ...form, signature }, call).reports).toHaveLength(1);
  });

  it.each([
    ['unix', '1772452740', '2026-03-02T11:59:00.000Z'],
    ['unix_ms', '1772452740000', '2026-03-02T11:59:00.000Z'],
    ['iso', '2026-03-02 13:59:00+02:00', '2026-03-02T11:59:00.000Z'],
    ['iso', '2026-03-02 11:59:00', undefined],
    ['unix', 'soon', undefined],
  ])('reads the %s instant %s', (doneAtFormat, at, expected) => {
    const body = JSON.stringify({ results: [{ id: '1', status: { name: 'DELIVRD' }, at }] });
    expect(read({ ...json, doneAtFormat }, { body }).reports[0]!.doneAt?.toISOString()).toBe(expected);
  });
});
