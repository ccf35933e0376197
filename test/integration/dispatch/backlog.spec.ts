import { newId } from '../../../src/kernel/ids.js';
import { AccountAudit } from '../../../src/modules/accounts/index.js';
import { FailOver } from '../../../src/modules/messages/actions/fail-over.js';
import { type BacklogCursor, MoveBacklog } from '../../../src/modules/messages/actions/move-backlog.js';
import { WatchLinks } from '../../../src/modules/providers/index.js';
import { violations } from '../../support/dispatch-audit.js';
import { openSmppLink, phones, seedAccount, seedMessages, seedProvider } from '../../support/dispatch-rig.js';
import { DispatchStage, FUNDS, PRICE } from '../../support/dispatch-stage.js';
import { until } from '../../support/until.js';

const STAFF = { kind: 'staff' as const, id: newId() };

describe('a backlog that is moved to another provider', () => {
  const stage = DispatchStage.forSpec();
  let other: { id: string; ratePerSecond: number };
  beforeEach(async () => {
    await stage.query('DELETE FROM account_audit');
    other = await seedProvider(stage.db.database);
    stage.rig.providers.invalidate();
  });

  const mover = () => {
    const { database, clock, providers, accounts, hints } = stage.rig;
    return new MoveBacklog(database, clock, providers, accounts, new AccountAudit(clock), hints);
  };
  const move = (more: object = {}, after: BacklogCursor | null = null) =>
    mover().execute({ from: stage.provider.id, to: other.id, reason: 'out', actor: STAFF, ...more }, after);
  const at = async (providerId: string) => {
    const rows = await stage.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM message_queue q JOIN messages m ON m.account_id = q.account_id AND m.id = q.message_id
        WHERE q.provider_id = $1 AND m.provider_id = $1`,
      [providerId],
    );
    return rows[0]!.count;
  };

  it('goes as a whole, or one lane or account of it, and leaves from there at the same price', async () => {
    const second = await seedAccount(stage.db.database, { now: stage.clock.now() });
    await stage.queue({ recipients: phones(3), lane: 'otp' });
    await stage.queue({ recipients: phones(700), lane: 'bulk' });
    await seedMessages(stage.db.database, {
      account: second,
      providerId: stage.provider.id,
      now: stage.clock.now(),
      recipients: phones(2),
    });
    expect(await move({ lane: 'otp' })).toEqual({ moved: 3, stayed: {}, next: null });
    expect(await move({ accountId: second.id })).toEqual({ moved: 2, stayed: {}, next: null });
    expect([await at(stage.provider.id), await at(other.id)]).toEqual([700, 5]);
    expect(await move()).toEqual({ moved: 700, stayed: {}, next: null });
    expect([await at(stage.provider.id), await at(other.id)]).toEqual([0, 705]);
    expect(await violations(stage.db.database)).toEqual([]);
    const trail = await stage.query(
      `SELECT subject, actor_id, details FROM account_audit WHERE action = 'provider.backlog_moved' ORDER BY id`,
    );
    expect(trail).toMatchObject(
      [3, 2, 500, 200].map((count) => ({
        subject: `provider:${stage.provider.id}`,
        actor_id: STAFF.id,
        details: { reason: 'out', to: { [other.id]: count } },
      })),
    );

    openSmppLink(stage.rig, stage.operator.ports.smpp, other);
    stage.rig.start();
    await stage.inState('submitted', 705);
    expect(await stage.wallet()).toMatchObject({ heldMicros: 0n, availableMicros: FUNDS - 703n * PRICE });
    expect(await violations(stage.db.database)).toEqual([]);
  });

  it('keeps with its provider what has parts there, and begins a new attempt for what has none', async () => {
    const ids = await stage.queue({ recipients: phones(2) });
    const attempts = [newId(), newId()];
    await stage.query(
      `INSERT INTO attempts (account_id, id, message_id, attempt_no, provider_id, client_reference, worker, state, started_at)
       SELECT $1, a.id, a.message_id, 1, $2, a.id::text, $2, 'not_sent', now() FROM unnest($3::uuid[], $4::uuid[]) AS a (id, message_id)`,
      [stage.account.id, stage.provider.id, attempts, ids],
    );
    await stage.query(
      `UPDATE message_queue q SET attempt_id = a.id FROM unnest($1::uuid[], $2::uuid[]) AS a (id, message_id) WHERE q.message_id = a.message_id`,
      [attempts, ids],
    );
    await stage.query(
      `INSERT INTO attempt_parts (account_id, attempt_id, part_no, message_id, provider_id, state, state_at)
       VALUES ($1, $2, 1, $3, $4, 'submitted', now())`,
      [stage.account.id, attempts[0], ids[0], stage.provider.id],
    );
    expect(await move()).toEqual({ moved: 1, stayed: { partly_sent: 1 }, next: null });
    expect(
      await stage.query('SELECT message_id, attempt_no, attempt_id FROM message_queue ORDER BY message_id'),
    ).toEqual([
      { message_id: ids[0], attempt_no: 1, attempt_id: attempts[0] },
      { message_id: ids[1], attempt_no: 2, attempt_id: null },
    ]);
  });

  it('never goes back to who refused it', async () => {
    const [id] = await stage.queue({ recipients: phones(2) });
    await stage.query('UPDATE message_queue SET attempt_no = 2 WHERE message_id = $1', [id]);
    await stage.query(
      `INSERT INTO attempts (account_id, id, message_id, attempt_no, provider_id, client_reference, worker, state, started_at)
       VALUES ($1, $2, $3, 1, $4, 'r', $4, 'rejected', now())`,
      [stage.account.id, newId(), id, other.id],
    );
    expect(await move()).toEqual({ moved: 1, stayed: { refused_before: 1 }, next: null });
    await stage.query(
      `INSERT INTO routes (id, prefix, tier, weight, provider_id, created_at, updated_at) VALUES ($1, '', 1, 1, $2, now(), now())`,
      [newId(), other.id],
    );
    stage.rig.providers.invalidate();
    expect(await move({ to: undefined })).toEqual({ moved: 0, stayed: { no_other_route: 1 }, next: null });
    await stage.query('DELETE FROM routes');
  });

  it('shows a sender that the other provider takes, or stays', async () => {
    const policy = (senderPolicy: object) =>
      stage.query('UPDATE providers SET sender_policy = $2 WHERE id = $1', [other.id, JSON.stringify(senderPolicy)]);
    await stage.queue({ recipients: phones(2) });
    await policy({ kind: 'listed', senders: ['Other'] });
    expect(await move()).toEqual({ moved: 0, stayed: { sender_not_allowed: 2 }, next: null });
    await policy({ kind: 'fixed', sender: 'Fixed' });
    expect(await move()).toMatchObject({ moved: 2 });
    expect(await stage.query('SELECT DISTINCT sender FROM messages')).toEqual([{ sender: 'Fixed' }]);
  });

  it('goes where the routes lead when nobody is named, and stays where they lead nowhere else', async () => {
    await stage.queue({ recipients: phones(2) });
    expect(await move({ to: undefined })).toEqual({ moved: 0, stayed: { no_other_route: 2 }, next: null });
    const route = (providerId: string, tier: number) =>
      stage.query(
        `INSERT INTO routes (id, prefix, tier, weight, provider_id, created_at, updated_at) VALUES ($1, '', $2, 1, $3, now(), now())`,
        [newId(), tier, providerId],
      );
    await route(stage.provider.id, 1);
    await route(other.id, 2);
    expect(await move({ to: undefined })).toMatchObject({ moved: 2 });
    expect(await at(other.id)).toBe(2);
    await stage.query('DELETE FROM routes');
  });

  it('is looked at piece by piece when its provider fails: what nobody else takes holds up nothing behind it', async () => {
    const route = (prefix: string, providerId: string, tier: number) =>
      stage.query(
        `INSERT INTO routes (id, prefix, tier, weight, provider_id, created_at, updated_at) VALUES ($1, $2, $3, 1, $4, now(), now())`,
        [newId(), prefix, tier, providerId],
      );
    await route('30', stage.provider.id, 1);
    await route('3069999', other.id, 1);
    await stage.queue({ recipients: phones(5_000), dueAt: new Date(stage.clock.now().getTime() - 1_000) });
    await stage.queue({ recipients: ['306999900001'] });
    await stage.query(`INSERT INTO provider_outages (provider_id, since, failing_at) VALUES ($1, $2, $2)`, [
      stage.provider.id,
      stage.clock.now(),
    ]);
    const { database, accounts, providers, clock } = stage.rig;
    providers.invalidate();
    const failOver = new FailOver(new WatchLinks(database, accounts, providers, clock), providers, mover());
    try {
      expect(await failOver.execute()).toEqual({ failing: 0, recovered: 0, moved: 0 });
      expect(await failOver.execute()).toEqual({ failing: 0, recovered: 0, moved: 1 });
      expect([await at(stage.provider.id), await at(other.id)]).toEqual([5_000, 1]);
    } finally {
      await stage.query('DELETE FROM routes');
      await stage.query('DELETE FROM provider_outages');
    }
  });

  it('is refused where it cannot lead anywhere', async () => {
    await expect(move({ to: stage.provider.id })).rejects.toMatchObject({ code: 'same_provider' });
    await expect(move({ to: newId() })).rejects.toMatchObject({ code: 'provider_not_found' });
    await expect(move({ from: newId() })).rejects.toMatchObject({ code: 'provider_not_found' });
    await stage.query(`UPDATE providers SET status = 'paused' WHERE id = $1`, [other.id]);
    await expect(move()).rejects.toMatchObject({ code: 'provider_state' });
  });

  it('is sent once, by one or the other, while a worker is sending it', async () => {
    const recipients = phones(600);
    await stage.rate(300);
    await stage.queue({ recipients });
    openSmppLink(stage.rig, stage.operator.ports.smpp, stage.provider);
    openSmppLink(stage.rig, stage.operator.ports.smpp, other, {}, 2);
    stage.rig.start();
    await until('some have left', async () => ((await stage.states())['submitted'] ?? 0) > 20);
    const { moved } = await move();
    expect(moved).toBeGreaterThan(0);
    await stage.inState('submitted', 600);
    expect(recipients.filter((to) => stage.operator.inbox(to).length !== 1)).toEqual([]);
    const [byOther] = await stage.query<{ count: number }>(
      'SELECT count(*)::int AS count FROM attempts WHERE provider_id = $1',
      [other.id],
    );
    expect(byOther!.count).toBe(moved);
    expect(await violations(stage.db.database)).toEqual([]);
  });
});
