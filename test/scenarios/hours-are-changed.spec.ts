import { HoursFollower } from '../../src/modules/messages/dispatch/hours-follower.js';
import { FakeClock } from '../support/clock.js';
import { registrationOf } from '../support/identity.js';
import { SandboxOperator } from '../support/sandbox-operator.js';
import { Caller, type Portal, type ShownMessage, Story } from '../support/story.js';
import { until } from '../support/until.js';

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/**
 * What waits for an opening, and then somebody changes the hours: of the provider, of the account, of its recipients. The clock stands
 * still unless it is set.
 */
describe('hours that are changed while messages wait for them', () => {
  const clock = new FakeClock('2026-01-05T12:00:00Z');
  let story: Story;
  let operator: SandboxOperator;
  let providerId: string;
  let portal: Portal;
  let sent = 0;

  beforeAll(async () => {
    operator = await SandboxOperator.start();
    story = await Story.begin({ clock });
    providerId = await story.addSmpp(operator.ports.smpp);
  });
  afterAll(async () => {
    await story.end();
    await operator.stop();
  });
  beforeEach(async () => {
    await change(`/admin/v1/providers/${providerId}`, { sendingWindow: null });
    portal = await story.openPortal({ amount: '100.00' });
  });

  const phone = () => `+7916${7_000_000 + ++sent}`;
  const onPhone = (number: string) => operator.inbox(number.slice(1)).map(({ text }) => text);

  /** Delivered, and shown so. What left needs a clock that goes: a report that overtook its answer is looked at again a second later. */
  async function delivered(id: string): Promise<ShownMessage> {
    await until('it has left', async () => ['submitted', 'delivered'].includes((await portal.message(id)).state));
    const tick = setInterval(() => clock.advance({ ms: 100 }), 20);
    return portal.inState(id, 'delivered').finally(() => clearInterval(tick));
  }

  /** Open for a minute, but not today. */
  function closed(): object {
    const today = (clock.now().getUTCDay() + 6) % 7;
    const days = DAYS.filter((_, index) => index !== today && index !== (today + 1) % 7);
    return { timeZone: 'UTC', days: Object.fromEntries(days.map((day) => [day, [{ from: '12:00', to: '12:01' }]])) };
  }

  async function change(path: string, fields: object, as?: Caller['headers']): Promise<void> {
    const headers = as ?? (await story.asStaff()).headers;
    const { etag } = (await story.app.http().get(path).set(headers).expect(200)).headers;
    await story.app
      .http()
      .patch(path)
      .set({ ...headers, 'if-match': etag! })
      .send(fields)
      .expect(200);
  }

  const changeProvider = (sendingWindow: object | null) =>
    change(`/admin/v1/providers/${providerId}`, { sendingWindow });
  const changeAccount = (sendingWindow: object | null) => changeHours(portal.accountId, { sendingWindow });
  const changeHours = (accountId: string, hours: { sendingWindow?: object | null; recipientHours?: object | null }) =>
    change(`/admin/v1/accounts/${accountId}`, hours);

  /** Until every process has seen what was changed. */
  const seen = () => clock.advance({ seconds: 5 });

  it('leave as soon as ops opens the provider, both those that it put aside and those that it never looked at', async () => {
    const early = await portal.send(phone(), 'hello', {
      sendAt: new Date(clock.now().getTime() + 5_000).toISOString(),
    });
    await changeProvider(closed());
    clock.advance({ seconds: 6 });
    await until('it is put aside', async () => (await portal.message(early.id)).reason === 'window', 10_000);
    const late = await portal.send(phone(), 'hello');
    expect(late).toMatchObject({ status: 'scheduled', code: 'window' });
    await changeProvider(null);
    seen();
    for (const { id } of [early, late]) {
      const { dueAt } = await delivered(id);
      expect(new Date(dueAt).getTime()).toBeLessThanOrEqual(clock.now().getTime());
    }
  });

  it('are not sent before the time for which they were scheduled', async () => {
    await changeProvider(closed());
    const sendAt = new Date(clock.now().getTime() + 600_000).toISOString();
    const { id, code, dueAt } = await portal.send(phone(), 'hello', { sendAt });
    expect(code).toBe('window');
    expect(dueAt! > sendAt).toBe(true);
    await changeProvider(null);
    seen();
    await until('it is due when it was wanted', async () => (await portal.message(id)).dueAt === sendAt, 10_000);
    expect(await portal.message(id)).toMatchObject({ state: 'scheduled' });
    clock.advance({ minutes: 10 });
    await delivered(id);
  });

  it('wait for the hours that are still closed, whichever is opened first', async () => {
    await changeProvider(closed());
    await changeAccount(closed());
    const { id, dueAt } = await portal.send(phone(), 'hello');
    await changeProvider(null);
    seen();
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(await portal.message(id)).toMatchObject({ state: 'scheduled', dueAt });
    await changeAccount(null);
    seen();
    await delivered(id);
  });

  it('of the recipients: leave when the account lifts them, also those whose hours nobody can tell', async () => {
    // What was changed before this test has been followed by now.
    seen();
    await story.app.app.get(HoursFollower, { strict: false }).catchUp();
    const today = (clock.now().getUTCDay() + 6) % 7;
    const days = { [DAYS[(today + 3) % 7]!]: [{ from: '09:00', to: '20:00' }] };
    await changeHours(portal.accountId, { recipientHours: { days } });
    const known = await portal.send(phone(), 'hello');
    const unknown = await portal.send('+881621234567', 'hello', { validitySeconds: 86_400 });
    const validUntil = new Date(clock.now().getTime() + 86_400_000).toISOString();
    expect(unknown).toMatchObject({ status: 'scheduled', code: 'window', dueAt: validUntil });
    expect(known).toMatchObject({ status: 'scheduled', code: 'window' });
    const drop = { recipients: ['+881621234568'], text: 'hello', windowAction: 'drop' };
    const { items } = await portal.post('/v1/messages', drop, 422);
    expect(items).toEqual([expect.objectContaining({ status: 'blocked', code: 'window' })]);
    await changeHours(portal.accountId, { recipientHours: null });
    seen();
    for (const { id } of [known, unknown]) await delivered(id);
  });

  describe('and what may leave is within the hours of all', () => {
    const daily = (from: string, to: string) => ({
      days: Object.fromEntries(DAYS.map((day) => [day, [{ from, to }]])),
    });
    const GREECE = '+306912345678';
    const POLAND = '+48512345678';
    const RUSSIA = '+79161234567';
    const SATELLITE = '+881621234569';
    let other: Portal;
    let looks = 0;

    /** What somebody without hours sends reaches its phone: by then dispatch has looked at everything that is due at this instant. */
    async function dispatchLooks(): Promise<void> {
      for (let n = 0; n < 2; n++) {
        const number = `+7916${8_000_000 + ++looks}`;
        await other.send(number, 'look');
        await until('it has arrived', () => onPhone(number).length > 0);
      }
    }

    /** Everything that the operator has for them at this instant; nothing more comes while the clock stands. */
    async function expectOnPhones(texts: Record<string, string[]>): Promise<void> {
      const arrived = () => Object.keys(texts).map((number) => [number, onPhone(number).toSorted()] as const);
      const expected = Object.values(texts).flat().length;
      await until('it has arrived', () => arrived().flatMap(([, one]) => one).length >= expected);
      await dispatchLooks();
      expect(Object.fromEntries(arrived())).toEqual(texts);
    }

    async function register(phone: string): Promise<void> {
      const registration = registrationOf({ phone, login: `user-${phone.slice(1)}` });
      await new Caller(story.app, {}).post('/v1/registrations', registration, 202);
    }

    it('[B7] provider ∩ account ∩ the recipient’s local time; no zone: it waits and never leaves; codes obey the provider alone', async () => {
      // A Monday in winter. Open by UTC: the provider from 6, on Tuesday from 7:30, to 17, the accounts from 6:30 to 16:30 …
      const { days } = daily('09:00', '20:00');
      const provider = { timeZone: 'Europe/Moscow', days: { ...days, tue: [{ from: '10:30', to: '20:00' }] } };
      const account = { timeZone: 'Europe/Warsaw', ...daily('07:30', '17:30') };
      // … recipients in Greece from 7 to 18, in Poland from 8 to 19, in all of Russia (Kaliningrad to Kamchatka) from 7 to 8.
      const recipientHours = { days };
      clock.set('2026-01-19T05:00:00Z');
      other = await story.openPortal();
      const staff = await story.asStaff();
      const platform = (await staff.get('/admin/v1/accounts')).data.find(
        ({ kind }: { kind: string }) => kind === 'platform',
      ).id;
      await staff.post(`/admin/v1/accounts/${platform}/adjustments`, {
        amount: '100.00',
        currency: 'RUB',
        reason: 'Codes',
      });

      // Accepted before anybody had hours, so that dispatch alone looks at them, at six.
      const sendAt = '2026-01-19T06:00:00.000Z';
      const first: Record<string, string> = {};
      for (const number of [GREECE, POLAND, RUSSIA, SATELLITE]) {
        const { id, ...item } = await portal.send(number, 'first', { sendAt, validitySeconds: 86_400 });
        expect(item).toMatchObject({ status: 'scheduled', dueAt: sendAt });
        first[number] = id;
      }
      const later = { sendAt: '2026-01-20T07:00:00.000Z', validitySeconds: 86_400 };
      const { id: onTuesday } = await portal.send(GREECE, 'for Tuesday', later);
      await changeProvider(provider);
      await changeHours(platform, { sendingWindow: account, recipientHours });
      await change('/v1/account', { sendingWindow: account, recipientHours }, portal.headers);
      seen();
      clock.set('2026-01-19T05:59:59.999Z');
      const CODE = '+48512000001';
      await register(CODE);
      expect(onPhone(CODE)).toEqual([]);

      clock.set('2026-01-19T06:00:00Z');
      const opensAt: Record<string, string> = {
        [GREECE]: '2026-01-19T07:00:00.000Z',
        [POLAND]: '2026-01-19T08:00:00.000Z',
        [RUSSIA]: '2026-01-19T07:00:00.000Z',
        [SATELLITE]: '2026-01-20T06:00:00.000Z', // the end of its validity
      };
      for (const [number, dueAt] of Object.entries(opensAt)) {
        await until('it is put aside', async () => (await portal.message(first[number]!)).reason === 'window');
        expect(await portal.message(first[number]!)).toMatchObject({ state: 'scheduled', dueAt });
      }
      await until('the code has left', () => onPhone(CODE).length > 0);
      expect(await portal.send(GREECE, 'second')).toMatchObject({ status: 'scheduled', dueAt: opensAt[GREECE] });
      expect(await portal.send(POLAND, 'second')).toMatchObject({ status: 'scheduled', dueAt: opensAt[POLAND] });
      await expectOnPhones({ [GREECE]: [], [POLAND]: [], [RUSSIA]: [], [SATELLITE]: [] });

      clock.set('2026-01-19T06:59:59.999Z');
      await expectOnPhones({ [GREECE]: [], [POLAND]: [], [RUSSIA]: [], [SATELLITE]: [] });
      clock.set('2026-01-19T07:00:00Z');
      await expectOnPhones({ [GREECE]: ['first', 'second'], [POLAND]: [], [RUSSIA]: ['first'], [SATELLITE]: [] });

      clock.set('2026-01-19T07:59:59.999Z');
      await portal.send(RUSSIA, 'second');
      await expectOnPhones({ [POLAND]: [], [RUSSIA]: ['first', 'second'], [SATELLITE]: [] });
      clock.set('2026-01-19T08:00:00Z');
      const tomorrow = { status: 'scheduled', code: 'window', dueAt: '2026-01-20T07:30:00.000Z' };
      expect(await portal.send(RUSSIA, 'third')).toMatchObject(tomorrow);
      await expectOnPhones({ [POLAND]: ['first', 'second'], [RUSSIA]: ['first', 'second'], [SATELLITE]: [] });

      // The account closes first; the provider opens last.
      clock.set('2026-01-19T16:29:59.999Z');
      await portal.send(GREECE, 'third');
      await expectOnPhones({ [GREECE]: ['first', 'second', 'third'] });
      clock.set('2026-01-19T16:30:00Z');
      expect(await portal.send(GREECE, 'fourth')).toMatchObject(tomorrow);

      clock.set('2026-01-20T06:00:00Z');
      expect(await portal.inState(first[SATELLITE]!, 'expired')).toMatchObject({ chargeState: 'released' });
      clock.set('2026-01-20T07:00:00Z');
      await until('it is put aside', async () => (await portal.message(onTuesday)).reason === 'window');
      expect(await portal.message(onTuesday)).toMatchObject({ dueAt: tomorrow.dueAt });
      clock.set('2026-01-20T07:29:59.999Z');
      await new Promise((resolve) => setTimeout(resolve, 500));
      expect([onPhone(GREECE).length, onPhone(RUSSIA).length]).toEqual([3, 2]);
      clock.set('2026-01-20T07:30:00Z');
      await expectOnPhones({
        [GREECE]: ['first', 'for Tuesday', 'fourth', 'second', 'third'],
        [POLAND]: ['first', 'second'],
        [RUSSIA]: ['first', 'second', 'third'],
        [SATELLITE]: [],
      });
      expect(onPhone(CODE)).toHaveLength(1);
    });
  });
});
