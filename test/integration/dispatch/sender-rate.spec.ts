import { SYSTEM_ACTOR } from '../../../src/gateway/index.js';
import { NIL_ID } from '../../../src/kernel/ids.js';
import { AccountAudit } from '../../../src/modules/accounts/index.js';
import { MoveBacklog } from '../../../src/modules/messages/actions/move-backlog.js';
import { violations } from '../../support/dispatch-audit.js';
import {
  DispatchRig,
  openSmppLink,
  phones,
  seedAccount,
  seedMessages,
  seedProvider,
} from '../../support/dispatch-rig.js';
import { DispatchStage, QUIET } from '../../support/dispatch-stage.js';
import { mostInAnyWindow } from '../../support/rate-run.js';
import { type OperatorProcess, startOperatorProcess } from '../../support/sandbox-operator.js';
import { until } from '../../support/until.js';

const RATE = 30;
const SECONDS = 3;
const FREE_COUNT = 600;
/** A slot that a busy machine misses is another second's. */
const PATIENCE_MS = 30_000;
const SLOW = 'Clinic1';
const FREE = 'Clinic2';

describe('the rate of a sender', () => {
  const stage = DispatchStage.forSpec();
  beforeEach(async () => {
    await stage.query('DELETE FROM sender_rates');
    stage.rig.senderRates.invalidate();
  });

  const setRate = (perSecond: number | null, accountId = stage.account.id, country: string | null = null) =>
    stage.db.database.transaction((tx) =>
      stage.rig.senderRates.set(tx, { accountId, sender: SLOW, country, source: null }, perSecond, stage.clock.now()),
    );
  const from = (sender: string) => stage.operator.inbox(null).filter((one) => one.from === sender).length;
  const pacedRows = async () =>
    (await stage.query<{ count: number }>(`SELECT count(*)::int AS count FROM message_queue WHERE paced_by <> 0`))[0]!
      .count;

  describe('at an operator in a process of its own', () => {
    let operator: OperatorProcess;

    beforeAll(async () => {
      operator = await startOperatorProcess({ reportDelay: QUIET });
    });
    afterAll(() => operator.stop());

    it('is kept over all workers and links, beside what has none', async () => {
      await setRate(RATE);
      await stage.queue({ sender: SLOW, recipients: phones(RATE * (SECONDS + 3)) });
      await stage.queue({ sender: FREE, recipients: phones(FREE_COUNT, 306_911_000_000) });
      const second = new DispatchRig(stage.db.database, stage.clock, { pollMs: 50, housekeepingMs: 100 });
      openSmppLink(stage.rig, operator.port, stage.provider);
      openSmppLink(second, operator.port, stage.provider, {}, 2);
      try {
        stage.rig.start();
        second.start();
        const enough = FREE_COUNT + RATE * SECONDS;
        await until('it flows', async () => (await operator.stats()).received >= enough, PATIENCE_MS);
        const inbox = await operator.inbox();
        expect(inbox.filter((one) => one.from === FREE).length).toBe(FREE_COUNT);
        const instants = inbox.filter((one) => one.from === SLOW).map(({ at }) => Date.parse(at));
        // Over several seconds, because a busy operator sees some late; what is exact are the slots.
        expect(mostInAnyWindow(instants, 2_000)).toBeLessThanOrEqual(2 * RATE);
      } finally {
        await second.stop();
      }
      expect(await violations(stage.db.database)).toEqual([]);
    });
  });

  it('makes nothing wait that shows another sender, in the same campaign either', async () => {
    await setRate(5);
    await stage.queue({ sender: SLOW, recipients: phones(400) });
    stage.start();
    await until('it flows', () => from(SLOW) >= 2, PATIENCE_MS);
    await stage.queue({ sender: FREE, recipients: phones(300, 306_911_111_111) });
    stage.rig.hints.queued([stage.provider.id]);
    await until('the others are through', () => from(FREE) === 300, PATIENCE_MS);
    expect(from(SLOW)).toBeLessThan(300);
    expect(await violations(stage.db.database)).toEqual([]);
  });

  it('is that of the account: the same name of another account has its own', async () => {
    await setRate(4);
    const other = await seedAccount(stage.db.database, { now: stage.clock.now() });
    await stage.queue({ sender: SLOW, recipients: phones(100) });
    await stage.queue({ account: other, sender: SLOW, recipients: phones(200, 306_911_111_111) });
    stage.start();
    const arrived = (prefix: string) => stage.operator.inbox(null).filter(({ to }) => to.startsWith(prefix)).length;
    await until('the other is through', () => arrived('306911') === 200, PATIENCE_MS);
    expect(arrived('306900')).toBeLessThan(90);
  });

  it('holds for what was queued before it was set, and may be lifted while messages wait for it', async () => {
    await stage.rate(20);
    await stage.queue({ sender: SLOW, recipients: phones(120) });
    stage.start();
    await until('it flows', () => from(SLOW) >= 5, PATIENCE_MS);
    await setRate(2);
    await until('all that waits is under it', async () => (await pacedRows()) > 60, PATIENCE_MS);
    const before = from(SLOW);
    const began = performance.now();
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(from(SLOW) - before).toBeLessThanOrEqual((2 * (performance.now() - began)) / 1_000 + 2);
    await stage.rate(1_000);
    await setRate(null);
    await until('all are through', () => from(SLOW) === 120, PATIENCE_MS);
    expect(await violations(stage.db.database)).toEqual([]);
  });

  it('may be changed while messages wait for it', async () => {
    await setRate(1);
    await stage.queue({ sender: SLOW, recipients: phones(60) });
    stage.start();
    await until('it flows', () => from(SLOW) >= 1, PATIENCE_MS);
    await setRate(500);
    await until('all are through', () => from(SLOW) === 60, PATIENCE_MS);
  });

  it('of a kind of traffic with a fixed sender is that of all accounts together', async () => {
    const other = await seedAccount(stage.db.database, { now: stage.clock.now() });
    await stage.queue({ recipients: phones(50) });
    await stage.queue({ account: other, recipients: phones(50, 306_911_111_111) });
    await stage.query(`UPDATE messages SET source = 'missed_call'`);
    await stage.db.database.transaction((tx) =>
      stage.rig.senderRates.set(
        tx,
        { accountId: null, sender: null, country: null, source: 'missed_call' },
        10,
        stage.clock.now(),
      ),
    );
    stage.start();
    await until('some are through', () => stage.operator.inbox(null).length >= 25, PATIENCE_MS);
    const sent = stage.operator.inbox(null);
    expect(
      mostInAnyWindow(
        sent.map(({ at }) => Date.parse(at)),
        2_000,
      ),
    ).toBeLessThanOrEqual(20);
    // They take turns.
    for (const prefix of ['306900', '306911'])
      expect(sent.filter(({ to }) => to.startsWith(prefix)).length).toBeGreaterThan(5);
  });

  it('does not keep a message from being cancelled with its group, or its stream from being put away', async () => {
    const groupId = '0199f1c2-6b8e-7000-8000-4a1f6d2c9b10';
    await stage.query(
      `INSERT INTO message_groups (account_id, id, kind, label, state, created_at, updated_at) VALUES ($1, $2, 'campaign', 'x', 'open', $3, $3)`,
      [stage.account.id, groupId, stage.clock.now()],
    );
    await setRate(1);
    await stage.queue({ sender: SLOW, groupId, recipients: phones(80) });
    stage.start();
    await until('all that waits is under it', async () => (await pacedRows()) > 40, PATIENCE_MS);
    await stage.query(`UPDATE message_groups SET state = 'cancelled'`);
    await until('no more wait', async () => !(await stage.states())['queued'], PATIENCE_MS);
    expect((await stage.states())['cancelled']).toBeGreaterThan(30);
    await until(
      'nothing is left',
      async () => (await stage.query('SELECT FROM message_streams')).length === 0,
      PATIENCE_MS,
    );
    expect(await violations(stage.db.database)).toEqual([]);
  });

  it('is found again where a backlog is moved to', async () => {
    const target = await seedProvider(stage.db.database);
    await setRate(5);
    const [first] = await stage.query<{ number: number }>('SELECT number FROM sender_rates');
    await seedMessages(stage.db.database, {
      account: stage.account,
      providerId: stage.provider.id,
      now: stage.clock.now(),
      sender: SLOW,
      recipients: phones(20),
    });
    await stage.query('UPDATE message_queue SET paced_by = $1', [first!.number]);
    await stage.query('UPDATE message_streams SET paced_by = $1', [first!.number]);
    const { database, clock, providers, accounts, hints } = stage.rig;
    const mover = new MoveBacklog(database, clock, providers, accounts, new AccountAudit(clock), hints);
    const moved = await mover.execute({ from: stage.provider.id, to: target.id, reason: 'x', actor: SYSTEM_ACTOR }, [
      2,
      NIL_ID,
      NIL_ID,
      0,
      '-infinity',
      NIL_ID,
    ]);
    expect(moved).toEqual({ moved: 20, stayed: {}, next: null });
    expect(await violations(stage.db.database)).toEqual([]);
    openSmppLink(stage.rig, stage.operator.ports.smpp, target);
    stage.rig.start();
    await until('it flows', () => from(SLOW) >= 7, PATIENCE_MS);
    expect(stage.operator.inbox(null).length).toBeLessThan(20);
  });
});
