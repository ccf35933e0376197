import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Where accounts want to be told of what happens, what they are told, and how far that is. A delivery is one event for one endpoint: its
 * key keeps a fact that is heard twice from being told twice. Only what phones write is told so far, which is little beside what is
 * sent: nothing here is partitioned.
 */
export class CreateWebhooks1764000002400 implements MigrationInterface {
  name = 'CreateWebhooks1764000002400';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE webhook_endpoints (
        account_id             uuid        NOT NULL CONSTRAINT webhook_endpoints_account_fk REFERENCES accounts (id),
        id                     uuid        NOT NULL,
        url                    text        NOT NULL CONSTRAINT webhook_endpoints_url CHECK (url ~ '^https?://'),
        description            text,
        events                 text[]      NOT NULL CONSTRAINT webhook_endpoints_events CHECK (cardinality(events) > 0),
        enabled                boolean     NOT NULL,
        secrets                jsonb       NOT NULL,
        previous_secret_until  timestamptz,
        failing_since          timestamptz,
        disabled_reason        text,
        version                integer     NOT NULL DEFAULT 1,
        created_at             timestamptz NOT NULL,
        updated_at             timestamptz NOT NULL,
        CONSTRAINT webhook_endpoints_pk PRIMARY KEY (account_id, id),
        CONSTRAINT webhook_endpoints_disabled_reason
          CHECK (disabled_reason IS NULL OR (NOT enabled AND disabled_reason IN ('endpoint_failing', 'endpoint_gone')))
      )`);
    await runner.query(`
      CREATE TABLE webhook_events (
        account_id  uuid        NOT NULL CONSTRAINT webhook_events_account_fk REFERENCES accounts (id),
        id          uuid        NOT NULL,
        type        text        NOT NULL,
        body        text        NOT NULL,
        created_at  timestamptz NOT NULL,
        CONSTRAINT webhook_events_pk PRIMARY KEY (account_id, id)
      )`);
    await runner.query(`CREATE INDEX webhook_events_created ON webhook_events (created_at)`);
    await runner.query(`
      CREATE TABLE webhook_deliveries (
        account_id       uuid        NOT NULL,
        endpoint_id      uuid        NOT NULL,
        event_id         uuid        NOT NULL,
        state            text        NOT NULL CONSTRAINT webhook_deliveries_state CHECK (state IN ('pending', 'delivered', 'failed')),
        attempts         integer     NOT NULL DEFAULT 0,
        attempts_before  integer     NOT NULL DEFAULT 0,
        next_try_at      timestamptz,
        sending_until    timestamptz,
        last_attempt_at  timestamptz,
        last_status      smallint,
        last_error       text,
        delivered_at     timestamptz,
        created_at       timestamptz NOT NULL,
        CONSTRAINT webhook_deliveries_pk PRIMARY KEY (account_id, endpoint_id, event_id),
        CONSTRAINT webhook_deliveries_endpoint_fk FOREIGN KEY (account_id, endpoint_id)
          REFERENCES webhook_endpoints (account_id, id) ON DELETE CASCADE,
        CONSTRAINT webhook_deliveries_event_fk FOREIGN KEY (account_id, event_id)
          REFERENCES webhook_events (account_id, id) ON DELETE CASCADE,
        CONSTRAINT webhook_deliveries_pending_is_due CHECK ((state = 'pending') = (next_try_at IS NOT NULL))
      )`);
    await runner.query(`
      CREATE INDEX webhook_deliveries_due ON webhook_deliveries (account_id, endpoint_id, next_try_at) WHERE state = 'pending'`);
    await runner.query(`CREATE INDEX webhook_deliveries_event ON webhook_deliveries (account_id, event_id)`);
    await runner.query(`
      INSERT INTO outbox_subscriptions (topic, consumer)
      VALUES ('inbound.received', 'webhooks'), ('webhooks.disabled', 'alerts'), ('webhooks.enabled', 'alerts')`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DELETE FROM outbox_events WHERE consumer = 'webhooks' OR topic LIKE 'webhooks.%'`);
    await runner.query(`DELETE FROM outbox_subscriptions WHERE consumer = 'webhooks' OR topic LIKE 'webhooks.%'`);
    for (const table of ['webhook_deliveries', 'webhook_events', 'webhook_endpoints'])
      await runner.query(`DROP TABLE ${table}`);
  }
}
