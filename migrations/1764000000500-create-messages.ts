import type { MigrationInterface, QueryRunner } from 'typeorm';

const STATES = `'scheduled','queued','waiting_funds','submitting','submitted','delivered','undelivered','expired','rejected','unknown','cancelled','blocked'`;
const PART_STATES = `'submitting','submitted','delivered','undelivered','expired','rejected','not_sent','unknown'`;

/**
 * Messages, the queue before the providers, attempts and reports. What grows is partitioned by range of its UUIDv7 id;
 * monthly partitions are made ahead by a job, the default partition only catches what nobody foresaw. The queue is a
 * small table of its own whose size does not depend on history.
 */
export class CreateMessages1764000000500 implements MigrationInterface {
  name = 'CreateMessages1764000000500';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE message_groups (
        account_id      uuid        NOT NULL CONSTRAINT message_groups_account_fk REFERENCES accounts (id),
        id              uuid        NOT NULL,
        kind            text        NOT NULL CONSTRAINT message_groups_kind CHECK (kind ~ '^[a-z][a-z_]{0,31}$'),
        label           text        NOT NULL,
        state           text        NOT NULL CONSTRAINT message_groups_state CHECK (state IN ('open', 'paused', 'closed', 'cancelled')),
        reservation_id  uuid,
        sending_window  jsonb,
        created_at      timestamptz NOT NULL,
        updated_at      timestamptz NOT NULL,
        CONSTRAINT message_groups_pk PRIMARY KEY (account_id, id),
        CONSTRAINT message_groups_reservation_fk FOREIGN KEY (account_id, reservation_id) REFERENCES reservations (account_id, id)
      )`);
    // No foreign keys here: three of them took half of the time of an insert. Accounts, groups and providers are never deleted,
    // and accept writes a message only after it locked or read them.
    await runner.query(`
      CREATE TABLE messages (
        account_id          uuid        NOT NULL,
        id                  uuid        NOT NULL,
        group_id            uuid,
        source              text        NOT NULL CONSTRAINT messages_source CHECK (source ~ '^[a-z][a-z_]{0,31}$'),
        lane                text        NOT NULL CONSTRAINT messages_lane CHECK (lane IN ('otp', 'transactional', 'bulk')),
        recipient           text        NOT NULL CONSTRAINT messages_recipient_length CHECK (length(recipient) BETWEEN 1 AND 64),
        country             char(2),
        sender              text,
        body                text,
        encoding            text        CONSTRAINT messages_encoding CHECK (encoding IN ('gsm7', 'ucs2')),
        parts               smallint    NOT NULL CONSTRAINT messages_parts CHECK (parts BETWEEN 0 AND 255),
        price_micros        bigint      NOT NULL CONSTRAINT messages_price CHECK (price_micros >= 0),
        currency            char(3)     NOT NULL,
        tariff_id           uuid,
        charge_on           text        CONSTRAINT messages_charge_on CHECK (charge_on IN ('submit', 'delivery')),
        refund_undelivered  boolean,
        wallet_id           uuid,
        reservation_id      uuid,
        charge_state        text        NOT NULL CONSTRAINT messages_charge_state CHECK (charge_state IN ('none', 'held', 'captured', 'released', 'refunded')),
        hold_entry_id       uuid,
        settle_entry_id     uuid,
        refund_entry_id     uuid,
        state               text        NOT NULL CONSTRAINT messages_state CHECK (state IN (${STATES})),
        reason              text,
        provider_id         uuid,
        delivery_policy     text        NOT NULL CONSTRAINT messages_delivery_policy CHECK (delivery_policy IN ('at_most_once', 'at_least_once')),
        sending_window      jsonb,
        window_action       text        NOT NULL CONSTRAINT messages_window_action CHECK (window_action IN ('wait', 'drop')),
        reference           text        CONSTRAINT messages_reference_length CHECK (length(reference) BETWEEN 1 AND 255),
        external_id         text        CONSTRAINT messages_external_id_length CHECK (length(external_id) BETWEEN 1 AND 255),
        due_at              timestamptz NOT NULL,
        valid_until         timestamptz NOT NULL,
        created_at          timestamptz NOT NULL,
        state_at            timestamptz NOT NULL,
        submitted_at        timestamptz,
        final_at            timestamptz,
        CONSTRAINT messages_pk PRIMARY KEY (account_id, id),
        CONSTRAINT messages_blocked_is_free CHECK (state <> 'blocked' OR (charge_state IN ('none', 'released') AND reason IS NOT NULL)),
        CONSTRAINT messages_charged_is_priced CHECK (charge_state = 'none' OR (wallet_id IS NOT NULL AND charge_on IS NOT NULL AND parts > 0)),
        CONSTRAINT messages_sent_is_charged CHECK (state NOT IN ('submitting', 'submitted', 'delivered', 'undelivered', 'unknown') OR charge_state <> 'none')
      ) PARTITION BY RANGE (id)`);
    await runner.query(`CREATE TABLE messages_default PARTITION OF messages DEFAULT WITH (fillfactor = 80)`);
    await runner.query(`CREATE INDEX messages_recipient ON messages (account_id, recipient, id)`);
    await runner.query(`CREATE INDEX messages_group ON messages (account_id, group_id, id) WHERE group_id IS NOT NULL`);
    await runner.query(`
      CREATE TABLE message_external_ids (
        account_id   uuid NOT NULL,
        external_id  text NOT NULL,
        message_id   uuid NOT NULL,
        CONSTRAINT message_external_ids_pk PRIMARY KEY (account_id, external_id)
      )`);
    await runner.query(`
      CREATE TABLE message_queue (
        account_id     uuid        NOT NULL,
        message_id     uuid        NOT NULL,
        provider_id    uuid        NOT NULL,
        lane           smallint    NOT NULL CONSTRAINT message_queue_lane CHECK (lane BETWEEN 0 AND 2),
        group_id       uuid        NOT NULL,
        due_at         timestamptz NOT NULL,
        valid_until    timestamptz NOT NULL,
        tries          smallint    NOT NULL DEFAULT 0,
        attempt_no     smallint    NOT NULL DEFAULT 1,
        repeat_reason  text        CONSTRAINT message_queue_repeat_reason CHECK (repeat_reason IN ('at_least_once', 'forced')),
        claimed_by     uuid,
        claimed_until  timestamptz,
        fence          bigint      NOT NULL DEFAULT 0,
        attempt_id     uuid,
        CONSTRAINT message_queue_pk PRIMARY KEY (account_id, message_id),
        CONSTRAINT message_queue_claimed_is_leased CHECK (claimed_by IS NULL OR (claimed_until IS NOT NULL AND attempt_id IS NOT NULL))
      ) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0)`);
    // A claimed row leaves these two indexes, so that claiming never steps over what is in flight.
    await runner.query(`
      CREATE INDEX message_queue_claim ON message_queue (provider_id, lane, account_id, group_id, due_at, message_id)
        WHERE claimed_by IS NULL`);
    await runner.query(`CREATE INDEX message_queue_validity ON message_queue (valid_until) WHERE claimed_by IS NULL`);
    await runner.query(
      `CREATE INDEX message_queue_claimed ON message_queue (claimed_until) WHERE claimed_by IS NOT NULL`,
    );
    // What dispatch looks at instead of the queue: one row per provider, lane, account and group that has something queued.
    // 'open' has (or had a moment ago) something due, 'parked' has nothing due before ready_at, 'paused' belongs to a group
    // that is. Only open ones are walked. Whoever queues a message upserts its stream in the same transaction, which locks it.
    await runner.query(`
      CREATE TABLE message_streams (
        provider_id  uuid        NOT NULL,
        lane         smallint    NOT NULL CONSTRAINT message_streams_lane CHECK (lane BETWEEN 0 AND 2),
        account_id   uuid        NOT NULL,
        group_id     uuid        NOT NULL,
        state        text        NOT NULL CONSTRAINT message_streams_state CHECK (state IN ('open', 'parked', 'paused')),
        ready_at     timestamptz NOT NULL,
        CONSTRAINT message_streams_pk PRIMARY KEY (provider_id, lane, account_id, group_id)
      ) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500)`);
    await runner.query(`
      CREATE INDEX message_streams_open ON message_streams (provider_id, lane, account_id, group_id) WHERE state = 'open'`);
    await runner.query(`CREATE INDEX message_streams_parked ON message_streams (ready_at) WHERE state = 'parked'`);
    await runner.query(`CREATE INDEX message_streams_group ON message_streams (account_id, group_id)`);
    await runner.query(`
      CREATE TABLE attempts (
        account_id        uuid        NOT NULL,
        id                uuid        NOT NULL,
        message_id        uuid        NOT NULL,
        attempt_no        smallint    NOT NULL,
        provider_id       uuid        NOT NULL CONSTRAINT attempts_provider_fk REFERENCES providers (id),
        client_reference  text        NOT NULL,
        repeat_reason     text        CONSTRAINT attempts_repeat_reason CHECK (repeat_reason IN ('at_least_once', 'forced')),
        worker            uuid        NOT NULL,
        state             text        NOT NULL CONSTRAINT attempts_state CHECK (state IN ('submitting', 'submitted', 'rejected', 'not_sent', 'unknown')),
        error_code        text,
        error_detail      text,
        started_at        timestamptz NOT NULL,
        finished_at       timestamptz,
        CONSTRAINT attempts_pk PRIMARY KEY (account_id, id)
      ) PARTITION BY RANGE (id)`);
    await runner.query(`CREATE TABLE attempts_default PARTITION OF attempts DEFAULT WITH (fillfactor = 80)`);
    await runner.query(`CREATE INDEX attempts_message ON attempts (account_id, message_id)`);
    await runner.query(`
      CREATE TABLE attempt_parts (
        account_id           uuid        NOT NULL,
        attempt_id           uuid        NOT NULL,
        part_no              smallint    NOT NULL,
        message_id           uuid        NOT NULL,
        provider_id          uuid        NOT NULL,
        provider_message_id  text,
        state                text        NOT NULL CONSTRAINT attempt_parts_state CHECK (state IN (${PART_STATES})),
        error_code           text,
        state_at             timestamptz NOT NULL,
        CONSTRAINT attempt_parts_pk PRIMARY KEY (account_id, attempt_id, part_no)
      ) PARTITION BY RANGE (attempt_id)`);
    await runner.query(`CREATE TABLE attempt_parts_default PARTITION OF attempt_parts DEFAULT WITH (fillfactor = 80)`);
    await runner.query(`
      CREATE INDEX attempt_parts_provider_message ON attempt_parts (provider_message_id, provider_id) WHERE provider_message_id IS NOT NULL`);
    await runner.query(`
      CREATE TABLE unknown_outcomes (
        account_id   uuid        NOT NULL,
        message_id   uuid        NOT NULL,
        attempt_id   uuid        NOT NULL,
        provider_id  uuid        NOT NULL,
        recipient    text        NOT NULL,
        since        timestamptz NOT NULL,
        deadline     timestamptz NOT NULL,
        closed_at    timestamptz,
        CONSTRAINT unknown_outcomes_pk PRIMARY KEY (account_id, message_id)
      )`);
    // Closed at its deadline, a row stays for a while: a receipt may still tell that the message arrived.
    await runner.query(`CREATE INDEX unknown_outcomes_deadline ON unknown_outcomes (deadline) WHERE closed_at IS NULL`);
    await runner.query(
      `CREATE INDEX unknown_outcomes_closed ON unknown_outcomes (closed_at) WHERE closed_at IS NOT NULL`,
    );
    await runner.query(`CREATE INDEX unknown_outcomes_match ON unknown_outcomes (recipient, provider_id)`);
    await runner.query(`CREATE INDEX unknown_outcomes_attempt ON unknown_outcomes (attempt_id)`);
    await runner.query(`
      CREATE TABLE delivery_reports (
        account_id           uuid        NOT NULL,
        id                   uuid        NOT NULL,
        message_id           uuid,
        attempt_id           uuid,
        part_no              smallint,
        provider_id          uuid        NOT NULL,
        provider_message_id  text        NOT NULL,
        status               text        NOT NULL,
        intermediate         boolean     NOT NULL,
        error_code           text,
        done_at              timestamptz,
        raw                  text        NOT NULL,
        received_at          timestamptz NOT NULL,
        outcome              text        NOT NULL CONSTRAINT delivery_reports_outcome CHECK (outcome IN
                               ('applied', 'intermediate', 'duplicate', 'contradicting', 'ambiguous', 'unmatched')),
        CONSTRAINT delivery_reports_pk PRIMARY KEY (account_id, id)
      ) PARTITION BY RANGE (id)`);
    await runner.query(`CREATE TABLE delivery_reports_default PARTITION OF delivery_reports DEFAULT`);
    await runner.query(
      `CREATE INDEX delivery_reports_message ON delivery_reports (account_id, message_id) WHERE message_id IS NOT NULL`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    const tables = [
      'delivery_reports',
      'unknown_outcomes',
      'attempt_parts',
      'attempts',
      'message_streams',
      'message_queue',
    ];
    for (const table of [...tables, 'message_external_ids', 'messages', 'message_groups'])
      await runner.query(`DROP TABLE ${table}`);
  }
}
