import { SystemClock } from '../../../src/kernel/clock.js';
import { AccountAudit, AccountOpenings, AccountsService } from '../../../src/modules/accounts/index.js';
import { SYSTEM_ACTOR } from '../../../src/gateway/index.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';

describe('AccountsService', () => {
  let db: TestDatabase;

  beforeAll(async () => {
    db = await createTestDatabase();
  });
  afterAll(() => db.drop());

  const service = (openings = new AccountOpenings()) => {
    const clock = new SystemClock();
    return new AccountsService(db.database, clock, openings, new AccountAudit(clock));
  };
  const input = {
    name: 'Clinic',
    country: 'RU',
    currency: 'RUB',
    locale: 'ru',
    timeZone: 'Europe/Moscow',
    actor: SYSTEM_ACTOR,
  } as const;

  it('makes one platform account, with its openings, however many processes boot at once', async () => {
    let opened = 0;
    const openings = new AccountOpenings();
    openings.subscribe(async (_, { kind }) => {
      if (kind === 'platform') opened++;
    });
    const processes = Array.from({ length: 6 }, () => service(openings));
    const ids = await Promise.all(processes.map((process) => process.platformAccountId()));
    expect(new Set(ids).size).toBe(1);
    expect(opened).toBe(1);
    const audit = await db.database.query('SELECT action FROM account_audit WHERE account_id = $1', [ids[0]]);
    expect(audit).toEqual([{ action: 'account.opened' }]);
    expect(await service().get(ids[0]!)).toMatchObject({
      kind: 'platform',
      status: 'active',
      defaultSender: 'Kabinet',
    });
  });

  it('opens nothing when a listener refuses', async () => {
    const openings = new AccountOpenings();
    openings.subscribe(async () => Promise.reject(new Error('no tariff')));
    const refused = service(openings);
    await expect(db.database.transaction((tx) => refused.create(tx, input))).rejects.toThrow('no tariff');
    const rows = await db.database.query(`SELECT 1 FROM accounts WHERE kind = 'customer'`);
    expect(rows).toHaveLength(0);
  });

  it('snapshots many in one read, leaves unknown ones out, and forgets what changed here', async () => {
    const accounts = service();
    const [one, two] = await db.database.transaction(async (tx) => [
      await accounts.create(tx, input),
      await accounts.create(tx, { ...input, defaultSender: 'Clinic' }),
    ]);
    const found = await accounts.getMany([one.id, two.id, '0199f1c2-6b8e-7000-8000-4a1f6d2c9b10', one.id]);
    expect([...found.keys()].sort()).toEqual([one.id, two.id].sort());
    expect(found.get(two.id)).toEqual(two);
    expect(found.get(one.id)!.defaultSender).toBe('Kabinet');
    await db.database.query(`UPDATE accounts SET name = 'Renamed' WHERE id = $1`, [one.id]);
    expect((await accounts.get(one.id)).name).toBe('Clinic');
    accounts.forget(one.id);
    expect((await accounts.get(one.id)).name).toBe('Renamed');
    await expect(accounts.get('0199f1c2-6b8e-7000-8000-4a1f6d2c9b10')).rejects.toMatchObject({
      code: 'account_not_found',
    });
  });

  it('writes an audit trail that sorts as it was written, also within a millisecond', async () => {
    const accounts = service();
    const now = new Date('2026-03-02T12:00:00Z');
    const audit = new AccountAudit({ now: () => now });
    const { id } = await db.database.transaction((tx) => accounts.create(tx, input));
    const actions = Array.from({ length: 50 }, (_, index) => `thing.changed_${String(index).padStart(2, '0')}`);
    await db.database.transaction(async (tx) => {
      for (const action of actions)
        await audit.record(tx, { accountId: id, actor: SYSTEM_ACTOR, action, subject: 'thing:1' });
    });
    const rows = await db.database.query<{ action: string }>(
      `SELECT action FROM account_audit WHERE account_id = $1 AND action LIKE 'thing%' ORDER BY id`,
      [id],
    );
    expect(rows.map(({ action }) => action)).toEqual(actions);
  });
});
