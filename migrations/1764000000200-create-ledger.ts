import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The double-entry ledger. A wallet is two ledger accounts, available and held, whose balances are kept in its row; all
 * other ledger accounts exist only as postings (per tenant and currency) and are summed when asked for, so that there is
 * no row that everybody writes. An entry belongs to one wallet and has the next number of its history; within a wallet
 * `created_at` never runs backwards.
 *
 * Foreign keys form one chain, posting -> entry -> wallet -> account: a second way to the same row would only lock and look it
 * up once more for every posting.
 */
export class CreateLedger1764000000200 implements MigrationInterface {
  name = 'CreateLedger1764000000200';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE wallets (
        account_id        uuid        NOT NULL CONSTRAINT wallets_account_fk REFERENCES accounts (id),
        id                uuid        NOT NULL,
        service           text        NOT NULL DEFAULT 'sms' CONSTRAINT wallets_service CHECK (service ~ '^[a-z][a-z0-9_]{0,31}$'),
        currency          char(3)     NOT NULL CONSTRAINT wallets_currency CHECK (currency IN ('RUB', 'EUR', 'PLN', 'USD', 'CRD')),
        available_micros  bigint      NOT NULL DEFAULT 0,
        held_micros       bigint      NOT NULL DEFAULT 0 CONSTRAINT wallets_held_not_negative CHECK (held_micros >= 0),
        credit_limit_micros bigint    NOT NULL DEFAULT 0 CONSTRAINT wallets_credit_limit_not_negative CHECK (credit_limit_micros >= 0),
        last_seq          bigint      NOT NULL DEFAULT 0,
        last_entry_at     timestamptz,
        created_at        timestamptz NOT NULL,
        CONSTRAINT wallets_pk PRIMARY KEY (account_id, id),
        CONSTRAINT wallets_one_per_service_currency UNIQUE (account_id, service, currency)
      ) WITH (fillfactor = 50)`);
    await runner.query(`
      CREATE TABLE ledger_entries (
        account_id       uuid        NOT NULL,
        id               uuid        NOT NULL,
        wallet_id        uuid        NOT NULL,
        wallet_seq       bigint      NOT NULL,
        kind             text        NOT NULL CONSTRAINT ledger_entries_kind CHECK (kind IN
                           ('top_up', 'hold', 'capture', 'release', 'refund', 'reserve', 'unreserve', 'adjustment', 'bank_reversal')),
        idempotency_key  text        NOT NULL CONSTRAINT ledger_entries_key_length CHECK (length(idempotency_key) BETWEEN 1 AND 255),
        subject_kind     text        NOT NULL,
        subject_id       text        NOT NULL,
        item_count       integer     NOT NULL DEFAULT 1 CONSTRAINT ledger_entries_item_count CHECK (item_count > 0),
        details          jsonb       NOT NULL DEFAULT '{}',
        created_at       timestamptz NOT NULL,
        CONSTRAINT ledger_entries_pk PRIMARY KEY (account_id, id),
        CONSTRAINT ledger_entries_idempotency UNIQUE (account_id, idempotency_key),
        CONSTRAINT ledger_entries_wallet_fk FOREIGN KEY (account_id, wallet_id) REFERENCES wallets (account_id, id)
      )`);
    await runner.query(
      `CREATE INDEX ledger_entries_statement ON ledger_entries (account_id, wallet_id, created_at, wallet_seq)`,
    );
    await runner.query(
      `CREATE INDEX ledger_entries_statement_by_kind ON ledger_entries (account_id, wallet_id, kind, created_at, wallet_seq)`,
    );
    await runner.query(`
      CREATE TABLE postings (
        account_id           uuid     NOT NULL,
        entry_id             uuid     NOT NULL,
        leg                  smallint NOT NULL,
        ledger_account       text     NOT NULL CONSTRAINT postings_ledger_account CHECK (ledger_account IN
                               ('available', 'held', 'revenue', 'bank', 'vat', 'exchange', 'adjustments', 'promotions', 'expired')),
        wallet_id            uuid,
        currency             char(3)  NOT NULL,
        amount_micros        bigint   NOT NULL CONSTRAINT postings_amount_not_zero CHECK (amount_micros <> 0),
        wallet_seq           bigint,
        balance_after_micros bigint,
        credit_limit_micros  bigint,
        CONSTRAINT postings_pk PRIMARY KEY (account_id, entry_id, leg),
        CONSTRAINT postings_entry_fk FOREIGN KEY (account_id, entry_id) REFERENCES ledger_entries (account_id, id),
        CONSTRAINT postings_wallet_legs CHECK (
          (ledger_account IN ('available', 'held')) = (wallet_id IS NOT NULL)
          AND (wallet_id IS NULL) = (wallet_seq IS NULL)
          AND (wallet_id IS NULL) = (balance_after_micros IS NULL)
          AND (ledger_account = 'available') = (credit_limit_micros IS NOT NULL))
      )`);
    await runner.query(`
      CREATE UNIQUE INDEX postings_wallet_history ON postings (account_id, wallet_id, ledger_account, wallet_seq)
        WHERE wallet_id IS NOT NULL`);
    await runner.query(
      `CREATE INDEX postings_ledger_account ON postings (account_id, ledger_account, currency) WHERE wallet_id IS NULL`,
    );
    await runner.query(`
      CREATE TABLE reservations (
        account_id        uuid        NOT NULL,
        id                uuid        NOT NULL,
        wallet_id         uuid        NOT NULL,
        subject_kind      text        NOT NULL,
        subject_id        uuid        NOT NULL,
        amount_micros     bigint      NOT NULL CONSTRAINT reservations_amount CHECK (amount_micros >= 0),
        remaining_micros  bigint      NOT NULL CONSTRAINT reservations_remaining CHECK (remaining_micros BETWEEN 0 AND amount_micros),
        state             text        NOT NULL CONSTRAINT reservations_state CHECK (state IN ('open', 'closed')),
        created_at        timestamptz NOT NULL,
        closed_at         timestamptz,
        CONSTRAINT reservations_pk PRIMARY KEY (account_id, id),
        CONSTRAINT reservations_subject UNIQUE (account_id, subject_kind, subject_id),
        CONSTRAINT reservations_wallet_fk FOREIGN KEY (account_id, wallet_id) REFERENCES wallets (account_id, id),
        CONSTRAINT reservations_closed_is_empty CHECK ((state = 'closed') = (closed_at IS NOT NULL) AND (state = 'open' OR remaining_micros = 0))
      ) WITH (fillfactor = 70)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE reservations`);
    await runner.query(`DROP TABLE postings`);
    await runner.query(`DROP TABLE ledger_entries`);
    await runner.query(`DROP TABLE wallets`);
  }
}
