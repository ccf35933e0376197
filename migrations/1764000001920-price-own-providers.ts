import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What goes over a provider that the account owns has tariffs of its own: the account pays that provider itself, and here at most a
 * fee. A tariff is for one kind of traffic for ever; an account has one of each.
 */
export class PriceOwnProviders1764000001920 implements MigrationInterface {
  name = 'PriceOwnProviders1764000001920';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE tariffs ADD COLUMN traffic text NOT NULL DEFAULT 'platform'
        CONSTRAINT tariffs_traffic CHECK (traffic IN ('platform', 'own'))`);
    await runner.query(`DROP INDEX tariffs_one_default`);
    await runner.query(`CREATE UNIQUE INDEX tariffs_one_default ON tariffs (currency, traffic) WHERE is_default`);
    await runner.query(`
      ALTER TABLE account_tariffs ADD COLUMN traffic text NOT NULL DEFAULT 'platform'
        CONSTRAINT account_tariffs_traffic CHECK (traffic IN ('platform', 'own'))`);
    await runner.query(`
      ALTER TABLE account_tariffs DROP CONSTRAINT account_tariffs_pk,
        ADD CONSTRAINT account_tariffs_pk PRIMARY KEY (account_id, traffic, valid_from)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DELETE FROM account_tariffs WHERE traffic = 'own'`);
    await runner.query(`
      ALTER TABLE account_tariffs DROP CONSTRAINT account_tariffs_pk,
        ADD CONSTRAINT account_tariffs_pk PRIMARY KEY (account_id, valid_from)`);
    await runner.query(`ALTER TABLE account_tariffs DROP COLUMN traffic`);
    await runner.query(`DROP INDEX tariffs_one_default`);
    await runner.query(`DELETE FROM tariff_prices WHERE tariff_id IN (SELECT id FROM tariffs WHERE traffic = 'own')`);
    await runner.query(`DELETE FROM tariffs WHERE traffic = 'own'`);
    await runner.query(`CREATE UNIQUE INDEX tariffs_one_default ON tariffs (currency) WHERE is_default`);
    await runner.query(`ALTER TABLE tariffs DROP COLUMN traffic`);
  }
}
