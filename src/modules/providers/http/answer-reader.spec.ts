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
});
