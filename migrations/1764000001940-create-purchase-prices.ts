import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a part costs the operator at its providers, by prefix and date; and what a provider's own answer said that it cost. */
export class CreatePurchasePrices1764000001940 implements MigrationInterface {
  name = 'CreatePurchasePrices1764000001940';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE purchase_prices (
        provider_id   uuid        NOT NULL CONSTRAINT purchase_prices_provider_fk REFERENCES providers (id),
        prefix        text        NOT NULL CONSTRAINT purchase_prices_prefix CHECK (prefix ~ '^[0-9]{0,15}$'),
        valid_from    timestamptz NOT NULL,
        price_micros  bigint      NOT NULL CONSTRAINT purchase_prices_price CHECK (price_micros >= 0),
        currency      char(3)     NOT NULL CONSTRAINT purchase_prices_currency CHECK (currency ~ '^[A-Z]{3}$'),
        CONSTRAINT purchase_prices_pk PRIMARY KEY (provider_id, prefix, valid_from)
      )`);
    await runner.query(`ALTER TABLE attempt_parts ADD COLUMN cost_micros bigint, ADD COLUMN cost_currency char(3)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE attempt_parts DROP COLUMN cost_micros, DROP COLUMN cost_currency`);
    await runner.query(`DROP TABLE purchase_prices`);
  }
}
