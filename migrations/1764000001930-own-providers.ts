import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Providers that accounts own: found by their account, and with the balance that was named last, to be shown without asking. */
export class OwnProviders1764000001930 implements MigrationInterface {
  name = 'OwnProviders1764000001930';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE providers ADD COLUMN balance_amount text, ADD COLUMN balance_currency text, ADD COLUMN balance_at timestamptz,
        ADD CONSTRAINT providers_balance_is_whole CHECK (num_nulls(balance_amount, balance_currency, balance_at) IN (0, 3))`);
    await runner.query(`
      CREATE INDEX providers_owner ON providers (owner_account_id, id) WHERE owner_account_id IS NOT NULL`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX providers_owner`);
    await runner.query(`
      ALTER TABLE providers DROP CONSTRAINT providers_balance_is_whole, DROP COLUMN balance_amount, DROP COLUMN balance_currency,
        DROP COLUMN balance_at`);
  }
}
