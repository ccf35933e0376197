import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How much of an account may leave in a second, over all links: in what the peer counts, PDUs or requests. Null: no limit of its own. */
export class PaceAccounts1764000002120 implements MigrationInterface {
  name = 'PaceAccounts1764000002120';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE accounts
        ADD COLUMN rate_per_second integer CONSTRAINT accounts_rate_per_second CHECK (rate_per_second BETWEEN 1 AND 100000)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE accounts DROP COLUMN rate_per_second`);
  }
}
