import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Apologies for missed calls: rules, the telephony callback of an account, and every call event with what became of it. */
export class CreateMissedCalls1764000001100 implements MigrationInterface {
  name = 'CreateMissedCalls1764000001100';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE missed_call_rules (
        account_id   uuid        NOT NULL CONSTRAINT missed_call_rules_account_fk REFERENCES accounts (id),
        id           uuid        NOT NULL,
        name         text        NOT NULL CONSTRAINT missed_call_rules_name_length CHECK (length(name) BETWEEN 1 AND 100),
        text         text        NOT NULL CONSTRAINT missed_call_rules_text_length CHECK (length(text) BETWEEN 1 AND 1600),
        enabled      boolean     NOT NULL,
        late_action  text        NOT NULL CONSTRAINT missed_call_rules_late_action CHECK (late_action IN ('wait', 'drop')),
        version      integer     NOT NULL DEFAULT 1,
        created_at   timestamptz NOT NULL,
        updated_at   timestamptz NOT NULL,
        CONSTRAINT missed_call_rules_pk PRIMARY KEY (account_id, id)
      )`);
    await runner.query(`
      CREATE TABLE missed_call_numbers (
        account_id  uuid    NOT NULL,
        rule_id     uuid    NOT NULL,
        digits      text    NOT NULL CONSTRAINT missed_call_numbers_digits CHECK (digits ~ '^[0-9]{5,15}$'),
        active      boolean NOT NULL,
        CONSTRAINT missed_call_numbers_pk PRIMARY KEY (account_id, rule_id, digits),
        CONSTRAINT missed_call_numbers_rule_fk FOREIGN KEY (account_id, rule_id) REFERENCES missed_call_rules (account_id, id) ON DELETE CASCADE
      )`);
    await runner.query(
      `CREATE UNIQUE INDEX missed_call_numbers_one_active ON missed_call_numbers (account_id, digits) WHERE active`,
    );
    await runner.query(`
      CREATE TABLE telephony_callbacks (
        account_id  uuid        CONSTRAINT telephony_callbacks_pk PRIMARY KEY CONSTRAINT telephony_callbacks_account_fk REFERENCES accounts (id),
        mapping     jsonb       NOT NULL,
        updated_at  timestamptz NOT NULL
      )`);
    await runner.query(`
      CREATE TABLE telephony_tokens (
        token_hash  bytea       CONSTRAINT telephony_tokens_pk PRIMARY KEY,
        account_id  uuid        NOT NULL CONSTRAINT telephony_tokens_account UNIQUE CONSTRAINT telephony_tokens_account_fk REFERENCES accounts (id),
        created_at  timestamptz NOT NULL
      )`);
    await runner.query(`
      CREATE TABLE call_events (
        account_id      uuid        NOT NULL CONSTRAINT call_events_account_fk REFERENCES accounts (id),
        id              uuid        NOT NULL,
        event_id        text        NOT NULL CONSTRAINT call_events_event_id_length CHECK (length(event_id) BETWEEN 1 AND 255),
        direction       text        NOT NULL,
        outcome         text        NOT NULL,
        caller          text,
        virtual_number  text        NOT NULL,
        called_at       timestamptz,
        received_at     timestamptz NOT NULL,
        rule_id         uuid,
        result          text        NOT NULL CONSTRAINT call_events_result CHECK (result IN ('apology', 'skipped', 'blocked')),
        reason          text,
        message_id      uuid,
        CONSTRAINT call_events_pk PRIMARY KEY (account_id, id),
        CONSTRAINT call_events_once UNIQUE (account_id, event_id),
        CONSTRAINT call_events_explained CHECK ((result = 'apology') = (reason IS NULL) AND (result = 'skipped') = (message_id IS NULL))
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of [
      'call_events',
      'telephony_tokens',
      'telephony_callbacks',
      'missed_call_numbers',
      'missed_call_rules',
    ]) {
      await runner.query(`DROP TABLE ${table}`);
    }
  }
}
