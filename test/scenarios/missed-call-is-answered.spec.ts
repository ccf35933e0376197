import { FakeClock } from '../support/clock.js';
import { SandboxOperator } from '../support/sandbox-operator.js';
import { Caller, type Portal, type ShownMessage, Story } from '../support/story.js';
import { until } from '../support/until.js';

const VIRTUAL_NUMBER = '+74951234567';
const TEXT = 'Извините, что не ответили. Перезвоним!';

/** Moscow is three hours ahead of UTC all year: its 9:00 is 06:00Z, its 20:00 is 17:00Z. The clock stands still unless it is set. */
describe('a missed call is answered with an apology', () => {
  const clock = new FakeClock('2026-01-12T08:00:00.000Z');
  let story: Story;
  let operator: SandboxOperator;
  let providerId: string;
  let portal: Portal;
  let telephony: Caller;
  let callback: string;
  let ruleId: string;
  let calls = 0;

  beforeAll(async () => {
    operator = await SandboxOperator.start();
    story = await Story.begin({ clock });
    providerId = await story.addSmpp(operator.ports.smpp);
    portal = await story.openPortal({ amount: '500.00' });
    telephony = new Caller(story.app, {});
    callback = new URL((await portal.put('/v1/telephony-callback')).url).pathname;
    const rule = { name: 'Регистратура', numbers: [VIRTUAL_NUMBER], text: TEXT };
    ruleId = (await portal.post('/v1/missed-call-rules', rule)).id;
  });
  afterAll(async () => {
    await story.end();
    await operator.stop();
  });

  const caller = (n: number) => `+7916200${String(n).padStart(4, '0')}`;
  const report = (from: string, change: object = {}): Promise<{ result: string; reason: string | null }> =>
    telephony.post(
      callback,
      {
        eventId: `call-${++calls}`,
        direction: 'inbound',
        outcome: 'lost',
        caller: from,
        virtualNumber: VIRTUAL_NUMBER,
        ...change,
      },
      200,
    );
  const onPhone = (number: string) => operator.inbox(number.slice(1)).map(({ text }) => text);
  const apologyTo = async (number: string) => (await portal.messagesTo(number))[0]!;

  /** Something sent by hand reaches its phone: by then dispatch has looked at everything that is due at this instant. */
  async function dispatchLooks(): Promise<void> {
    for (let looks = 0; looks < 2; looks++) {
      const number = caller(9_000 + ++calls);
      await portal.send(number, 'look');
      await until('it has arrived', () => onPhone(number).length > 0);
    }
  }

  /** Delivered, and shown so. What left needs a clock that goes: a report that overtook its answer is looked at again a second later. */
  async function delivered(id: string): Promise<ShownMessage> {
    await until('it has left', async () => ['submitted', 'delivered'].includes((await portal.message(id)).state));
    const tick = setInterval(() => clock.advance({ ms: 100 }), 20);
    return portal.inState(id, 'delivered').finally(() => clearInterval(tick));
  }

  async function setLateAction(lateAction: 'wait' | 'drop'): Promise<void> {
    const { etag } = (await story.app.http().get(`/v1/missed-call-rules/${ruleId}`).set(portal.headers)).headers;
    const path = `/v1/missed-call-rules/${ruleId}`;
    await story.app
      .http()
      .patch(path)
      .set({ ...portal.headers, 'if-match': etag! })
      .send({ lateAction })
      .expect(200);
  }

  it('[U1] by SMS to the phone whose incoming call was lost, once, whatever is repeated', async () => {
    expect(await report(caller(1), { eventId: 'lost' })).toEqual({ result: 'apology', reason: null });
    expect(await report(caller(1), { eventId: 'lost' })).toEqual({ result: 'duplicate', reason: null });
    const { id } = await apologyTo(caller(1));
    expect(await delivered(id)).toMatchObject({
      text: TEXT,
      price: { amount: '3.900000', currency: 'RUB' },
      chargeState: 'captured',
      reports: [{ status: 'delivered', outcome: 'applied' }],
    });
    await dispatchLooks();
    expect(onPhone(caller(1))).toEqual([TEXT]);
    expect((await portal.get('/v1/calls?result=apology')).data).toEqual([
      expect.objectContaining({ eventId: 'lost', messageId: id }),
    ]);
  });

  it.each([
    ['answered', { outcome: 'answered' }, 'not_lost'],
    ['outgoing', { direction: 'outbound' }, 'not_inbound'],
    ['outgoing and answered', { direction: 'outbound', outcome: 'answered' }, 'not_inbound'],
    ['of a kind that nobody has heard of', { direction: 'sideways', outcome: 'vanished' }, 'not_inbound'],
    ['to a number without an apology', { virtualNumber: '+74950000000' }, 'no_rule'],
  ])('[U1] never when it was %s', async (_name, change, reason) => {
    expect(await report(caller(2), change)).toEqual({ result: 'skipped', reason });
    await dispatchLooks();
    expect(onPhone(caller(2))).toEqual([]);
    expect(await portal.messagesTo(caller(2))).toEqual([]);
  });

  it('[U3] never while its switch is off', async () => {
    await portal.post(`/v1/missed-call-rules/${ruleId}/disable`, {}, 200);
    expect(await report(caller(3))).toEqual({ result: 'skipped', reason: 'no_rule' });
    await portal.post(`/v1/missed-call-rules/${ruleId}/enable`, {}, 200);
    await dispatchLooks();
    expect(onPhone(caller(3))).toEqual([]);
  });

  it('[U1] also when sixty are lost at the same moment: each once, and nobody waits for long', async () => {
    // More than there are connections to the database, on caches that have to be read anew.
    const burst = Array.from({ length: 60 }, (_, n) => caller(4_000 + n));
    const began = performance.now();
    const results = await Promise.all(burst.map((number) => report(number)));
    expect(performance.now() - began).toBeLessThan(15_000);
    expect(results.map(({ result }) => result)).toEqual(Array(60).fill('apology'));
    await until('all have arrived', () => burst.every((number) => onPhone(number).length > 0), 15_000);
    for (const number of burst) expect(onPhone(number)).toEqual([TEXT]);
  });

  it('[U7] under the platform’s own sender, also when the account has one of its own', async () => {
    const { id } = await portal.post('/v1/senders', { sender: 'Clinic1', asDefault: true });
    await (await story.asStaff()).post(`/admin/v1/accounts/${portal.accountId}/senders/${id}/approve`, {}, 200);
    const senderOn = (number: string) =>
      until('it has arrived', () => operator.inbox(number.slice(1)).map(({ from }) => from)[0]);
    await report(caller(20));
    await portal.send(caller(21), 'by hand');
    expect([await senderOn(caller(20)), await senderOn(caller(21))]).toEqual(['Kabinet', 'Clinic1']);
    expect(await portal.get(`/v1/missed-call-rules/${ruleId}`)).toMatchObject({ sender: 'Kabinet' });
    await portal.put('/v1/account/default-sender', { senderId: null });
  });

  describe('from 9:00 to 20:00 Moscow time', () => {
    it('[U5] at once at 19:59:59.999; at 20:00 it waits, leaves at 9:00, and not a millisecond before', async () => {
      clock.set('2026-01-12T16:59:59.999Z');
      await report(caller(10));
      await delivered((await apologyTo(caller(10))).id);
      expect(onPhone(caller(10))).toEqual([TEXT]);

      clock.set('2026-01-12T17:00:00.000Z');
      expect(await report(caller(11))).toEqual({ result: 'apology', reason: null });
      const { id } = await apologyTo(caller(11));
      for (const instant of ['2026-01-12T17:00:00.000Z', '2026-01-12T23:00:00.000Z', '2026-01-13T05:59:59.999Z']) {
        clock.set(instant);
        await dispatchLooks();
        expect(await portal.message(id)).toMatchObject({
          state: 'scheduled',
          chargeState: 'held',
          dueAt: '2026-01-13T06:00:00.000Z',
          attempts: [],
        });
        expect(onPhone(caller(11))).toEqual([]);
      }

      clock.set('2026-01-13T06:00:00.000Z');
      expect(await delivered(id)).toMatchObject({ chargeState: 'captured' });
      expect(onPhone(caller(11))).toEqual([TEXT]);
    });

    it('[U5] at once for a call at 9:00 sharp, which is open, and at 9:00 for one of a millisecond before', async () => {
      clock.set('2026-01-14T05:59:59.999Z');
      await report(caller(12));
      const early = await apologyTo(caller(12));
      expect(early).toMatchObject({ state: 'scheduled', dueAt: '2026-01-14T06:00:00.000Z' });
      clock.set('2026-01-14T06:00:00.000Z');
      await report(caller(13));
      const sharp = await apologyTo(caller(13));
      expect(sharp.dueAt).toBe('2026-01-14T06:00:00.000Z');
      await delivered(sharp.id);
      await delivered(early.id);
    });

    it('[U5] not when it was queued in time and its turn comes too late: it waits for the next opening', async () => {
      clock.set('2026-01-14T16:59:59.999Z');
      await whilePaused(async () => {
        await report(caller(14));
        expect(await apologyTo(caller(14))).toMatchObject({ state: 'queued' });
        clock.set('2026-01-14T17:00:00.000Z');
      });
      const { id } = await apologyTo(caller(14));
      expect(await portal.inState(id, 'scheduled')).toMatchObject({
        reason: 'window',
        chargeState: 'held',
        dueAt: '2026-01-15T06:00:00.000Z',
        attempts: [],
      });
      expect(onPhone(caller(14))).toEqual([]);
      clock.set('2026-01-15T06:00:00.000Z');
      await delivered(id);
      expect(onPhone(caller(14))).toEqual([TEXT]);
    });

    it('[U5] not at all when the apology says drop: a row with its reason, nothing paid, nothing sent later', async () => {
      await setLateAction('drop');
      const before = await portal.wallet();
      clock.set('2026-01-15T17:00:00.000Z');
      expect(await report(caller(15))).toEqual({ result: 'blocked', reason: 'window' });
      const dropped = await apologyTo(caller(15));
      expect(dropped).toMatchObject({ state: 'blocked', reason: 'window', chargeState: 'none' });
      expect(await portal.wallet()).toEqual(before);

      clock.set('2026-01-16T06:00:00.000Z');
      await dispatchLooks();
      expect(await portal.message(dropped.id)).toMatchObject({ state: 'blocked', attempts: [] });
      expect(onPhone(caller(15))).toEqual([]);
      // The same rule sends when the window is open.
      await report(caller(16));
      await delivered((await apologyTo(caller(16))).id);
    });

    it('[U5] dropped also when its turn comes too late, and then its price goes back', async () => {
      const before = await portal.wallet();
      clock.set('2026-01-16T16:59:59.999Z');
      await whilePaused(async () => {
        await report(caller(17));
        expect(await apologyTo(caller(17))).toMatchObject({ state: 'queued', chargeState: 'held' });
        clock.set('2026-01-16T17:00:00.000Z');
      });
      const { id } = await apologyTo(caller(17));
      expect(await portal.inState(id, 'blocked')).toMatchObject({ reason: 'window', chargeState: 'released' });
      expect(await portal.wallet()).toEqual(before);
      expect(onPhone(caller(17))).toEqual([]);
    });
  });

  /** The provider is paused meanwhile, so that what is queued stays queued. */
  async function whilePaused(work: () => Promise<void>): Promise<void> {
    await story.pauseProvider(providerId);
    await work();
    await story.resumeProvider(providerId);
  }
});
