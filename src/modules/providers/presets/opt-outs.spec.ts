import { AnswerReader } from '../http/answer-reader.js';
import { ReportReader } from '../http/report-reader.js';
import { KINDS } from '../kinds/kinds.js';

const NOW = new Date('2026-03-02T12:00:00Z');
const CREDENTIALS = {
  twilio: { accountSid: 'AC0', authToken: 'token' },
  vonage: { apiKey: 'key', apiSecret: 'secret' },
  infobip: { apiKey: 'key' },
  intis: { login: 'login', apiKey: 'key' },
};
type Kind = keyof typeof CREDENTIALS;

function descriptionOf(kind: Kind) {
  const spec = KINDS[kind];
  return spec.describe!(spec.readSettings({}, CREDENTIALS[kind]), Object.keys(CREDENTIALS[kind]));
}

/** As the companies' own references show what they say of people who do not want messages. */
describe('an opt-out', () => {
  it.each([
    ['twilio', 400, { code: 21610, message: 'Attempt to send to unsubscribed recipient', status: 400 }],
    ['vonage', 200, { 'message-count': '1', messages: [{ status: '7', 'error-text': 'Number barred' }] }],
    ['infobip', 200, { messages: [{ to: '4', status: { groupId: 5, id: 8, name: 'REJECTED_DND' }, messageId: 'm' }] }],
    ['intis', 200, { '4': { error: '13' } }],
    ['intis', 200, { error: '34' }],
  ] as const)('is read from the answer of %s (%s)', (kind, status, answer) => {
    const reader = new AnswerReader(descriptionOf(kind));
    const read = reader.read({ status, headers: {}, text: JSON.stringify(answer) }, { to: '4', partIndex: '0' });
    expect(read).toMatchObject({ link: 'well', result: { kind: 'rejected', optedOut: true } });
  });

  const form = (fields: Record<string, string>) => new URLSearchParams(fields).toString();
  it.each([
    ['twilio', form({ MessageSid: 'SM1', MessageStatus: 'failed', ErrorCode: '21610', To: '+4' })],
    ['vonage', form({ messageId: 'm', status: 'failed', 'err-code': '9', msisdn: '4' })],
    [
      'infobip',
      JSON.stringify({
        results: [{ messageId: 'm', to: '4', status: { groupName: 'REJECTED', name: 'REJECTED_DND' }, error: {} }],
      }),
    ],
  ] as const)('is read from a report of %s', (kind, body) => {
    const reader = new ReportReader({ ...descriptionOf(kind).reports!, signature: null }, {});
    const { reports } = reader.read({ url: 'http://x/', headers: {}, body }, NOW);
    expect(reports).toMatchObject([{ optedOut: true }]);
  });

  it('is not read from another failure', () => {
    const reader = new ReportReader({ ...descriptionOf('twilio').reports!, signature: null }, {});
    const body = form({ MessageSid: 'SM1', MessageStatus: 'failed', ErrorCode: '30003', To: '+4' });
    expect(reader.read({ url: 'http://x/', headers: {}, body }, NOW).reports[0]).not.toHaveProperty('optedOut');
  });
});
