import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Numbers that asked an account not to write to them. */
export class CreateContacts1764000000700 implements MigrationInterface {
  name = 'CreateContacts1764000000700';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE opt_outs (
        account_id  uuid        NOT NULL CONSTRAINT opt_outs_account_fk REFERENCES accounts (id),
        digits      text        NOT NULL CONSTRAINT opt_outs_digits CHECK (digits ~ '^[1-9][0-9]{5,14}$'),
        source      text        NOT NULL CONSTRAINT opt_outs_source CHECK (source IN ('portal', 'recipient', 'provider', 'import')),
        note        text        CONSTRAINT opt_outs_note_length CHECK (length(note) BETWEEN 1 AND 500),
        created_at  timestamptz NOT NULL,
        CONSTRAINT opt_outs_pk PRIMARY KEY (account_id, digits)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE opt_outs`);
  }
}
