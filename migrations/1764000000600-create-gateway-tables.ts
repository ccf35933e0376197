import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the gateway and the outbox keep: finished idempotency keys, and facts that others want to know. */
export class CreateGatewayTables1764000000600 implements MigrationInterface {
  name = 'CreateGatewayTables1764000000600';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE idempotency_keys (
        account_id  uuid        NOT NULL CONSTRAINT idempotency_keys_account_fk REFERENCES accounts (id),
        route       text        NOT NULL,
        key         text        NOT NULL CONSTRAINT idempotency_keys_key_length CHECK (length(key) BETWEEN 1 AND 255),
        body_hash   bytea       NOT NULL,
        status      smallint    NOT NULL,
        response    jsonb       NOT NULL,
        created_at  timestamptz NOT NULL,
        CONSTRAINT idempotency_keys_pk PRIMARY KEY (account_id, route, key)
      )`);
    await runner.query(`CREATE INDEX idempotency_keys_created ON idempotency_keys (created_at)`);
    await runner.query(`
      CREATE TABLE outbox_subscriptions (
        topic     text NOT NULL,
        consumer  text NOT NULL,
        CONSTRAINT outbox_subscriptions_pk PRIMARY KEY (topic, consumer)
      )`);
    await runner.query(`
      CREATE TABLE outbox_events (
        consumer     text        NOT NULL,
        id           uuid        NOT NULL,
        account_id   uuid        NOT NULL,
        topic        text        NOT NULL,
        payload      jsonb       NOT NULL,
        created_at   timestamptz NOT NULL,
        tries        smallint    NOT NULL DEFAULT 0,
        next_try_at  timestamptz NOT NULL,
        CONSTRAINT outbox_events_pk PRIMARY KEY (consumer, id)
      ) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 500)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE outbox_events`);
    await runner.query(`DROP TABLE outbox_subscriptions`);
    await runner.query(`DROP TABLE idempotency_keys`);
  }
}
