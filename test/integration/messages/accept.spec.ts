import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { DomainError } from '../../../src/kernel/domain-error.js';
import { MessagePartitions } from '../../../src/modules/messages/index.js';
import { ProvidersService } from '../../../src/modules/providers/index.js';
import { MessageStatistics, StatisticsModule } from '../../../src/modules/statistics/index.js';
import { PriceCache } from '../../../src/modules/tariffs/persistence/price-cache.js';
import { expectCleanAudit } from '../../support/audit.js';
import { type Cabinet, createCabinet, phone, sending } from '../../support/cabinet.js';

const HOUR_MS = 3_600_000;
const PRICE = 3_900_000n;

describe('accept', () => {
  let cabinet: Cabinet;
  let statistics: MessageStatistics;

  beforeAll(async () => {
    cabinet = await createCabinet({ imports: [StatisticsModule] });
    statistics = cabinet.test.app.get(MessageStatistics, { strict: false });
  });
  afterAll(async () => {
    await expectCleanAudit(cabinet.db.database);
    await cabinet.close();
  });

  const differences = (accountId: string) => {
    const now = cabinet.clock.now().getTime();
    return statistics.compare(accountId, new Date(now - 24 * HOUR_MS), new Date(now + 24 * HOUR_MS));
  };
  const once = (accountId: string, key: string, to: string) =>
    cabinet.messages.acceptOnce(
      sending(accountId, to),
      { accountId, route: 'POST /v1/messages', key, bodyHash: Buffer.from(to) },
      ({ items }) => ({ status: 202, json: JSON.stringify({ кому: to, ids: items.map(({ id }) => id) }) }),
    );

  it('prices, holds and queues', async () => {
    const { id } = await cabinet.account(100);
    const result = await cabinet.messages.accept(sending(id, phone(1)));
    expect(result).toMatchObject({ accepted: 1, shortfall: null });
    expect(result.items[0]).toMatchObject({ status: 'queued', to: phone(1), parts: 1, encoding: 'ucs2' });
    expect(result.items[0]!.price).toEqual({ micros: PRICE, currency: 'RUB' });
    expect(await cabinet.wallet(id)).toMatchObject({ heldMicros: PRICE, availableMicros: 100_000_000n - PRICE });
  });

  it('pays item by item in request order, to the micro-unit, and says what is missing', async () => {
    const { id } = await cabinet.account(0);
    await cabinet.topUp(id, 2n * PRICE - 1n);
    const first = await cabinet.messages.accept(sending(id, [phone(1), phone(2), phone(3)]));
    expect(first.items.map(({ status, code }) => code ?? status)).toEqual(['queued', 'no_funds', 'no_funds']);
    expect(first.shortfall).toEqual({ micros: PRICE + 1n, currency: 'RUB' });
    await cabinet.topUp(id, 1n);
    const rejected = await cabinet.messages.accept(
      sending(id, [phone(4), phone(5)], { onInsufficientFunds: 'reject' }),
    );
    expect(rejected).toMatchObject({ accepted: 0, shortfall: { micros: PRICE } });
    expect((await cabinet.messages.accept(sending(id, phone(6)))).accepted).toBe(1);
    expect(await cabinet.wallet(id)).toMatchObject({ availableMicros: 0n, heldMicros: 2n * PRICE });
  });

  it('lets sixty concurrent callers share few transactions, with exactly as many accepted as can be paid', async () => {
    const { id } = await cabinet.account(0);
    await cabinet.topUp(id, 40n * PRICE);
    const results = await Promise.all(
      Array.from({ length: 60 }, (_, n) => cabinet.messages.accept(sending(id, phone(100 + n)))),
    );
    expect(results.filter(({ accepted }) => accepted === 1)).toHaveLength(40);
    const [entries] = await cabinet.db.database.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM ledger_entries WHERE account_id = $1 AND kind = 'hold'`,
      [id],
    );
    expect(entries!.count).toBeLessThan(10);
    expect(await cabinet.wallet(id)).toMatchObject({ availableMicros: 0n, heldMicros: 40n * PRICE });
  });

  it('keeps the trouble of one caller from its neighbours', async () => {
    const { id } = await cabinet.account(100);
    const closed = await cabinet.account(100);
    await cabinet.db.database.query(`UPDATE accounts SET status = 'suspended' WHERE id = $1`, [closed.id]);
    const outcomes = await Promise.allSettled([
      cabinet.messages.accept(sending(id, phone(1))),
      cabinet.messages.accept(sending(closed.id, phone(2))),
      cabinet.messages.accept(sending(id, phone(3), { reservationId: randomUUID() })),
      cabinet.messages.accept(sending(id, phone(4), { source: 'NOT A SOURCE' as 'api' })),
      cabinet.messages.accept(sending(id, phone(5))),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'rejected',
      'rejected',
      'fulfilled',
    ]);
    expect((outcomes[1] as PromiseRejectedResult).reason).toEqual(new DomainError('forbidden', 'account_suspended'));
    expect((outcomes[2] as PromiseRejectedResult).reason).toMatchObject({ code: 'reservation_not_found' });
    expect(await cabinet.rows(id)).toHaveLength(2);
    expect(await cabinet.wallet(id)).toMatchObject({ heldMicros: 2n * PRICE });
  });

  it('answers a duplicate that runs at once, elsewhere too, and replays one that is done', async () => {
    const { id } = await cabinet.account(100);
    const key = randomUUID();
    const outcomes = await Promise.allSettled([once(id, key, phone(1)), once(id, key, phone(1))]);
    expect(outcomes[1]).toMatchObject({ status: 'rejected', reason: { code: 'idempotency_key_running' } });
    const [first] = outcomes as [PromiseFulfilledResult<Awaited<ReturnType<typeof once>>>, unknown];
    expect(await once(id, key, phone(1))).toEqual({ answer: { ...first.value.answer }, replayed: true });
    await expect(once(id, key, phone(2))).rejects.toMatchObject({ code: 'idempotency_key_reused' });
    expect(await cabinet.rows(id)).toHaveLength(1);

    const other = randomUUID();
    const held = { accountId: id, route: 'POST /v1/messages', key: other };
    await cabinet.db.database.transaction(async (tx) => {
      await tx.query(
        `SELECT pg_try_advisory_xact_lock(hashtextextended($1::uuid || ' ' || $2::text || ' ' || $3::text, 0))`,
        [held.accountId, held.route, held.key],
      );
      await expect(once(id, other, phone(3))).rejects.toMatchObject({ code: 'idempotency_key_running' });
    });
  });

  it('gives each of many callers that share a transaction its own answer again', async () => {
    const { id } = await cabinet.account(100);
    const calls = Array.from({ length: 20 }, (_, n) => [randomUUID(), phone(n) + '0'.repeat(n % 3)] as const);
    const all = () => Promise.all(calls.map(([key, to]) => once(id, key, to)));
    const first = await all();
    expect(first.map(({ answer }) => (JSON.parse(answer.json) as { кому: string }).кому)).toEqual(
      calls.map(([, to]) => to),
    );
    expect(await all()).toEqual(first.map(({ answer }) => ({ answer: { ...answer }, replayed: true })));
  });

  it('takes an external id once, also when two callers come together', async () => {
    const { id } = await cabinet.account(100);
    const request = (to: string) => sending(id, [], { items: [{ to, text: 'Привет', externalId: 'visit-1' }] });
    const results = await Promise.all([
      cabinet.messages.accept(request(phone(1))),
      cabinet.messages.accept(request(phone(2))),
    ]);
    const codes = results.map(({ items }) => items[0]!.code ?? items[0]!.status);
    expect(codes.toSorted()).toEqual(['external_id_taken', 'queued']);
  });

  it('writes a row with a reason for everything it refuses', async () => {
    const { id } = await cabinet.account(100);
    const { items } = await cabinet.messages.accept(
      sending(id, [], {
        alphabetPolicy: 'refuse',
        items: [
          { to: 'nobody', text: 'a' },
          { to: '+7 495 123-45-67', text: 'a' },
          { to: phone(1), text: 'a', consent: 'missing' },
          { to: phone(2), text: 'a' },
          { to: phone(2), text: 'a' },
          { to: phone(3), text: 'a', sender: 'Bank' },
          { to: phone(4), text: 'a'.repeat(1531) },
          { to: phone(5), text: 'привет' },
          { to: phone(6), text: '   ' },
          { to: phone(7), text: '[klient]', variables: { other: 'x' } },
          { to: phone(8), templateId: randomUUID() },
        ],
      }),
    );
    const codes = items.map(({ code, status }) => code ?? status);
    expect(codes).toEqual([
      'invalid_number',
      'not_mobile',
      'no_consent',
      'queued',
      'duplicate',
      'sender_not_allowed',
      'too_long',
      'alphabet',
      'empty_text',
      'missing_variables',
      'template_not_found',
    ]);
    expect((await cabinet.rows(id)).map(({ reason, state }) => reason ?? state)).toEqual(codes);
  });

  it('stops at the daily number of messages to one phone', async () => {
    const { id } = await cabinet.account(10_000);
    const texts = Array.from({ length: 101 }, (_, n) => ({ to: phone(1), text: `Text ${n}` }));
    const first = await cabinet.messages.accept(sending(id, [], { items: texts }));
    expect(first.items.at(-1)).toMatchObject({ status: 'blocked', code: 'capped' });
    expect(first.accepted).toBe(100);
    const next = await cabinet.messages.accept(sending(id, phone(1)));
    expect(next.items[0]).toMatchObject({ code: 'capped' });
  });

  it('waits for the opening, or drops, as the caller says', async () => {
    const night = { timeZone: 'Europe/Moscow', days: { mon: [{ from: '20:00', to: '23:00' }] } };
    const { id } = await cabinet.account(100);
    const wait = await cabinet.messages.accept(sending(id, phone(1), { window: night }));
    expect(wait.items[0]).toMatchObject({ status: 'scheduled', code: 'window' });
    expect(wait.items[0]!.dueAt).toEqual(new Date('2026-03-02T17:00:00Z'));
    const drop = await cabinet.messages.accept(sending(id, phone(2), { window: night, windowAction: 'drop' }));
    expect(drop.items[0]).toMatchObject({ status: 'blocked', code: 'window' });
  });

  it('cancels a group: what waits gives its money back, and it takes nothing more', async () => {
    const { id } = await cabinet.account(10_000);
    const { database } = cabinet.db;
    const group = await database.transaction((tx) =>
      cabinet.messages.createGroup(tx, { accountId: id, kind: 'upload', label: 'list' }),
    );
    const numbers = Array.from({ length: 700 }, (_, n) => phone(1_000 + n));
    await cabinet.messages.accept(sending(id, numbers, { groupId: group.id, lane: 'bulk' }));
    const streams = () =>
      database.query(`SELECT state FROM message_streams WHERE account_id = $1 AND group_id = $2`, [id, group.id]);
    await database.transaction((tx) => cabinet.messages.setGroupState(tx, id, group.id, 'paused'));
    expect(await streams()).toEqual([{ state: 'paused' }]);
    await database.transaction((tx) => cabinet.messages.setGroupState(tx, id, group.id, 'cancelled'));
    for (let n = 0; n < 100 && (await cabinet.wallet(id)).heldMicros > 0n; n++)
      await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await cabinet.messages.groupCounts(id, group.id)).toEqual({ cancelled: 700 });
    expect(await cabinet.wallet(id)).toMatchObject({ availableMicros: 10_000_000_000n, heldMicros: 0n });
    await expect(cabinet.messages.accept(sending(id, phone(1), { groupId: group.id }))).rejects.toMatchObject({
      code: 'group_not_open',
    });
    await statistics.catchUp();
    expect(await differences(id)).toEqual([]);
  });

  it('keeps statistics that equal a count of the rows, and rebuilds them', async () => {
    const { id } = await cabinet.account(100);
    await cabinet.messages.accept(sending(id, [phone(1), phone(2), 'nobody']));
    expect(await differences(id)).not.toEqual([]);
    await statistics.catchUp();
    expect(await differences(id)).toEqual([]);
    await cabinet.messages.accept(sending(id, phone(3)));
    const now = cabinet.clock.now().getTime();
    await statistics.rebuild(id, new Date(now - HOUR_MS), new Date(now + HOUR_MS));
    expect(await differences(id)).toEqual([]);
    await statistics.catchUp();
    expect(await differences(id)).toEqual([]);
    const { body } = await cabinet.test
      .http()
      .get('/v1/statistics')
      .query({ groupBy: 'state' })
      .set(cabinet.test.as(id))
      .expect(200);
    expect(body.data).toEqual([
      expect.objectContaining({ key: 'blocked', messages: 1 }),
      expect.objectContaining({ key: 'queued', messages: 3, held: { amount: '11.700000', currency: 'RUB' } }),
    ]);
  });

  it.each([
    ['route', 'UPDATE routes SET enabled = $1', 'no_route'],
    [
      'price',
      `UPDATE tariff_prices SET prefix = CASE WHEN $1 THEN substr(prefix, 4) ELSE '000' || prefix END`,
      'no_tariff',
    ],
  ])('blocks nobody for want of a %s that another process has made meanwhile', async (_what, statement, code) => {
    const { id } = await cabinet.account(100);
    const setUp = (there: boolean) => cabinet.db.database.query(statement, [there]);
    const send = async () => (await cabinet.messages.accept(sending(id, phone(1)))).items[0]!;
    await setUp(false);
    cabinet.test.app.get(ProvidersService, { strict: false }).invalidate();
    cabinet.test.app.get(PriceCache, { strict: false }).invalidate();
    expect(await send()).toMatchObject({ status: 'blocked', code });
    await setUp(true);
    // Sooner it may be blocked: what was read half a second ago counts as new.
    await sleep(600);
    expect(await send()).toMatchObject({ status: 'queued' });
  });

  it('makes the partitions of a month once and those of the next a week ahead, and moves what already lies in them', async () => {
    const partitions = cabinet.test.app.get(MessagePartitions, { strict: false });
    const made = await partitions.ensure(cabinet.clock.now());
    expect(made).toContain('messages_2026_03');
    expect(made).toHaveLength(4);
    expect(await partitions.ensure(cabinet.clock.now())).toEqual([]);
    expect(await partitions.ensure(new Date('2026-03-24T23:59:59Z'))).toEqual([]);
    expect(await partitions.ensure(new Date('2026-03-25T00:00:00Z'))).toEqual([
      'messages_2026_04',
      'attempts_2026_04',
      'attempt_parts_2026_04',
      'delivery_reports_2026_04',
    ]);
    const left = await cabinet.db.database.query(`SELECT FROM messages_default LIMIT 1`);
    expect(left).toEqual([]);
    const { id } = await cabinet.account(100);
    expect((await cabinet.messages.accept(sending(id, phone(1)))).accepted).toBe(1);
  });
});
