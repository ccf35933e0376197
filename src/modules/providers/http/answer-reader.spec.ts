import { AnswerReader } from './answer-reader.js';
import { readHttpSettings } from './read-http-settings.js';

const values = { to: '48500000001', reference: 'ref-1' };

function read(answer: object, status: number, text: string, errors: object[] = [], headers = {}) {
  const settings = readHttpSettings({ request: { url: 'https://a.example/' }, answer, errors }, new Set());
  return new AnswerReader(settings).read({ status, text, headers }, values);
}

const vonage = {
  recipient: '/messages/0',
  success: { source: { pointer: '/status' }, values: ['0'] },
  messageId: { pointer: '/message-id' },
  errorCode: { pointer: '/status' },
  errorText: { pointer: '/error-text' },
  cost: { source: { pointer: '/message-price' }, currency: 'EUR' },
};
const vonageErrors = [
  { codes: ['1'], means: 'throttled' },
  { codes: ['9'], means: 'unavailable' },
  { codes: ['4'], means: 'credentials' },
  { codes: ['5'], means: 'unknown' },
];
const one = (message: object) => JSON.stringify({ messages: [message] });

describe('answers of an HTTP provider', () => {
  it('takes id, cost and nothing else from a success', () => {
    const { result, link } = read(vonage, 200, one({ status: '0', 'message-id': 'A1', 'message-price': '0.03330000' }));
    expect(result).toEqual({ kind: 'submitted', providerMessageId: 'A1', costMicros: 33_300n, currency: 'EUR' });
    expect(link).toBe('well');
  });

  it.each([
    ['15', { kind: 'rejected', code: '15', detail: 'Illegal' }, 'well'],
    ['1', { kind: 'not_sent', reason: 'throttled', code: '1' }, 'throttled'],
    ['9', { kind: 'not_sent', reason: 'unavailable', code: '9' }, 'unavailable'],
    ['4', { kind: 'not_sent', reason: 'unavailable', code: '4' }, 'credentials'],
    ['5', { kind: 'unknown', code: '5', detail: 'Illegal' }, 'unclear'],
  ])("does not take 200 for a success: the recipient's own status %s", (status, result, link) => {
    expect(read(vonage, 200, one({ status, 'error-text': 'Illegal' }), vonageErrors)).toEqual({ result, link });
  });

  it.each([
    [204, 'unknown', 'unclear'],
    [207, 'unknown', 'unclear'],
    [400, 'rejected', 'well'],
    [404, 'rejected', 'well'],
    [401, 'not_sent', 'credentials'],
    [408, 'unknown', 'unclear'],
    [429, 'not_sent', 'throttled'],
    [302, 'not_sent', 'unavailable'],
    [500, 'unknown', 'unclear'],
    [502, 'unknown', 'unclear'],
    [503, 'unknown', 'unclear'],
  ] as const)('reads status %i as %s when no rule says otherwise', (status, kind, link) => {
    for (const text of ['', '<html>', '{}']) {
      const answer = read(vonage, status, text);
      expect(answer).toMatchObject({ link, result: { kind, code: String(status) } });
    }
  });

  it('lets a rule overrule a status', () => {
    const errors = [{ statuses: [503], means: 'unavailable' }];
    expect(read(vonage, 503, '', errors).result).toMatchObject({ kind: 'not_sent', reason: 'unavailable' });
  });

  it.each(['', '<html>', 'null', '7', '{}', '{"messages":[]}', '{"messages":{"0":[]}}', one({})])(
    'calls a success that says nothing unknown: %s',
    (text) => expect(read(vonage, 200, text).result).toMatchObject({ kind: 'unknown' }),
  );

  it('calls a success without an id unknown, when there should be one', () => {
    expect(read(vonage, 200, one({ status: '0' })).result).toMatchObject({ kind: 'unknown', code: 'no_message_id' });
    const without = { success: vonage.success, recipient: vonage.recipient };
    expect(read(without, 200, one({ status: '0' })).result).toEqual({ kind: 'submitted', providerMessageId: '' });
  });

  it('keeps long numbers, in answers keyed by the recipient', () => {
    const intis = { recipient: '/{{to}}', messageId: { pointer: '/id_sms' }, errorCode: { pointer: '/error' } };
    const text = '{"48500000001":{"error":"","id_sms":4384607771347164730001,"cost":1}}';
    expect(read(intis, 200, text).result).toEqual({ kind: 'submitted', providerMessageId: '4384607771347164730001' });
    expect(read(intis, 200, '{"48500000001":{"error":"13"}}').result).toMatchObject({ kind: 'rejected', code: '13' });
  });

  it('reads plain text by patterns and headers', () => {
    const text = {
      format: 'text',
      success: { source: { pattern: '^(OK)' }, values: ['OK'] },
      messageId: { pattern: '^OK:? (\\S+)' },
      errorCode: { pattern: '^ERR (\\d+)' },
      operator: { header: 'X-Operator' },
    };
    expect(read(text, 200, 'OK: 0012', [], { 'x-operator': 'MTS' }).result).toEqual({
      kind: 'submitted',
      providerMessageId: '0012',
      operator: 'MTS',
    });
    expect(read(text, 200, 'ERR 34').result).toMatchObject({ kind: 'rejected', code: '34' });
    expect(read(text, 200, 'what?').result).toMatchObject({ kind: 'unknown' });
  });

  it('finds nothing in prototypes', () => {
    const sly = { messageId: { pointer: '/constructor/name' } };
    expect(read(sly, 200, '{}').result).toMatchObject({ kind: 'unknown' });
    expect(read({ messageId: { pointer: '/__proto__' } }, 200, '{}').result).toMatchObject({ kind: 'unknown' });
  });

  describe('to several messages', () => {
    const batch = { most: 50, separator: ',', recipient: '/{{to}}' };
    const both = [values, { to: '48500000002', reference: 'ref-2' }];
    const readBoth = (answer: object, status: number, text: string, request: object = { batch }) => {
      const settings = readHttpSettings({ request: { url: 'https://a.example/', ...request }, answer }, new Set());
      return new AnswerReader(settings).readBatch({ status, text, headers: {} }, both);
    };
    const keyed = {
      success: { source: { pointer: '/error' }, values: ['0'] },
      messageId: { pointer: '/id' },
      errorCode: { pointer: '#/error' },
    };

    it('reads what it says of each', () => {
      const [one, other] = readBoth(keyed, 200, '{"48500000002":{"error":31},"48500000001":{"error":"0","id":7}}');
      expect(one!.result).toEqual({ kind: 'submitted', providerMessageId: '7' });
      expect(other!.result).toMatchObject({ kind: 'rejected', code: '31' });
    });

    it('finds them in a list by what they are known by', () => {
      const request = {
        body: { type: 'json', content: [{ '{{each}}': '{{to}}' }] },
        batch: { most: 50, recipient: '/messages/[id={{reference}}]' },
      };
      const text = '{"messages":["x",{"id":"ref-2","nr":2},{"id":"ref-1","nr":1},{"id":"ref-1","nr":3}]}';
      const answers = readBoth({ messageId: { pointer: '/nr' } }, 200, text, request);
      expect(answers.map(({ result }) => result)).toMatchObject([
        { kind: 'submitted', providerMessageId: '1' },
        { kind: 'submitted', providerMessageId: '2' },
      ]);
    });

    it.each([
      [keyed, '{"48500000001":{"error":"0","id":7}}'],
      // No rule would miss anything of the other one.
      [{}, '{"48500000001":{}}'],
      [{ messageId: { value: '{{reference}}' } }, '{"48500000001":{}}'],
    ])('calls unknown whom it does not name: %j', (answer, text) => {
      const [one, other] = readBoth(answer, 200, text);
      expect([one!.result.kind, other!.result.kind]).toEqual(['submitted', 'unknown']);
      expect([one!.link, other!.link]).toEqual(['well', 'unclear']);
    });

    it.each([
      [200, '{"error":14}', '14'],
      [400, 'what?', '400'],
    ])('takes a refusal of all for none of them: %i %s', (status, text, code) => {
      const refusedTogether = { link: 'well', alone: true, result: { kind: 'not_sent', reason: 'unavailable', code } };
      expect(readBoth(keyed, status, text)).toEqual([refusedTogether, refusedTogether]);
    });

    it.each([
      [429, 'throttled', 'not_sent'],
      [401, 'credentials', 'not_sent'],
      [500, 'unclear', 'unknown'],
      [200, 'unclear', 'unknown'],
    ])('means the same to each by its status %i', (status, link, kind) => {
      expect(readBoth(keyed, status, 'no JSON')).toMatchObject([
        { link, result: { kind } },
        { link, result: { kind } },
      ]);
    });
  });
});
