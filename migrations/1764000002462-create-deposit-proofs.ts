import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Proofs of bank deposits that accounts upload, and the staff's answers. The file stands beside them: a few megabytes, read one at a time, and
 * backed up with the money it is about.
 */
export class CreateDepositProofs1764000002462 implements MigrationInterface {
  name = 'CreateDepositProofs1764000002462';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE deposit_proofs (
        account_id     uuid        NOT NULL CONSTRAINT deposit_proofs_account_fk REFERENCES accounts (id),
        id             uuid        NOT NULL,
        invoice_id     uuid,
        currency       char(3)     NOT NULL CONSTRAINT deposit_proofs_currency CHECK (currency IN ('RUB', 'EUR', 'PLN', 'USD', 'CRD')),
        amount_micros  bigint      NOT NULL CONSTRAINT deposit_proofs_amount CHECK (amount_micros > 0),
        note           text,
        file_name      text        NOT NULL CONSTRAINT deposit_proofs_file_name_length CHECK (length(file_name) BETWEEN 1 AND 200),
        content_type   text        NOT NULL CONSTRAINT deposit_proofs_content_type CHECK (content_type IN ('application/pdf', 'image/jpeg', 'image/png')),
        size_bytes     integer     NOT NULL,
        content        bytea       NOT NULL,
        digest         bytea       NOT NULL,
        state          text        NOT NULL CONSTRAINT deposit_proofs_state CHECK (state IN ('waiting', 'accepted', 'refused')),
        reason         text,
        payment_id     uuid,
        answered_by    uuid,
        answered_at    timestamptz,
        created_at     timestamptz NOT NULL,
        CONSTRAINT deposit_proofs_pk PRIMARY KEY (account_id, id),
        CONSTRAINT deposit_proofs_invoice_fk FOREIGN KEY (account_id, invoice_id) REFERENCES invoices (account_id, id),
        CONSTRAINT deposit_proofs_payment_fk FOREIGN KEY (account_id, payment_id) REFERENCES payments (account_id, id),
        CONSTRAINT deposit_proofs_size CHECK (size_bytes = length(content) AND size_bytes > 0),
        CONSTRAINT deposit_proofs_answer CHECK (
          (state = 'waiting') = (answered_at IS NULL) AND (state = 'accepted') = (payment_id IS NOT NULL)
          AND (state = 'refused') = (reason IS NOT NULL))
      )`);
    await runner.query(
      `CREATE UNIQUE INDEX deposit_proofs_once ON deposit_proofs (account_id, digest) WHERE state <> 'refused'`,
    );
    await runner.query(`CREATE INDEX deposit_proofs_newest ON deposit_proofs (id)`);
    await runner.query(`
      INSERT INTO outbox_subscriptions (topic, consumer)
      VALUES ('payments.proof_uploaded', 'alerts'), ('payments.proof_answered', 'alerts')`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      `DELETE FROM outbox_events WHERE topic IN ('payments.proof_uploaded', 'payments.proof_answered')`,
    );
    await runner.query(
      `DELETE FROM outbox_subscriptions WHERE topic IN ('payments.proof_uploaded', 'payments.proof_answered')`,
    );
    await runner.query(`DROP TABLE deposit_proofs`);
  }
}
