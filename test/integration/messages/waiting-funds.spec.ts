import { WEEKDAYS, type WeeklyHours } from '../../../src/kernel/time-window.js';
import { AccountsService } from '../../../src/modules/accounts/index.js';
import { LedgerService } from '../../../src/modules/wallets/index.js';
import { MessageStatistics, StatisticsModule } from '../../../src/modules/statistics/index.js';
import { WaitingFunds } from '../../../src/modules/messages/index.js';
import { expectCleanAudit } from '../../support/audit.js';
import { type Cabinet, createCabinet, phone, sending } from '../../support/cabinet.js';
import { FakeClock } from '../../support/clock.js';
import { until } from '../../support/until.js';

const PRICE = 3_900_000n;
const HOUR_MS = 3_600_000;

describe('messages that wait for funds', () => {
  const clock = new FakeClock();
  let cabinet: Cabinet;
  let waiting: WaitingFunds;
  let account: string;
  let payments = 0;

  beforeAll(async () => {
    cabinet = await createCabinet({ imports: [StatisticsModule], clock });
    waiting = cabinet.test.app.get(WaitingFunds);
  });
  beforeEach(async () => {
    account = (await cabinet.account(0)).id;
    clock.advance({ ms: 1 });
  });
  afterEach(() => expectCleanAudit(cabinet.db.database));
  afterAll(() => cabinet.close());

  /** Patient: what runs after a commit is in nobody's hurry on a busy machine. */
  const soon = (what: string, check: () => Promise<boolean>) => until(what, check, 20_000);
  const numbers = (count: number, from = 1) => Array.from({ length: count }, (_, n) => phone(from + n));
  const accept = async (to: string[], more: object = {}) => {
    clock.advance({ ms: 1 });
    return cabinet.messages.accept(sending(account, to, { onInsufficientFunds: 'wait', ...more }));
  };
  const states = async () => (await cabinet.rows(account)).map(({ state }) => state);
  const waits = () => cabinet.db.database.query(`SELECT FROM message_waits WHERE account_id = $1`, [account]);
  const queued = async () =>
    (
      await cabinet.db.database.query<{ recipient: string }>(
        `SELECT m.recipient FROM message_queue q JOIN messages m ON m.account_id = q.account_id AND m.id = q.message_id
          WHERE q.account_id = $1 ORDER BY m.id`,
        [account],
      )
    ).map(({ recipient }) => recipient);
  const setRecipientHours = async (hours: WeeklyHours | null) => {
    await cabinet.db.database.query(`UPDATE accounts SET recipient_hours = $2 WHERE id = $1`, [
      account,
      hours && JSON.stringify(hours),
    ]);
    cabinet.test.app.get(AccountsService).forget(account);
  };
  /** Money without a hint, as if it came in another process that died at once. */
  const giveSilently = (micros: bigint) =>
    cabinet.db.database.transaction((tx) =>
      new LedgerService(cabinet.db.database).topUp(
        tx,
        {
          accountId: account,
          currency: 'RUB',
          micros,
          idempotencyKey: `silent:${++payments}`,
          subject: { kind: 'payment', id: account },
          from: 'bank',
        },
        clock.now(),
      ),
    );

  it('are accepted as far as money reaches, and the others wait with nothing held for them', async () => {
    await cabinet.topUp(account, PRICE);
    const result = await accept(numbers(3));
    expect(result).toMatchObject({ accepted: 3, shortfall: { micros: 2n * PRICE } });
    expect(result.items.map(({ status, code }) => [status, code])).toEqual([
      ['queued', undefined],
      ['waiting_funds', 'no_funds'],
      ['waiting_funds', 'no_funds'],
    ]);
    expect(await queued()).toEqual([phone(1)]);
    expect(await cabinet.wallet(account)).toMatchObject({ availableMicros: 0n, heldMicros: PRICE });
    const rows = await cabinet.rows(account);
    expect(rows[1]).toMatchObject({ charge_state: 'none', reason: 'no_funds', wallet_id: null, final_at: null });
  });

  it('go on by themselves after a top-up, oldest first, as far as it reaches', async () => {
    await accept(numbers(2, 1));
    await accept(numbers(2, 3));
    await cabinet.topUp(account, 3n * PRICE + 1n);
    await soon('three went on', async () => (await queued()).length === 3);
    expect(await queued()).toEqual([phone(1), phone(2), phone(3)]);
    expect(await states()).toEqual(['queued', 'queued', 'queued', 'waiting_funds']);
    expect(await cabinet.wallet(account)).toMatchObject({ availableMicros: 1n, heldMicros: 3n * PRICE });
    const rows = await cabinet.rows(account);
    expect(rows[0]).toMatchObject({ charge_state: 'held', reason: null, hold_entry_id: expect.any(String) });
    const streams = await cabinet.db.database.query(`SELECT state FROM message_streams WHERE account_id = $1`, [
      account,
    ]);
    expect(streams).toEqual([{ state: 'open' }]);

    await cabinet.topUp(account, PRICE);
    await soon('the last went on', async () => (await queued()).length === 4);
    expect(await waits()).toEqual([]);
  });

  it('never let cheaper ones behind them take the money that they wait for', async () => {
    await accept([], { items: [{ to: phone(1), text: 'я'.repeat(200) }] });
    await accept(numbers(2, 2));
    await giveSilently(2n * PRICE);
    expect(await waiting.release(account)).toBe(0);
    await giveSilently(PRICE);
    expect(await waiting.release(account)).toBe(1);
    expect(await queued()).toEqual([phone(1)]);
    expect(await cabinet.wallet(account)).toMatchObject({ availableMicros: 0n, heldMicros: 3n * PRICE });
  });

  it('are found by the schedule, whatever freed the money', async () => {
    await accept(numbers(3));
    await giveSilently(2n * PRICE);
    expect(await states()).toEqual(['waiting_funds', 'waiting_funds', 'waiting_funds']);
    expect(await waiting.sweep()).toMatchObject({ released: 2 });
    expect(await waiting.sweep()).toMatchObject({ released: 0 });
    expect(await states()).toEqual(['queued', 'queued', 'waiting_funds']);
  });

  it('go on once the credit limit is raised', async () => {
    await accept(numbers(1));
    const { id } = await cabinet.wallet(account);
    await cabinet.test
      .http()
      .put(`/admin/v1/accounts/${account}/wallets/${id}/credit-limit`)
      .set(cabinet.test.asStaff())
      .send({ amount: '10.00', currency: 'RUB' })
      .expect(200);
    await soon('it went on', async () => (await queued()).length === 1);
    expect(await cabinet.wallet(account)).toMatchObject({ availableMicros: -PRICE, heldMicros: PRICE });
  });

  it('are paid once each when several release at the same moment, in many batches, to the micro-unit', async () => {
    for (let part = 0; part < 2; part++) await accept(numbers(300, 1 + part * 300), { lane: 'bulk' });
    await giveSilently(520n * PRICE);
    const [one, other, swept] = await Promise.all([
      waiting.release(account),
      waiting.release(account),
      waiting.sweep(),
    ]);
    expect(one + other + swept.released).toBe(520);
    expect(await cabinet.wallet(account)).toMatchObject({ availableMicros: 0n, heldMicros: 520n * PRICE });
    expect(await queued()).toEqual(numbers(520));
    const [holds] = await cabinet.db.database.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM ledger_entries WHERE account_id = $1 AND kind = 'hold'`,
      [account],
    );
    expect(holds!.count).toBeLessThanOrEqual(6);
  });

  it('lose no money, and none is left behind, when accepting, paying and releasing race', async () => {
    const sends = Array.from({ length: 30 }, (_, n) =>
      cabinet.messages.accept(sending(account, phone(2_000 + n), { onInsufficientFunds: 'wait' })),
    );
    const topUps = Array.from({ length: 30 }, () => cabinet.topUp(account, PRICE));
    await Promise.all([...sends, ...topUps, waiting.release(account)]);
    await soon('all went on', async () => (await queued()).length === 30);
    expect(await cabinet.wallet(account)).toMatchObject({ availableMicros: 0n, heldMicros: 30n * PRICE });
    expect(await waits()).toEqual([]);
  });

  it('end when their validity does, also when the money comes a moment later', async () => {
    await accept(numbers(1), { validitySeconds: 3_600 });
    await accept(numbers(1, 2), { validitySeconds: 7_200 });
    clock.advance({ ms: HOUR_MS });
    await giveSilently(2n * PRICE);
    expect(await waiting.release(account)).toBe(1);
    expect(await waiting.expire()).toBe(1);
    expect(await states()).toEqual(['expired', 'queued']);
    expect((await cabinet.rows(account))[0]).toMatchObject({
      reason: 'validity',
      charge_state: 'none',
      final_at: clock.now(),
    });
    expect(await cabinet.wallet(account)).toMatchObject({ availableMicros: PRICE, heldMicros: PRICE });
    expect(await waits()).toEqual([]);
  });

  it('that are meant for later are scheduled when they are paid, and keep their time', async () => {
    const dueAt = new Date(clock.now().getTime() + HOUR_MS);
    await accept(numbers(1), { dueAt });
    await cabinet.topUp(account, PRICE);
    await soon('it went on', async () => (await states())[0] === 'scheduled');
    expect((await cabinet.rows(account))[0]).toMatchObject({ due_at: dueAt, charge_state: 'held' });
  });

  it('and for an opening as well are looked at anew when they are paid, but not before they are wanted', async () => {
    const wanted = new Date(clock.now().getTime() + HOUR_MS);
    const days = { [WEEKDAYS[(clock.now().getUTCDay() + 2) % 7]!]: [{ from: '09:00', to: '20:00' }] };
    await setRecipientHours({ days });
    await accept(numbers(1));
    await accept(numbers(1, 2), { dueAt: wanted });
    const dueTimes = async () => (await cabinet.rows(account)).map(({ due_at: at }) => at as Date);
    expect((await dueTimes()).map((at) => at > wanted)).toEqual([true, true]);
    await setRecipientHours(null);
    await cabinet.topUp(account, 2n * PRICE);
    await soon('they went on', async () => (await states()).join() === 'queued,scheduled');
    const [now, later] = await dueTimes();
    expect(now! <= clock.now()).toBe(true);
    expect(later).toEqual(wanted);
    expect(
      await cabinet.db.database.query(`SELECT due_at FROM message_queue WHERE account_id = $1 ORDER BY message_id`, [
        account,
      ]),
    ).toEqual([{ due_at: now }, { due_at: wanted }]);
  });

  it('are cancelled one by one, and nothing moves', async () => {
    const { items } = await accept(numbers(2));
    const cancel = (id: string) =>
      cabinet.test.http().post(`/v1/messages/${id}/cancel`).set(cabinet.test.as(account)).send({});
    expect((await cancel(items[0]!.id).expect(200)).body).toMatchObject({ state: 'cancelled', chargeState: 'none' });
    await cancel(items[0]!.id).expect(200);
    await cabinet.topUp(account, 2n * PRICE);
    await soon('the other went on', async () => (await queued()).length === 1);
    expect(await states()).toEqual(['cancelled', 'queued']);
    expect(await cabinet.wallet(account)).toMatchObject({ availableMicros: PRICE, heldMicros: PRICE });
  });

  it('are either cancelled or paid when both are asked for at the same moment, never both', async () => {
    const { items } = await accept(numbers(20));
    await giveSilently(20n * PRICE);
    const cancel = (id: string) =>
      cabinet.test.http().post(`/v1/messages/${id}/cancel`).set(cabinet.test.as(account)).send({}).expect(200);
    await Promise.all([waiting.release(account), ...items.map(({ id }) => cancel(id)), waiting.release(account)]);
    expect(await states()).toEqual(Array(20).fill('cancelled'));
    expect(await queued()).toEqual([]);
    expect(await waits()).toEqual([]);
    expect(await cabinet.wallet(account)).toMatchObject({ availableMicros: 20n * PRICE, heldMicros: 0n });
  });

  it('are cancelled with their group', async () => {
    const { database } = cabinet.db;
    const group = await database.transaction((tx) =>
      cabinet.messages.createGroup(tx, { accountId: account, kind: 'upload', label: 'list' }),
    );
    await cabinet.topUp(account, PRICE);
    await accept(numbers(60), { groupId: group.id });
    await database.transaction((tx) => cabinet.messages.setGroupState(tx, account, group.id, 'cancelled'));
    await soon('all are cancelled', async () => (await states()).every((state) => state === 'cancelled'));
    expect(await waits()).toEqual([]);
    expect(await cabinet.wallet(account)).toMatchObject({ availableMicros: PRICE, heldMicros: 0n });
  });

  it('wait when the account chose so and the caller says nothing; codes and what draws from a reservation never do', async () => {
    const sendOver = (body: object) =>
      cabinet.test
        .http()
        .post('/v1/messages')
        .set({ ...cabinet.test.as(account), 'idempotency-key': `k${clock.now().getTime()}${Math.random()}` })
        .send({ recipients: [phone(1)], text: 'x', ...body });
    await sendOver({}).expect(402);
    const { headers } = await cabinet.test.http().get('/v1/account').set(cabinet.test.as(account)).expect(200);
    await cabinet.test
      .http()
      .patch('/v1/account')
      .set({ ...cabinet.test.as(account), 'if-match': headers.etag! })
      .send({ onInsufficientFunds: 'wait' })
      .expect(200);
    const { body } = await sendOver({}).expect(202);
    expect(body.items).toMatchObject([{ status: 'waiting_funds', code: 'no_funds' }]);
    await sendOver({ onInsufficientFunds: 'partial' }).expect(402);
    await sendOver({ onInsufficientFunds: 'reject' }).expect(402);
    expect((await accept(numbers(1), { lane: 'otp' })).items).toMatchObject([{ status: 'blocked', code: 'no_funds' }]);

    const list = await cabinet.test
      .http()
      .get('/v1/messages?state=waiting_funds')
      .set(cabinet.test.as(account))
      .expect(200);
    expect(list.body.data).toMatchObject([{ id: body.items[0].id, reason: 'no_funds', chargeState: 'none' }]);
    const shown = await cabinet.test
      .http()
      .get(`/v1/messages/${body.items[0].id}`)
      .set(cabinet.test.as(account))
      .expect(200);
    expect(shown.body.history).toMatchObject([{ kind: 'accepted', state: 'waiting_funds', code: 'no_funds' }]);
  });

  it('are counted as what they are, and where they go', async () => {
    const statistics = cabinet.test.app.get(MessageStatistics, { strict: false });
    await accept(numbers(3));
    const byState = async () => {
      await statistics.catchUp();
      const answer = await cabinet.test
        .http()
        .get('/v1/statistics?groupBy=state')
        .set(cabinet.test.as(account))
        .expect(200);
      return answer.body.data.map(({ key, messages }: { key: string; messages: number }) => [key, messages]);
    };
    expect(await byState()).toEqual([['waiting_funds', 3]]);
    await cabinet.topUp(account, 2n * PRICE);
    await soon('two went on', async () => (await queued()).length === 2);
    expect(await byState()).toEqual([
      ['queued', 2],
      ['waiting_funds', 1],
    ]);
    const now = clock.now().getTime();
    const differences = await statistics.compare(account, new Date(now - 24 * HOUR_MS), new Date(now + 24 * HOUR_MS));
    expect(differences).toEqual([]);
  });

  it('wait on while the account is suspended', async () => {
    await accept(numbers(1));
    await cabinet.db.database.query(`UPDATE accounts SET status = 'suspended' WHERE id = $1`, [account]);
    cabinet.test.app.get(AccountsService, { strict: false }).forget(account);
    await giveSilently(PRICE);
    expect(await waiting.release(account)).toBe(0);
  });
});
