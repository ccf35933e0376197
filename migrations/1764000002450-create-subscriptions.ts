import type { MigrationInterface, QueryRunner } from 'typeorm';

const setKinds = (kinds: string) => `
  ALTER TABLE ledger_entries DROP CONSTRAINT ledger_entries_kind,
    ADD CONSTRAINT ledger_entries_kind CHECK (kind IN (${kinds}))`;

const KINDS = `'top_up', 'hold', 'capture', 'release', 'refund', 'reserve', 'unreserve', 'adjustment', 'bank_reversal'`;

/**
 * The catalogue of services with dated prices, what accounts subscribe to, and every period that was charged. A purchase is a movement
 * of its own in the ledger: available to revenue, in one step.
 *
 * What tariffs include becomes data. Tariffs that stand today include what everybody could use so far, so that nobody loses anything.
 */
export class CreateSubscriptions1764000002450 implements MigrationInterface {
  name = 'CreateSubscriptions1764000002450';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE services (
        id               uuid        CONSTRAINT services_pk PRIMARY KEY,
        code             text        NOT NULL CONSTRAINT services_code UNIQUE CONSTRAINT services_code_form CHECK (code ~ '^[a-z][a-z0-9_]{0,31}$'),
        kind             text        NOT NULL CONSTRAINT services_kind CHECK (kind IN ('messaging', 'recurring', 'one_off')),
        names            jsonb       NOT NULL CONSTRAINT services_names CHECK (names ?& ARRAY['en', 'ru', 'pl', 'el']),
        sold_in          text[],
        self_service_in  text[],
        features         text[]      NOT NULL DEFAULT '{}',
        on_top_of        text        CONSTRAINT services_on_top_of_fk REFERENCES services (code),
        valid_days       integer     CONSTRAINT services_valid_days CHECK (valid_days BETWEEN 1 AND 3660),
        grace_days       integer     NOT NULL DEFAULT 0 CONSTRAINT services_grace_days CHECK (grace_days BETWEEN 0 AND 90),
        on_sale          boolean     NOT NULL DEFAULT true,
        version          integer     NOT NULL DEFAULT 1,
        created_at       timestamptz NOT NULL,
        updated_at       timestamptz NOT NULL,
        CONSTRAINT services_one_off_ends CHECK ((kind = 'one_off') = (valid_days IS NOT NULL)),
        CONSTRAINT services_not_on_itself CHECK (on_top_of <> code)
      )`);
    await runner.query(`
      CREATE TABLE service_prices (
        service_id    uuid        NOT NULL CONSTRAINT service_prices_service_fk REFERENCES services (id),
        currency      char(3)     NOT NULL CONSTRAINT service_prices_currency CHECK (currency IN ('RUB', 'EUR', 'PLN', 'USD', 'CRD')),
        valid_from    timestamptz NOT NULL,
        price_micros  bigint      NOT NULL CONSTRAINT service_prices_not_negative CHECK (price_micros >= 0),
        CONSTRAINT service_prices_pk PRIMARY KEY (service_id, currency, valid_from)
      )`);
    await runner.query(`
      CREATE TABLE subscriptions (
        account_id            uuid        NOT NULL CONSTRAINT subscriptions_account_fk REFERENCES accounts (id),
        id                    uuid        NOT NULL,
        service_id            uuid        NOT NULL CONSTRAINT subscriptions_service_fk REFERENCES services (id),
        kind                  text        NOT NULL CONSTRAINT subscriptions_kind CHECK (kind IN ('recurring', 'one_off')),
        status                text        NOT NULL CONSTRAINT subscriptions_status CHECK (status IN ('active', 'waiting_funds', 'cancelled', 'ended')),
        bought_by             text        NOT NULL CONSTRAINT subscriptions_bought_by CHECK (bought_by IN ('account', 'staff')),
        time_zone             text        NOT NULL,
        anchor_day            date        NOT NULL,
        currency              char(3)     NOT NULL,
        price_micros          bigint      NOT NULL CONSTRAINT subscriptions_price CHECK (price_micros >= 0),
        period_no             integer     NOT NULL CONSTRAINT subscriptions_period_no CHECK (period_no > 0),
        period_start          timestamptz NOT NULL,
        period_end            timestamptz NOT NULL,
        cancel_at_period_end  boolean     NOT NULL DEFAULT false,
        next_at               timestamptz,
        grace_until           timestamptz,
        ended_at              timestamptz,
        version               integer     NOT NULL DEFAULT 1,
        created_at            timestamptz NOT NULL,
        updated_at            timestamptz NOT NULL,
        CONSTRAINT subscriptions_pk PRIMARY KEY (account_id, id),
        CONSTRAINT subscriptions_period CHECK (period_start < period_end),
        CONSTRAINT subscriptions_due CHECK ((status IN ('active', 'waiting_funds')) = (next_at IS NOT NULL)),
        CONSTRAINT subscriptions_end CHECK ((status IN ('cancelled', 'ended')) = (ended_at IS NOT NULL)),
        CONSTRAINT subscriptions_grace CHECK ((status = 'waiting_funds') = (grace_until IS NOT NULL))
      )`);
    await runner.query(`
      CREATE UNIQUE INDEX subscriptions_one_running ON subscriptions (account_id, service_id)
        WHERE kind = 'recurring' AND status IN ('active', 'waiting_funds')`);
    await runner.query(
      `CREATE INDEX subscriptions_next ON subscriptions (next_at, account_id, id) WHERE next_at IS NOT NULL`,
    );
    await runner.query(`
      CREATE TABLE subscription_periods (
        account_id       uuid        NOT NULL,
        subscription_id  uuid        NOT NULL,
        period_no        integer     NOT NULL CONSTRAINT subscription_periods_no CHECK (period_no > 0),
        starts_at        timestamptz NOT NULL,
        ends_at          timestamptz NOT NULL,
        currency         char(3)     NOT NULL,
        price_micros     bigint      NOT NULL CONSTRAINT subscription_periods_price CHECK (price_micros >= 0),
        entry_id         uuid,
        charged_at       timestamptz NOT NULL,
        CONSTRAINT subscription_periods_pk PRIMARY KEY (account_id, subscription_id, period_no),
        CONSTRAINT subscription_periods_start UNIQUE (account_id, subscription_id, starts_at),
        CONSTRAINT subscription_periods_entry UNIQUE (account_id, entry_id),
        CONSTRAINT subscription_periods_subscription_fk FOREIGN KEY (account_id, subscription_id) REFERENCES subscriptions (account_id, id),
        CONSTRAINT subscription_periods_entry_fk FOREIGN KEY (account_id, entry_id) REFERENCES ledger_entries (account_id, id),
        CONSTRAINT subscription_periods_order CHECK (starts_at < ends_at),
        CONSTRAINT subscription_periods_paid CHECK ((price_micros = 0) = (entry_id IS NULL))
      )`);
    await runner.query(setKinds(`${KINDS}, 'purchase'`));
    await runner.query(`ALTER TABLE tariffs ADD COLUMN features text[] NOT NULL DEFAULT '{}'`);
    await runner.query(
      `UPDATE tariffs SET features = '{missed_call_apologies,sales_tools}' WHERE traffic = 'platform'`,
    );
    await runner.query(`
      INSERT INTO services (id, code, kind, names, features, on_top_of, valid_days, grace_days, created_at, updated_at)
      VALUES
        (gen_random_uuid(), 'sms', 'messaging', '{"en": "SMS", "ru": "SMS", "pl": "SMS", "el": "SMS"}', '{}', NULL, NULL, 0, now(), now()),
        (gen_random_uuid(), 'sales_tools', 'recurring',
         '{"en": "Sales tools", "ru": "Инструменты продаж", "pl": "Narzędzia sprzedaży", "el": "Εργαλεία πωλήσεων"}', '{sales_tools}', 'sms', NULL, 7, now(), now()),
        (gen_random_uuid(), 'support_request', 'one_off',
         '{"en": "Support request", "ru": "Обращение в поддержку", "pl": "Zgłoszenie do wsparcia", "el": "Αίτημα υποστήριξης"}', '{}', NULL, 30, 0, now(), now())`);
  }

  /** Fails once something was bought: entries are never deleted. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE tariffs DROP COLUMN features`);
    await runner.query(setKinds(KINDS));
    for (const table of ['subscription_periods', 'subscriptions', 'service_prices', 'services'])
      await runner.query(`DROP TABLE ${table}`);
  }
}
