import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Files of banks: what they say (lines, never changed but for what became of them), and the transfers behind them. The same transfer in ten
 * files is one row, because its reference is unique for its seller; whoever inserts it decides what becomes of the money.
 *
 * A file is applied from its first line to its last: how far, stands in its row, so that whoever goes on after a crash goes on there.
 */
export class CreateBankStatements1764000002440 implements MigrationInterface {
  name = 'CreateBankStatements1764000002440';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE bank_statements (
        id               uuid        CONSTRAINT bank_statements_pk PRIMARY KEY,
        state            text        NOT NULL CONSTRAINT bank_statements_state CHECK (state IN ('reading', 'applying', 'applied')),
        format           text        CONSTRAINT bank_statements_format CHECK (format IN ('1c', 'camt053', 'mt940')),
        sha256           bytea,
        bytes            bigint,
        accounts         jsonb       NOT NULL DEFAULT '[]',
        lines            integer     NOT NULL DEFAULT 0,
        applied_through  integer     NOT NULL DEFAULT 0,
        credited         integer     NOT NULL DEFAULT 0,
        known            integer     NOT NULL DEFAULT 0,
        waiting          integer     NOT NULL DEFAULT 0,
        ignored          integer     NOT NULL DEFAULT 0,
        uploaded_by      uuid,
        created_at       timestamptz NOT NULL,
        touched_at       timestamptz NOT NULL,
        applied_at       timestamptz,
        CONSTRAINT bank_statements_all CHECK (applied_through <= lines AND credited + known + waiting + ignored = applied_through),
        CONSTRAINT bank_statements_applied CHECK ((state = 'applied') = (applied_at IS NOT NULL) AND (state <> 'applied' OR applied_through = lines))
      )`);
    await runner.query(
      `CREATE INDEX bank_statements_unfinished ON bank_statements (touched_at) WHERE state <> 'applied'`,
    );
    await runner.query(`
      CREATE TABLE bank_transfers (
        id               uuid        CONSTRAINT bank_transfers_pk PRIMARY KEY,
        legal_entity_id  uuid        NOT NULL CONSTRAINT bank_transfers_entity_fk REFERENCES legal_entities (id),
        reference        text        NOT NULL CONSTRAINT bank_transfers_reference_length CHECK (length(reference) BETWEEN 1 AND 140),
        format           text        NOT NULL,
        statement_id     uuid        NOT NULL,
        line_no          integer     NOT NULL,
        state            text        NOT NULL CONSTRAINT bank_transfers_state CHECK (state IN ('waiting', 'credited', 'reversed', 'dismissed')),
        reason           text,
        candidates       jsonb       NOT NULL DEFAULT '[]',
        account_id       uuid,
        payment_id       uuid,
        note             text,
        decided_by       uuid,
        decided_at       timestamptz,
        created_at       timestamptz NOT NULL,
        CONSTRAINT bank_transfers_payment_fk FOREIGN KEY (account_id, payment_id) REFERENCES payments (account_id, id),
        CONSTRAINT bank_transfers_outcome CHECK (
          (state IN ('credited', 'reversed')) = (payment_id IS NOT NULL) AND (payment_id IS NULL) = (account_id IS NULL)
          AND (state <> 'waiting' OR reason IS NOT NULL) AND (state <> 'dismissed' OR note IS NOT NULL))
      )`);
    await runner.query(`CREATE UNIQUE INDEX bank_transfers_once ON bank_transfers (legal_entity_id, lower(reference))`);
    await runner.query(`CREATE INDEX bank_transfers_by_state ON bank_transfers (state, id)`);
    await runner.query(
      `CREATE UNIQUE INDEX bank_transfers_payment ON bank_transfers (account_id, payment_id, state) WHERE payment_id IS NOT NULL`,
    );
    await runner.query(`
      CREATE TABLE bank_statement_lines (
        statement_id      uuid    NOT NULL CONSTRAINT bank_statement_lines_statement_fk REFERENCES bank_statements (id) ON DELETE CASCADE,
        line_no           integer NOT NULL CONSTRAINT bank_statement_lines_no CHECK (line_no >= 1),
        place             integer NOT NULL,
        legal_entity_id   uuid    NOT NULL,
        currency          text    NOT NULL,
        direction         text    NOT NULL CONSTRAINT bank_statement_lines_direction CHECK (direction IN ('in', 'out')),
        reversal          boolean NOT NULL,
        amount_micros     bigint  NOT NULL CONSTRAINT bank_statement_lines_amount CHECK (amount_micros > 0),
        booked_on         date    NOT NULL,
        party_name        text,
        party_tax_number  text,
        party_account     text,
        purpose           text    NOT NULL,
        reference         text    NOT NULL,
        remark            text,
        outcome           text    CONSTRAINT bank_statement_lines_outcome CHECK (outcome IN ('credited', 'known', 'waiting', 'ignored')),
        reason            text,
        transfer_id       uuid,
        CONSTRAINT bank_statement_lines_pk PRIMARY KEY (statement_id, line_no)
      ) WITH (fillfactor = 60)`);
    // Which accounts were paid from a bank account: who pays once without naming an invoice may do so again.
    await runner.query(`
      CREATE TABLE payer_bank_accounts (
        legal_entity_id  uuid NOT NULL CONSTRAINT payer_bank_accounts_entity_fk REFERENCES legal_entities (id),
        bank_account     text NOT NULL,
        account_id       uuid NOT NULL CONSTRAINT payer_bank_accounts_account_fk REFERENCES accounts (id),
        CONSTRAINT payer_bank_accounts_pk PRIMARY KEY (legal_entity_id, bank_account, account_id)
      )`);
    await runner.query(
      `CREATE INDEX payments_by_day ON payments (legal_entity_id, received_on, amount_micros, account_id)`,
    );
    await runner.query(`CREATE INDEX payers_by_tax_number ON payers (tax_number)`);
    await runner.query(`CREATE INDEX invoices_by_amount ON invoices (account_id, legal_entity_id, gross_micros)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const index of ['invoices_by_amount', 'payers_by_tax_number', 'payments_by_day'])
      await runner.query(`DROP INDEX ${index}`);
    for (const table of ['payer_bank_accounts', 'bank_statement_lines', 'bank_transfers', 'bank_statements'])
      await runner.query(`DROP TABLE ${table}`);
  }
}
