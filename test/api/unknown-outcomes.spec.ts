import { newId } from '../../src/kernel/ids.js';
import { ReportInbox } from '../../src/modules/providers/index.js';
import { SandboxOperator } from '../support/sandbox-operator.js';
import { Caller, type Portal, Story } from '../support/story.js';
import { until } from '../support/until.js';

describe('what nobody knows the outcome of, over HTTP', () => {
  let story: Story;
  let operator: SandboxOperator;
  let staff: Caller;
  let portal: Portal;
  let providerId: string;

  beforeAll(async () => {
    operator = await SandboxOperator.start({ reportDelay: { minMs: 800, maxMs: 900 } });
    story = await Story.begin();
    providerId = await story.addSmpp(operator.ports.smpp, '', { responseTimeoutMs: 200 });
    staff = await story.asStaff();
    portal = await story.openPortal();
  });
  afterAll(async () => {
    await story.end();
    await operator.stop();
  });

  const UNKNOWN = '/admin/v1/unknown-outcomes';
  const lose = async (to: string) => {
    operator.faults.apply({ next: [{ action: 'never_answer', count: 1 }] });
    const { id } = await portal.send(to, 'x');
    await portal.inState(id, 'unknown');
    return id;
  };
  const decide = (decision: string, messageIds: string[], accountId = portal.accountId) =>
    staff.post(
      `${UNKNOWN}/decide`,
      { decision, reason: 'lost', messages: messageIds.map((messageId) => ({ accountId, messageId })) },
      200,
    );

  it('is listed, sent again or given up, and the trail of the account says who and why', async () => {
    const ids = [await lose('+79161000001'), await lose('+79161000002'), await lose('+79161000003')];
    const { data } = await staff.get(`${UNKNOWN}?providerId=${providerId}&accountId=${portal.accountId}`);
    expect(data.map(({ messageId }: { messageId: string }) => messageId)).toEqual(ids);
    expect(data[0]).toMatchObject({
      accountId: portal.accountId,
      providerId,
      attempt: 1,
      repeatReason: null,
      to: '+79161000001',
      parts: 1,
      price: { amount: '3.900000', currency: 'RUB' },
      chargeState: 'held',
    });
    const page = await staff.get(`${UNKNOWN}?limit=2`);
    expect([page.data.length, (await staff.get(`${UNKNOWN}?cursor=${page.nextCursor}`)).data.length]).toEqual([2, 1]);
    expect((await staff.get(`${UNKNOWN}?providerId=${newId()}`)).data).toEqual([]);
    expect((await staff.get(`${UNKNOWN}?until=2020-01-01T00:00:00Z`)).data).toEqual([]);

    expect((await decide('requeue', [ids[0]!])).data).toMatchObject([{ messageId: ids[0], outcome: 'requeued' }]);
    await portal.inState(ids[0]!, 'delivered');
    expect((await decide('requeue', ids.slice(0, 1))).data).toMatchObject([
      { outcome: 'refused', code: 'not_unknown' },
    ]);
    expect((await decide('give_up', [ids[1]!])).data).toMatchObject([{ outcome: 'given_up' }]);
    expect(await portal.message(ids[1]!)).toMatchObject({
      state: 'expired',
      reason: 'outcome_unknown',
      chargeState: 'released',
    });
    const all = { decision: 'give_up', reason: 'all of them', providerId };
    expect(await staff.post(`${UNKNOWN}/decide-all`, all, 200)).toEqual({ counts: { given_up: 1 }, nextCursor: null });
    expect((await staff.get(UNKNOWN)).data).toEqual([]);

    const whole = await staff.get(`/admin/v1/accounts/${portal.accountId}/messages/${ids[0]}`);
    expect(whole).toMatchObject({
      id: ids[0],
      providerId,
      decisions: [{ action: 'message.requeued', actorKind: 'staff', details: { reason: 'lost' } }],
      attempts: [
        {
          number: 1,
          state: 'unknown',
          repeatReason: null,
          parts: [{ part: 1, state: 'unknown', providerMessageId: null }],
        },
        { number: 2, state: 'submitted', repeatReason: 'forced', providerId, parts: [{ state: 'delivered' }] },
      ],
      reports: [
        { status: 'delivered', providerId, attemptId: whole.attempts[1].id, raw: expect.stringContaining('DELIVRD') },
      ],
    });
    expect(whole.reports[0].providerMessageId).toBe(whole.attempts[1].parts[0].providerMessageId);
    const shown = (history: { kind: string; state: string; attempt: number | null }[]) =>
      history.map(({ kind, state, attempt }) => [kind, state, attempt].filter((fact) => fact !== null).join(' '));
    expect(shown(whole.history)).toEqual([
      'accepted accepted',
      'price held',
      'attempt submitting 1',
      'attempt unknown 1',
      'decision requeued',
      'attempt submitting 2',
      'attempt submitted 2',
      'price captured',
      'report delivered 2',
      'state delivered',
    ]);
    const own = await portal.get(`/v1/messages/${ids[0]}`);
    expect(own.history).toEqual(whole.history);
    // The account is told what happened, not by whom it was carried.
    const known = JSON.stringify(own);
    for (const internal of [providerId, 'raw', 'providerMessageId', 'worker', 'clientReference', 'actorId'])
      expect(known).not.toContain(internal);
    await staff.get(`/admin/v1/accounts/${newId()}/messages/${ids[0]}`, 404);
    const listed = await staff.get(`/admin/v1/accounts/${portal.accountId}/messages?to=%2B79161000001`);
    expect(listed.data).toMatchObject([{ id: ids[0], state: 'delivered' }]);

    const trail = (await portal.get('/v1/account/audit')).data;
    expect(trail.filter(({ subject }: { subject: string }) => subject.startsWith('message:'))).toMatchObject([
      { action: 'message.given_up', subject: `message:${ids[2]}`, details: { reason: 'all of them' } },
      { action: 'message.given_up', subject: `message:${ids[1]}`, details: { reason: 'lost' } },
      { action: 'message.requeued', subject: `message:${ids[0]}`, details: { reason: 'lost', attempt: 1 } },
    ]);
  });

  it('is decided by those who may, with a reason', async () => {
    const messages = [{ accountId: portal.accountId, messageId: newId() }];
    const support = new Caller(story.app, await story.app.signInStaff('support'));
    await support.get(UNKNOWN);
    await support.post(`${UNKNOWN}/decide`, { decision: 'give_up', reason: 'x', messages }, 403);
    for (const body of [
      { decision: 'give_up', messages },
      { decision: 'give_up', reason: ' ', messages },
      { decision: 'forget', reason: 'x', messages },
      { decision: 'give_up', reason: 'x', messages: [] },
      { decision: 'give_up', reason: 'x', messages: [{ messageId: newId() }] },
    ])
      expect(await staff.post(`${UNKNOWN}/decide`, body, 422)).toMatchObject({ code: 'validation_failed' });
  });

  it('may have a report that waits, which is shown as it came', async () => {
    const inbox = story.app.app.get(ReportInbox, { strict: false });
    const providerMessageId = newId();
    const at = new Date();
    const facts = {
      providerId,
      providerMessageId,
      status: 'delivered' as const,
      intermediate: false,
      errorCode: '000',
    };
    await inbox.append([{ ...facts, doneAt: at, receivedAt: at, raw: 'id:1 stat:DELIVRD', to: '79161000009' }], at);
    const parked = await until('it is parked', async () => {
      const { data } = await staff.get(`/admin/v1/parked-reports?providerId=${providerId}`);
      return data.find((report: { providerMessageId: string }) => report.providerMessageId === providerMessageId);
    });
    expect(parked).toMatchObject({ status: 'delivered', to: '79161000009', errorCode: '000' });
    expect(parked.tries).toBeGreaterThanOrEqual(1);
    expect(parked).not.toHaveProperty('raw');
    const detail = await staff.get(`/admin/v1/parked-reports/${parked.id}`);
    expect(detail).toMatchObject({ id: parked.id, raw: 'id:1 stat:DELIVRD', doneAt: at.toISOString(), part: null });
    expect((await staff.get(`/admin/v1/parked-reports?providerId=${newId()}`)).data).toEqual([]);
    expect(await staff.get(`/admin/v1/parked-reports/${newId()}`, 404)).toMatchObject({ code: 'report_not_found' });
  });
});
