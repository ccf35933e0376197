import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Messages from phones: the inbox in which they are durable before they are acknowledged, the numbers that belong to one account
 * alone, and the messages as accounts see them. What belongs to nobody is kept with the platform's account. Nobody writes back to
 * more than a few of the messages that he gets: these tables are small beside `messages`, and not partitioned.
 */
export class CreateInbound1764000002000 implements MigrationInterface {
  name = 'CreateInbound1764000002000';

  async up(runner: QueryRunner): Promise<void> {
    // The text is UTF-16: a phone may cut a character in two, and half of one is no text of PostgreSQL's.
    await runner.query(`
      CREATE TABLE inbound_inbox (
        id                   uuid        CONSTRAINT inbound_inbox_pk PRIMARY KEY,
        provider_id          uuid        NOT NULL CONSTRAINT inbound_inbox_provider_fk REFERENCES providers (id),
        sender               text        NOT NULL,
        recipient            text        NOT NULL,
        body_utf16           bytea       NOT NULL,
        provider_message_id  text,
        concat_reference     integer,
        part_no              smallint,
        parts_total          smallint,
        received_at          timestamptz NOT NULL,
        next_try_at          timestamptz NOT NULL,
        CONSTRAINT inbound_inbox_part_is_whole CHECK (num_nulls(concat_reference, part_no, parts_total) IN (0, 3))
      ) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 500)`);
    await runner.query(`CREATE INDEX inbound_inbox_due ON inbound_inbox (next_try_at, id)`);
    await runner.query(`
      CREATE INDEX inbound_inbox_parts ON inbound_inbox (sender, recipient, concat_reference) WHERE parts_total IS NOT NULL`);
    await runner.query(`
      CREATE TABLE inbound_numbers (
        id           uuid        CONSTRAINT inbound_numbers_pk PRIMARY KEY,
        provider_id  uuid        NOT NULL CONSTRAINT inbound_numbers_provider_fk REFERENCES providers (id),
        address      text        NOT NULL CONSTRAINT inbound_numbers_address CHECK (address ~ '^[0-9]{3,15}$'),
        account_id   uuid        NOT NULL CONSTRAINT inbound_numbers_account_fk REFERENCES accounts (id),
        created_at   timestamptz NOT NULL,
        CONSTRAINT inbound_numbers_address_unique UNIQUE (address, provider_id)
      )`);
    await runner.query(`
      CREATE TABLE inbound_messages (
        account_id           uuid        NOT NULL CONSTRAINT inbound_messages_account_fk REFERENCES accounts (id),
        id                   uuid        NOT NULL,
        provider_id          uuid        NOT NULL,
        provider_message_id  text,
        sender               text        NOT NULL,
        recipient            text        NOT NULL,
        body                 text        NOT NULL,
        parts                smallint    NOT NULL,
        complete             boolean     NOT NULL,
        attribution          text        NOT NULL CONSTRAINT inbound_messages_attribution CHECK (attribution IN ('number', 'reply', 'none')),
        in_reply_to          uuid,
        action               text        CONSTRAINT inbound_messages_action CHECK (action IN ('opted_out', 'opted_in')),
        received_at          timestamptz NOT NULL,
        CONSTRAINT inbound_messages_pk PRIMARY KEY (account_id, id)
      )`);
    await runner.query(`CREATE INDEX inbound_messages_sender ON inbound_messages (account_id, sender, id)`);
    await runner.query(`CREATE INDEX inbound_messages_all ON inbound_messages (id)`);
    await runner.query(`
      CREATE INDEX inbound_messages_provider_message ON inbound_messages (provider_message_id, provider_id)
        WHERE provider_message_id IS NOT NULL`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['inbound_messages', 'inbound_numbers', 'inbound_inbox'])
      await runner.query(`DROP TABLE ${table}`);
  }
}
