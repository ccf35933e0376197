import type { PartResult } from '../../../src/modules/providers/sms-provider.js';
import { submission } from '../../contract/sms-provider.js';
import { type CompanyKind, companyOf } from '../../support/companies/companies.js';
import { partId } from '../../support/companies/vonage.js';
import { type CompanySubject, openCompany } from '../../support/company-subject.js';
import { ProviderRecorder } from '../../support/provider-recorder.js';
import { until } from '../../support/until.js';

let subject: CompanySubject;
let heard: ProviderRecorder;

async function open(kind: CompanyKind): Promise<void> {
  subject = await openCompany(companyOf(kind));
  heard = new ProviderRecorder();
  subject.provider.start(heard);
  await until('it is ready', () => subject.provider.state().status === 'ready');
}
afterEach(async () => {
  await subject.provider.stop(100);
  await subject.close();
});

const send = async (...texts: string[]): Promise<PartResult[]> => {
  const [outcome] = await subject.provider.submit([submission(subject.numbers.delivered, ...texts)]);
  return outcome!.parts;
};

/** What a company can answer besides yes, and what it means here. */
const WORDS: [CompanyKind, status: number, body: object, expected: object][] = [
  [
    'twilio',
    400,
    { code: 21_610, message: 'Attempt to send to unsubscribed recipient', status: 400 },
    refused('21610'),
  ],
  ['twilio', 400, { code: 21_611, message: 'queue is full', status: 400 }, notSent('throttled', '21611')],
  ['twilio', 403, { code: 20_005, message: 'Account not active', status: 403 }, notSent('unavailable', '20005')],
  ['twilio', 201, { sid: `SM${'0'.repeat(32)}`, status: 'failed', error_code: 30_006 }, refused('failed')],
  ['twilio', 500, { code: 20_500, message: 'Internal Server Error', status: 500 }, { kind: 'unknown', code: '20500' }],
  ['vonage', 200, vonage('9', 'Partner quota exceeded'), notSent('provider_no_funds', '9')],
  ['vonage', 200, vonage('5', 'Internal error'), { kind: 'unknown', code: '5' }],
  ['vonage', 200, vonage('7', 'Number barred'), { ...refused('7'), detail: 'Number barred' }],
  ['infobip', 200, infobip('REJECTED_NOT_ENOUGH_CREDITS'), notSent('provider_no_funds', 'REJECTED_NOT_ENOUGH_CREDITS')],
  ['infobip', 200, infobip('REJECTED_NETWORK'), refused('REJECTED_NETWORK')],
  ['infobip', 400, { requestError: {} }, refused('400')],
  ['smsapi', 200, { error: 103, message: 'Insufficient credits' }, notSent('provider_no_funds', '103')],
  ['smsapi', 200, { error: 14, message: 'Wrong sender name' }, { ...refused('14'), detail: 'Wrong sender name' }],
  // It has seen the reference: the first try arrived, so this is not a refusal.
  ['smsapi', 200, { error: 53, message: 'Not unique idx' }, { kind: 'unknown', code: '53' }],
  ['smsapi', 200, { error: 101, message: 'Authorization failed' }, notSent('unavailable', '101')],
  ['smsc', 200, { error: 'not enough money', error_code: 3, id: 'x' }, notSent('provider_no_funds', '3')],
  ['smsc', 200, { error: 'forbidden', error_code: 6, id: 'x' }, { ...refused('6'), detail: 'forbidden' }],
  ['smsc', 200, { error: 'authorise error', error_code: 2 }, notSent('unavailable', '2')],
  ['intis', 200, { '48500000001': { error: 13 } }, refused('13')],
  ['intis', 200, { '48500000001': { error: '31' } }, refused('31')],
  ['intis', 200, { '48500000001': { error: 32 } }, notSent('provider_no_funds', '32')],
  ['intis', 200, { error: 32 }, notSent('provider_no_funds', '32')],
  ['intis', 200, { error: 0 }, notSent('unavailable', '0')],
  ['intis', 200, { error: 6 }, notSent('unavailable', '6')],
  ['intis', 200, { '48500000009': { error: '0', id_sms: '1' } }, { kind: 'unknown' }],
];

function refused(code: string) {
  return { kind: 'rejected', code };
}
function notSent(reason: string, code: string) {
  return { kind: 'not_sent', reason, code };
}
function vonage(status: string, text: string) {
  return { 'message-count': '1', messages: [{ status, 'error-text': text }] };
}
function infobip(name: string) {
  return { messages: [{ to: '1', messageId: 'x', status: { groupId: 5, groupName: 'REJECTED', id: 1, name } }] };
}

describe('the words of companies', () => {
  it.each(WORDS)('of %s: %d %j', async (kind, status, body, expected) => {
    await open(kind);
    subject.operator.faults.push({ action: 'say', status, body: JSON.stringify(body) });
    expect(await send('hello')).toMatchObject([expected]);
  });

  it.each([
    ['twilio', { billedParts: 1 }],
    ['vonage', { billedParts: 1, costMicros: 33_300n, currency: 'EUR', operator: '26001' }],
    ['infobip', { billedParts: 1 }],
    ['smsapi', { billedParts: 1 }],
    ['intis', { billedParts: 1, costMicros: 1_850_000n, currency: 'RUB', operator: 'MTS' }],
    ['smsc', { billedParts: 1, costMicros: 2_900_000n, currency: 'RUB' }],
  ] as const)('of %s: what a yes names besides the id', async (kind, expected) => {
    await open(kind);
    const [part] = await send('hello');
    expect(part).toMatchObject({ kind: 'submitted', ...expected });
  });
});

describe('Vonage', () => {
  it('has an id for each part, and a price for each', async () => {
    await open('vonage');
    const parts = await send('a'.repeat(153), 'b'.repeat(153), 'c');
    const ids = parts.map((part) => (part.kind === 'submitted' ? part.providerMessageId : ''));
    expect(ids).toEqual([ids[0], partId(ids[0]!, 1), partId(ids[0]!, 2)]);
    expect(parts.map((part) => part.kind === 'submitted' && part.costMicros)).toEqual([33_300n, 33_300n, 33_300n]);
  });

  it('whose answer names fewer parts than there are answers for all of them', async () => {
    await open('vonage');
    const messages = [{ status: '0', 'message-id': 'one', 'message-price': '0.05' }];
    subject.operator.faults.push({ action: 'say', body: JSON.stringify({ 'message-count': '1', messages }) });
    expect(await send('a', 'b')).toMatchObject([
      { kind: 'submitted', providerMessageId: 'one', costMicros: 50_000n },
      { kind: 'submitted', providerMessageId: 'one' },
    ]);
  });
});

describe.each(['infobip', 'twilio', 'vonage', 'smsapi'] as const)('%s', (kind) => {
  it('reports with our reference, also a message whose answer was lost', async () => {
    await open(kind);
    subject.operator.faults.push({ action: 'never_answer', reported: true });
    const sent = submission(subject.numbers.delivered, 'lost');
    const [outcome] = await subject.provider.submit([sent]);
    expect(outcome!.parts).toMatchObject([{ kind: 'unknown' }]);
    const report = await until('its report', () => heard.reports[0]);
    expect(report).toMatchObject({ status: 'delivered', clientReference: sent.clientReference, to: sent.to });
  });
});

describe.each(['infobip', 'smsc'] as const)('%s', (kind) => {
  it('is asked by our reference about a message whose answer was lost', async () => {
    await open(kind);
    subject.operator.faults.push({ action: 'never_answer', reported: true });
    const sent = submission(subject.numbers.undelivered, 'lost');
    await subject.provider.submit([sent]);
    const [answer] = await subject.provider.queryStatus!([
      { clientReference: sent.clientReference, providerMessageId: '', to: sent.to },
    ]);
    expect(answer!.result).toMatchObject({ status: 'undelivered', clientReference: sent.clientReference });
  });
});

describe('Intis', () => {
  it('signs by the clock of the other side, which it asks once a minute at most', async () => {
    await open('intis');
    const parts = [...(await send('one')), ...(await send('two'))];
    expect(parts).toMatchObject([{ kind: 'submitted' }, { kind: 'submitted' }]);
    expect(subject.operator.asked.map(({ url }) => url)).toEqual(['/timestamp.php']);
  });

  it('keeps ids of 22 digits whole, and asks about fifty at once', async () => {
    await open('intis');
    const [part] = await send('one');
    const providerMessageId = part!.kind === 'submitted' ? part!.providerMessageId : '';
    expect(providerMessageId).toMatch(/^\d{22}$/);
    const queries = Array.from({ length: 60 }, (_, n) => ({
      clientReference: `q-${n}`,
      providerMessageId: n === 55 ? providerMessageId : String(n),
      to: subject.numbers.delivered,
    }));
    const answers = await subject.provider.queryStatus!(queries);
    expect(answers.filter(({ result }) => result !== 'not_found')).toMatchObject([
      { clientReference: 'q-55', result: { status: 'delivered', providerMessageId } },
    ]);
    expect(subject.operator.asked.filter(({ url }) => url.startsWith('/status.php'))).toHaveLength(2);
  });

  it('waits while it is not told the time, and goes on when it is', async () => {
    subject = await openCompany(companyOf('intis'));
    await subject.operator.goAway();
    subject.provider.start(new ProviderRecorder());
    await until('it says why', () => subject.provider.state().lastError?.code === 'no_time');
    expect(subject.provider.freeSlots()).toBe(0);
    expect(await send('too early')).toMatchObject([{ kind: 'not_sent', reason: 'disconnected' }]);
    await subject.operator.comeBack();
    await until('it is ready', () => subject.provider.state().status === 'ready');
    expect(await send('now')).toMatchObject([{ kind: 'submitted' }]);
  });
});
