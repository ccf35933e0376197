import type { MigrationInterface, QueryRunner } from 'typeorm';

const CURRENCY = `IN ('RUB', 'EUR', 'PLN', 'USD')`;

/**
 * Sellers, payers, invoices and the payments that cover them. An invoice is an offer: its rows are written once and never
 * changed, what covers it stands beside it in allocations.
 */
export class CreateInvoices1764000000900 implements MigrationInterface {
  name = 'CreateInvoices1764000000900';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE legal_entities (
        id              uuid        CONSTRAINT legal_entities_pk PRIMARY KEY,
        code            text        NOT NULL CONSTRAINT legal_entities_code UNIQUE CONSTRAINT legal_entities_code_form CHECK (code ~ '^[a-z0-9][a-z0-9-]{0,31}$'),
        country         char(2)     NOT NULL CONSTRAINT legal_entities_country CHECK (country ~ '^[A-Z]{2}$'),
        currency        char(3)     NOT NULL CONSTRAINT legal_entities_currency CHECK (currency ${CURRENCY}),
        name            text        NOT NULL CONSTRAINT legal_entities_name_length CHECK (length(name) BETWEEN 1 AND 300),
        tax_number      text        NOT NULL,
        tax_reason_code text,
        vat_number      text,
        address         text        NOT NULL,
        bank            jsonb       NOT NULL,
        vat_regime      text        NOT NULL CONSTRAINT legal_entities_vat_regime CHECK (vat_regime IN ('standard', 'usn5', 'usn7', 'none')),
        series          text        NOT NULL CONSTRAINT legal_entities_series CHECK (series ~ '^[A-ZА-Я0-9]{1,8}$'),
        director        text,
        accountant      text,
        is_default      boolean     NOT NULL DEFAULT false,
        version         integer     NOT NULL DEFAULT 1,
        created_at      timestamptz NOT NULL,
        updated_at      timestamptz NOT NULL
      )`);
    await runner.query(`CREATE UNIQUE INDEX legal_entities_one_default ON legal_entities (currency) WHERE is_default`);
    await runner.query(`
      CREATE TABLE vat_rates (
        country     char(2)  NOT NULL,
        regime      text     NOT NULL CONSTRAINT vat_rates_regime CHECK (regime IN ('standard', 'usn5', 'usn7')),
        valid_from  date     NOT NULL,
        rate_bps    integer  NOT NULL CONSTRAINT vat_rates_rate CHECK (rate_bps BETWEEN 0 AND 10000),
        CONSTRAINT vat_rates_pk PRIMARY KEY (country, regime, valid_from)
      )`);
    await runner.query(`
      INSERT INTO vat_rates (country, regime, valid_from, rate_bps) VALUES
        ('RU', 'standard', '2019-01-01', 2000), ('RU', 'standard', '2026-01-01', 2200),
        ('RU', 'usn5', '2025-01-01', 500), ('RU', 'usn7', '2025-01-01', 700),
        ('PL', 'standard', '2011-01-01', 2300), ('GR', 'standard', '2016-06-01', 2400), ('DE', 'standard', '2021-01-01', 1900)`);
    await runner.query(`
      CREATE TABLE payers (
        account_id      uuid        NOT NULL CONSTRAINT payers_account_fk REFERENCES accounts (id),
        id              uuid        NOT NULL,
        country         char(2)     NOT NULL CONSTRAINT payers_country CHECK (country ~ '^[A-Z]{2}$'),
        name            text        NOT NULL CONSTRAINT payers_name_length CHECK (length(name) BETWEEN 1 AND 300),
        tax_number      text        NOT NULL CONSTRAINT payers_tax_number_form CHECK (tax_number ~ '^[A-Z0-9]{4,20}$'),
        tax_reason_code text,
        address         text        NOT NULL CONSTRAINT payers_address_length CHECK (length(address) BETWEEN 1 AND 500),
        email           text,
        archived_at     timestamptz,
        version         integer     NOT NULL DEFAULT 1,
        created_at      timestamptz NOT NULL,
        updated_at      timestamptz NOT NULL,
        CONSTRAINT payers_pk PRIMARY KEY (account_id, id)
      )`);
    await runner.query(
      `CREATE UNIQUE INDEX payers_once ON payers (account_id, country, tax_number, COALESCE(tax_reason_code, '')) WHERE archived_at IS NULL`,
    );
    await runner.query(`
      CREATE TABLE document_counters (
        legal_entity_id  uuid     NOT NULL CONSTRAINT document_counters_entity_fk REFERENCES legal_entities (id),
        series           text     NOT NULL,
        year             smallint NOT NULL,
        last_number      integer  NOT NULL CONSTRAINT document_counters_number CHECK (last_number >= 0),
        CONSTRAINT document_counters_pk PRIMARY KEY (legal_entity_id, series, year)
      )`);
    await runner.query(`
      CREATE TABLE document_numbers (
        legal_entity_id  uuid     NOT NULL CONSTRAINT document_numbers_entity_fk REFERENCES legal_entities (id),
        series           text     NOT NULL,
        year             smallint NOT NULL,
        number           integer  NOT NULL CONSTRAINT document_numbers_positive CHECK (number > 0),
        document_number  text     NOT NULL,
        account_id       uuid     NOT NULL,
        document_id      uuid     NOT NULL,
        CONSTRAINT document_numbers_pk PRIMARY KEY (legal_entity_id, series, year, number)
      )`);
    await runner.query(
      `CREATE UNIQUE INDEX document_numbers_text ON document_numbers (legal_entity_id, document_number)`,
    );
    await runner.query(`
      CREATE TABLE invoices (
        account_id       uuid        NOT NULL CONSTRAINT invoices_account_fk REFERENCES accounts (id),
        id               uuid        NOT NULL,
        legal_entity_id  uuid        NOT NULL CONSTRAINT invoices_entity_fk REFERENCES legal_entities (id),
        payer_id         uuid        NOT NULL,
        document_number  text        NOT NULL,
        issued_on        date        NOT NULL,
        valid_until      date        NOT NULL,
        currency         char(3)     NOT NULL CONSTRAINT invoices_currency CHECK (currency ${CURRENCY}),
        net_micros       bigint      NOT NULL,
        vat_micros       bigint      NOT NULL,
        gross_micros     bigint      NOT NULL CONSTRAINT invoices_gross_positive CHECK (gross_micros > 0),
        seller           jsonb       NOT NULL,
        payer            jsonb       NOT NULL,
        purpose          text        NOT NULL,
        created_at       timestamptz NOT NULL,
        CONSTRAINT invoices_pk PRIMARY KEY (account_id, id),
        CONSTRAINT invoices_payer_fk FOREIGN KEY (account_id, payer_id) REFERENCES payers (account_id, id),
        CONSTRAINT invoices_sums CHECK (net_micros >= 0 AND vat_micros >= 0 AND net_micros + vat_micros = gross_micros),
        CONSTRAINT invoices_dates CHECK (valid_until >= issued_on)
      )`);
    await runner.query(`
      CREATE TABLE invoice_lines (
        account_id         uuid     NOT NULL,
        invoice_id         uuid     NOT NULL,
        line_no            smallint NOT NULL CONSTRAINT invoice_lines_no CHECK (line_no >= 1),
        description        text     NOT NULL,
        unit               text     NOT NULL,
        quantity           integer  NOT NULL CONSTRAINT invoice_lines_quantity CHECK (quantity > 0),
        vat_rate_bps       integer,
        net_micros         bigint   NOT NULL,
        vat_micros         bigint   NOT NULL,
        gross_micros       bigint   NOT NULL,
        CONSTRAINT invoice_lines_pk PRIMARY KEY (account_id, invoice_id, line_no),
        CONSTRAINT invoice_lines_invoice_fk FOREIGN KEY (account_id, invoice_id) REFERENCES invoices (account_id, id),
        CONSTRAINT invoice_lines_sums CHECK (net_micros + vat_micros = gross_micros)
      )`);
    await runner.query(`
      CREATE TABLE invoice_cancellations (
        account_id    uuid        NOT NULL,
        invoice_id    uuid        NOT NULL,
        reason        text        NOT NULL,
        cancelled_at  timestamptz NOT NULL,
        CONSTRAINT invoice_cancellations_pk PRIMARY KEY (account_id, invoice_id),
        CONSTRAINT invoice_cancellations_invoice_fk FOREIGN KEY (account_id, invoice_id) REFERENCES invoices (account_id, id)
      )`);
    await runner.query(`
      CREATE TABLE payments (
        account_id       uuid        NOT NULL CONSTRAINT payments_account_fk REFERENCES accounts (id),
        id               uuid        NOT NULL,
        legal_entity_id  uuid        NOT NULL CONSTRAINT payments_entity_fk REFERENCES legal_entities (id),
        currency         char(3)     NOT NULL CONSTRAINT payments_currency CHECK (currency ${CURRENCY}),
        amount_micros    bigint      NOT NULL CONSTRAINT payments_amount_positive CHECK (amount_micros > 0),
        received_on      date        NOT NULL,
        payer_name       text,
        purpose          text        NOT NULL DEFAULT '',
        bank_reference   text        NOT NULL CONSTRAINT payments_bank_reference_length CHECK (length(bank_reference) BETWEEN 1 AND 140),
        entry_id         uuid        NOT NULL,
        recorded_by      uuid,
        created_at       timestamptz NOT NULL,
        CONSTRAINT payments_pk PRIMARY KEY (account_id, id),
        CONSTRAINT payments_entry_fk FOREIGN KEY (account_id, entry_id) REFERENCES ledger_entries (account_id, id)
      )`);
    await runner.query(`
      CREATE TABLE payment_references (
        legal_entity_id  uuid NOT NULL CONSTRAINT payment_references_entity_fk REFERENCES legal_entities (id),
        bank_reference   text NOT NULL,
        account_id       uuid NOT NULL,
        payment_id       uuid NOT NULL,
        CONSTRAINT payment_references_pk PRIMARY KEY (legal_entity_id, bank_reference)
      )`);
    await runner.query(`
      CREATE TABLE payment_allocations (
        account_id     uuid        NOT NULL,
        id             uuid        NOT NULL,
        invoice_id     uuid        NOT NULL,
        payment_id     uuid        NOT NULL,
        amount_micros  bigint      NOT NULL CONSTRAINT payment_allocations_amount CHECK (amount_micros > 0),
        created_at     timestamptz NOT NULL,
        removed_at     timestamptz,
        CONSTRAINT payment_allocations_pk PRIMARY KEY (account_id, id),
        CONSTRAINT payment_allocations_invoice_fk FOREIGN KEY (account_id, invoice_id) REFERENCES invoices (account_id, id),
        CONSTRAINT payment_allocations_payment_fk FOREIGN KEY (account_id, payment_id) REFERENCES payments (account_id, id)
      )`);
    await runner.query(`CREATE INDEX payment_allocations_invoice ON payment_allocations (account_id, invoice_id)`);
    await runner.query(`CREATE INDEX payment_allocations_payment ON payment_allocations (account_id, payment_id)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    const tables = [
      'payment_allocations',
      'payment_references',
      'payments',
      'invoice_cancellations',
      'invoice_lines',
      'invoices',
    ];
    for (const table of [...tables, 'document_numbers', 'document_counters', 'payers', 'vat_rates', 'legal_entities']) {
      await runner.query(`DROP TABLE ${table}`);
    }
  }
}
