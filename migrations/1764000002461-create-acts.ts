import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Acts of services rendered, and their corrections. Documents are written once and never changed; so are closings, whose row says
 * how the revenue of an account was paid, and whose constraint is the equation of the module's README.
 *
 * `messages_refund` finds what a refund gave back, so that it counts in the month in which it was captured. It holds refunded messages
 * alone, and settling others does not touch it.
 */
export class CreateActs1764000002461 implements MigrationInterface {
  name = 'CreateActs1764000002461';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE act_closings (
        account_id          uuid        NOT NULL,
        legal_entity_id     uuid        NOT NULL CONSTRAINT act_closings_entity_fk REFERENCES legal_entities (id),
        month               date        NOT NULL CONSTRAINT act_closings_month CHECK (extract(day FROM month) = 1),
        wallet_id           uuid        NOT NULL,
        through_seq         bigint      NOT NULL,
        revenue_micros      bigint      NOT NULL DEFAULT 0,
        acted_micros        bigint      NOT NULL DEFAULT 0,
        carried_micros      bigint      NOT NULL DEFAULT 0,
        awaiting_micros     bigint      NOT NULL DEFAULT 0,
        elsewhere_micros    bigint      NOT NULL DEFAULT 0,
        promotional_micros  bigint      NOT NULL DEFAULT 0,
        unpaid_micros       bigint      NOT NULL DEFAULT 0,
        closed_at           timestamptz NOT NULL,
        CONSTRAINT act_closings_pk PRIMARY KEY (account_id, legal_entity_id, month),
        CONSTRAINT act_closings_wallet_fk FOREIGN KEY (account_id, wallet_id) REFERENCES wallets (account_id, id),
        CONSTRAINT act_closings_equation CHECK (
          revenue_micros = acted_micros + carried_micros + awaiting_micros + elsewhere_micros + promotional_micros + unpaid_micros)
      )`);
    await runner.query(`
      CREATE TABLE act_usage (
        account_id       uuid   NOT NULL,
        legal_entity_id  uuid   NOT NULL,
        month            date   NOT NULL,
        usage_month      date   NOT NULL CONSTRAINT act_usage_month CHECK (extract(day FROM usage_month) = 1),
        service          text   NOT NULL CONSTRAINT act_usage_service CHECK (service IN ('services', 'sms')),
        micros           bigint NOT NULL,
        quantity         bigint NOT NULL,
        CONSTRAINT act_usage_pk PRIMARY KEY (account_id, legal_entity_id, month, usage_month, service),
        CONSTRAINT act_usage_closing_fk FOREIGN KEY (account_id, legal_entity_id, month)
          REFERENCES act_closings (account_id, legal_entity_id, month)
      )`);
    await runner.query(`
      CREATE TABLE act_payers (
        account_id   uuid        NOT NULL,
        payment_id   uuid        NOT NULL,
        payer_id     uuid        NOT NULL,
        created_at   timestamptz NOT NULL,
        CONSTRAINT act_payers_pk PRIMARY KEY (account_id, payment_id),
        CONSTRAINT act_payers_payment_fk FOREIGN KEY (account_id, payment_id) REFERENCES payments (account_id, id),
        CONSTRAINT act_payers_payer_fk FOREIGN KEY (account_id, payer_id) REFERENCES payers (account_id, id)
      )`);
    await runner.query(`
      CREATE TABLE acts (
        account_id       uuid        NOT NULL,
        id               uuid        NOT NULL,
        kind             text        NOT NULL CONSTRAINT acts_kind CHECK (kind IN ('act', 'correction')),
        legal_entity_id  uuid        NOT NULL,
        payer_id         uuid        NOT NULL,
        month            date        NOT NULL,
        corrects_id      uuid,
        document_number  text        NOT NULL,
        issued_on        date        NOT NULL,
        currency         char(3)     NOT NULL CONSTRAINT acts_currency CHECK (currency IN ('RUB', 'EUR', 'PLN', 'USD')),
        net_micros       bigint      NOT NULL,
        vat_micros       bigint      NOT NULL,
        gross_micros     bigint      NOT NULL,
        seller           jsonb       NOT NULL,
        payer            jsonb       NOT NULL,
        created_at       timestamptz NOT NULL,
        CONSTRAINT acts_pk PRIMARY KEY (account_id, id),
        CONSTRAINT acts_closing_fk FOREIGN KEY (account_id, legal_entity_id, month)
          REFERENCES act_closings (account_id, legal_entity_id, month),
        CONSTRAINT acts_payer_fk FOREIGN KEY (account_id, payer_id) REFERENCES payers (account_id, id),
        CONSTRAINT acts_corrected_fk FOREIGN KEY (account_id, corrects_id) REFERENCES acts (account_id, id),
        CONSTRAINT acts_sums CHECK (net_micros + vat_micros = gross_micros),
        CONSTRAINT acts_sign CHECK (CASE kind WHEN 'act' THEN corrects_id IS NULL AND gross_micros > 0
                                    ELSE corrects_id IS NOT NULL AND gross_micros < 0 END)
      )`);
    await runner.query(
      `CREATE UNIQUE INDEX acts_once ON acts (account_id, legal_entity_id, payer_id, month) WHERE kind = 'act'`,
    );
    await runner.query(
      `CREATE UNIQUE INDEX acts_corrected_once ON acts (account_id, corrects_id, month) WHERE kind = 'correction'`,
    );
    await runner.query(`
      CREATE TABLE act_lines (
        account_id      uuid     NOT NULL,
        act_id          uuid     NOT NULL,
        line_no         smallint NOT NULL CONSTRAINT act_lines_no CHECK (line_no >= 1),
        usage_month     date     NOT NULL CONSTRAINT act_lines_month CHECK (extract(day FROM usage_month) = 1),
        service         text     NOT NULL CONSTRAINT act_lines_service CHECK (service IN ('services', 'sms')),
        quantity        bigint   NOT NULL,
        vat_rate_bps    integer,
        net_micros      bigint   NOT NULL,
        vat_micros      bigint   NOT NULL,
        gross_micros    bigint   NOT NULL CONSTRAINT act_lines_gross CHECK (gross_micros <> 0 AND gross_micros % 10000 = 0),
        exact_micros    bigint   NOT NULL,
        before_micros   bigint,
        CONSTRAINT act_lines_pk PRIMARY KEY (account_id, act_id, line_no),
        CONSTRAINT act_lines_act_fk FOREIGN KEY (account_id, act_id) REFERENCES acts (account_id, id),
        CONSTRAINT act_lines_once UNIQUE (account_id, act_id, usage_month, service),
        CONSTRAINT act_lines_sums CHECK (net_micros + vat_micros = gross_micros),
        CONSTRAINT act_lines_no_more_taken_back CHECK (before_micros IS NULL OR (gross_micros < 0 AND before_micros + gross_micros >= 0))
      )`);
    await runner.query(
      `CREATE INDEX messages_refund ON messages (account_id, refund_entry_id) WHERE refund_entry_id IS NOT NULL`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX messages_refund`);
    for (const table of ['act_lines', 'acts', 'act_payers', 'act_usage', 'act_closings'])
      await runner.query(`DROP TABLE ${table}`);
  }
}
