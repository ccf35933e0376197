import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Sale prices. Tariffs are small reference tables of the platform; which one an account has is dated. */
export class CreateTariffs1764000000300 implements MigrationInterface {
  name = 'CreateTariffs1764000000300';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE tariffs (
        id                  uuid        CONSTRAINT tariffs_pk PRIMARY KEY,
        code                text        NOT NULL CONSTRAINT tariffs_code UNIQUE CONSTRAINT tariffs_code_form CHECK (code ~ '^[a-z0-9][a-z0-9-]{0,63}$'),
        name                text        NOT NULL,
        currency            char(3)     NOT NULL CONSTRAINT tariffs_currency CHECK (currency IN ('RUB', 'EUR', 'PLN', 'USD', 'CRD')),
        charge_on           text        NOT NULL CONSTRAINT tariffs_charge_on CHECK (charge_on IN ('submit', 'delivery')),
        refund_undelivered  boolean     NOT NULL,
        is_default          boolean     NOT NULL DEFAULT false,
        version             integer     NOT NULL DEFAULT 1,
        created_at          timestamptz NOT NULL,
        CONSTRAINT tariffs_refund_needs_submit CHECK (charge_on = 'submit' OR NOT refund_undelivered)
      )`);
    await runner.query(`CREATE UNIQUE INDEX tariffs_one_default ON tariffs (currency) WHERE is_default`);
    await runner.query(`
      CREATE TABLE tariff_prices (
        tariff_id     uuid        NOT NULL CONSTRAINT tariff_prices_tariff_fk REFERENCES tariffs (id),
        prefix        text        NOT NULL CONSTRAINT tariff_prices_prefix CHECK (prefix ~ '^[0-9]{0,15}$'),
        valid_from    timestamptz NOT NULL,
        price_micros  bigint      NOT NULL CONSTRAINT tariff_prices_price CHECK (price_micros >= 0),
        CONSTRAINT tariff_prices_pk PRIMARY KEY (tariff_id, prefix, valid_from)
      )`);
    await runner.query(`
      CREATE TABLE account_tariffs (
        account_id  uuid        NOT NULL CONSTRAINT account_tariffs_account_fk REFERENCES accounts (id),
        valid_from  timestamptz NOT NULL,
        tariff_id   uuid        NOT NULL CONSTRAINT account_tariffs_tariff_fk REFERENCES tariffs (id),
        CONSTRAINT account_tariffs_pk PRIMARY KEY (account_id, valid_from)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE account_tariffs`);
    await runner.query(`DROP TABLE tariff_prices`);
    await runner.query(`DROP TABLE tariffs`);
  }
}
