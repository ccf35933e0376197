import type { MigrationInterface, QueryRunner } from 'typeorm';
import { FoldBankReferences1764000001300 } from '../../migrations/1764000001300-fold-bank-references.js';
import { CreateSenders1764000001800 } from '../../migrations/1764000001800-create-senders.js';
import { CreateSubscriptions1764000002450 } from '../../migrations/1764000002450-create-subscriptions.js';
import { ZoneLegalEntities1764000002460 } from '../../migrations/1764000002460-zone-legal-entities.js';
import { migrations } from '../../migrations/index.js';
import { runMigrations } from '../../src/database/migrate.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { describeSchema } from '../support/schema.js';

type Direction = 'up' | 'down';

async function step(runner: QueryRunner, migration: MigrationInterface, direction: Direction): Promise<void> {
  const inTransaction = migration.transaction !== false;
  if (inTransaction) await runner.startTransaction();
  await migration[direction](runner);
  if (inTransaction) await runner.commitTransaction();
}

describe('Migrations', () => {
  let stepwise: TestDatabase;
  let atOnce: TestDatabase;

  beforeAll(async () => {
    stepwise = await createTestDatabase({ empty: true });
    atOnce = await createTestDatabase({ empty: true });
  });
  afterAll(() => Promise.all([stepwise.drop(), atOnce.drop()]));

  it('go up, down and up again, each to the schema it came from', async () => {
    const runner = stepwise.dataSource.createQueryRunner();
    try {
      let before = await describeSchema(runner);
      for (const type of migrations) {
        const migration = Reflect.construct(type, []) as MigrationInterface;
        await step(runner, migration, 'up');
        const after = await describeSchema(runner);
        await step(runner, migration, 'down');
        expect({ migration: type.name, schema: await describeSchema(runner) }).toEqual({
          migration: type.name,
          schema: before,
        });
        // The second time up is compared at the end, with a schema that was made without the detours.
        await step(runner, migration, 'up');
        before = after;
      }
    } finally {
      await runner.release();
    }
  });

  it('go all the way down over each other, and make the same schema when run at once', async () => {
    const empty = await describeSchema(atOnce.database);
    await runMigrations(atOnce.url);
    expect(await describeSchema(atOnce.database)).toBe(await describeSchema(stepwise.database));
    for (let left = migrations.length; left > 0; left -= 1) await atOnce.dataSource.undoLastMigration();
    expect(await describeSchema(atOnce.database)).toBe(empty);
  });

  it('gives sellers a zone, and keeps payments that were recorded twice, told apart, when references are folded', async () => {
    const db = await createTestDatabase();
    const { database } = db;
    const runner = db.dataSource.createQueryRunner();
    const fold = new FoldBankReferences1764000001300();
    const zone = new ZoneLegalEntities1764000002460();
    try {
      await zone.down(runner);
      await fold.down(runner);
      const [seller] = await database.query<{ id: string }>(
        `INSERT INTO legal_entities (id, code, country, currency, name, tax_number, address, bank, vat_regime, series, created_at, updated_at)
         VALUES (gen_random_uuid(), 's', 'RU', 'RUB', 'S', '1', 'A', '{}', 'none', 'S', now(), now()),
                (gen_random_uuid(), 't', 'US', 'USD', 'T', '1', 'A', '{}', 'none', 'S', now(), now()) RETURNING id`,
      );
      const references = ['ref', ' ref ', 'REF', 'a  b', 'A B ', 'c'];
      const id = (n: number) => `0190a000-0000-7000-8000-00000000000${n}`;
      for (const [index, reference] of references.entries())
        await database.query(
          `INSERT INTO payment_references (legal_entity_id, bank_reference, account_id, payment_id) VALUES ($1, $2, $3, $4)`,
          [seller!.id, reference, id(9), id(index)],
        );
      await fold.up(runner);
      await zone.up(runner);
      expect(await database.query(`SELECT code, time_zone FROM legal_entities ORDER BY code`)).toEqual([
        { code: 's', time_zone: 'Europe/Moscow' },
        { code: 't', time_zone: 'UTC' },
      ]);
      const rows = await database.query<{ bank_reference: string }>(
        `SELECT bank_reference FROM payment_references ORDER BY payment_id`,
      );
      expect(rows.map((row) => row.bank_reference)).toEqual([
        'ref',
        `ref #${id(1)}`,
        `REF #${id(2)}`,
        'a b',
        `A B #${id(4)}`,
        'c',
      ]);
    } finally {
      await runner.release();
      await db.drop();
    }
  });

  it('keeps the default senders that accounts have: they are approved for every country', async () => {
    const db = await createTestDatabase();
    const { database } = db;
    const runner = db.dataSource.createQueryRunner();
    const create = new CreateSenders1764000001800();
    try {
      await create.down(runner);
      const open = (kind: string, sender: string) =>
        database.query(
          `INSERT INTO accounts (id, kind, name, country, currency, time_zone, default_sender, created_at, updated_at)
           VALUES (gen_random_uuid(), $1, 'A', 'RU', 'RUB', 'Europe/Moscow', $2, now(), now())`,
          [kind, sender],
        );
      await open('platform', 'Standard');
      await open('customer', 'Standard');
      await open('customer', 'Clinic');
      await create.up(runner);
      expect(await database.query(`SELECT sender, country, status FROM senders`)).toEqual([
        { sender: 'Clinic', country: null, status: 'approved' },
      ]);
      expect(await database.query(`SELECT source, sender FROM fixed_senders`)).toEqual([
        { source: 'missed_call', sender: null },
      ]);
    } finally {
      await runner.release();
      await db.drop();
    }
  });

  it('takes nothing away: tariffs that there are include what everybody could use before', async () => {
    const db = await createTestDatabase();
    const { database } = db;
    const runner = db.dataSource.createQueryRunner();
    const create = new CreateSubscriptions1764000002450();
    try {
      await create.down(runner);
      for (const traffic of ['platform', 'own'])
        await database.query(
          `INSERT INTO tariffs (id, code, name, currency, charge_on, refund_undelivered, traffic, created_at)
           VALUES (gen_random_uuid(), $1, 'T', 'RUB', 'submit', true, $1, now())`,
          [traffic],
        );
      await create.up(runner);
      expect(await database.query(`SELECT code, features FROM tariffs ORDER BY code`)).toEqual([
        { code: 'own', features: [] },
        { code: 'platform', features: ['missed_call_apologies', 'sales_tools'] },
      ]);
    } finally {
      await runner.release();
      await db.drop();
    }
  });

  it('are listed in the order of their timestamps, each once', () => {
    const stamps = migrations.map(({ name }) => Number(/\d{13}$/.exec(name)?.[0]));
    expect(stamps).toEqual([...new Set(stamps)].sort((a, b) => a - b));
  });
});
