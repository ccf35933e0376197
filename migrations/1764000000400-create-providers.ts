import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Providers, the routes to them, and what the processes share about them: rate slots, bind leases, and the inbox in which
 * delivery reports are durable before they are acknowledged.
 */
export class CreateProviders1764000000400 implements MigrationInterface {
  name = 'CreateProviders1764000000400';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE providers (
        id                  uuid        CONSTRAINT providers_pk PRIMARY KEY,
        owner_account_id    uuid        CONSTRAINT providers_owner_fk REFERENCES accounts (id),
        code                text        NOT NULL CONSTRAINT providers_code UNIQUE CONSTRAINT providers_code_form CHECK (code ~ '^[a-z0-9][a-z0-9-]{0,63}$'),
        kind                text        NOT NULL CONSTRAINT providers_kind CHECK (kind IN ('smpp', 'http')),
        name                text        NOT NULL,
        settings            jsonb       NOT NULL,
        credentials         jsonb       NOT NULL,
        callback_token_hash bytea,
        status              text        NOT NULL CONSTRAINT providers_status CHECK (status IN ('active', 'paused', 'draining')),
        pause_reason        text,
        rate_per_second     integer     NOT NULL CONSTRAINT providers_rate CHECK (rate_per_second BETWEEN 1 AND 100000),
        max_binds           smallint    NOT NULL DEFAULT 1 CONSTRAINT providers_max_binds CHECK (max_binds BETWEEN 1 AND 64),
        sending_window      jsonb,
        sender_policy       jsonb       NOT NULL,
        version             integer     NOT NULL DEFAULT 1,
        created_at          timestamptz NOT NULL,
        updated_at          timestamptz NOT NULL
      )`);
    await runner.query(
      `CREATE UNIQUE INDEX providers_callback_token ON providers (callback_token_hash) WHERE callback_token_hash IS NOT NULL`,
    );
    await runner.query(`
      CREATE TABLE routes (
        id           uuid        CONSTRAINT routes_pk PRIMARY KEY,
        prefix       text        NOT NULL CONSTRAINT routes_prefix CHECK (prefix ~ '^[0-9]{0,15}$'),
        lane         text        CONSTRAINT routes_lane CHECK (lane IN ('otp', 'transactional', 'bulk')),
        tier         smallint    NOT NULL DEFAULT 1 CONSTRAINT routes_tier CHECK (tier BETWEEN 1 AND 9),
        weight       smallint    NOT NULL DEFAULT 1 CONSTRAINT routes_weight CHECK (weight BETWEEN 1 AND 1000),
        provider_id  uuid        NOT NULL CONSTRAINT routes_provider_fk REFERENCES providers (id),
        enabled      boolean     NOT NULL DEFAULT true,
        created_at   timestamptz NOT NULL
      )`);
    await runner.query(`CREATE UNIQUE INDEX routes_unique ON routes (prefix, COALESCE(lane, ''), tier, provider_id)`);
    await runner.query(`
      CREATE TABLE rate_gates (
        gate          text        CONSTRAINT rate_gates_pk PRIMARY KEY,
        next_slot_at  timestamptz NOT NULL
      ) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 200)`);
    await runner.query(`
      CREATE TABLE bind_leases (
        provider_id  uuid        NOT NULL CONSTRAINT bind_leases_provider_fk REFERENCES providers (id),
        bind_no      smallint    NOT NULL CONSTRAINT bind_leases_bind_no CHECK (bind_no >= 1),
        holder       uuid,
        fence        bigint      NOT NULL DEFAULT 0,
        lease_until  timestamptz NOT NULL,
        state        text        NOT NULL DEFAULT 'stopped',
        state_at     timestamptz NOT NULL,
        last_error   text,
        CONSTRAINT bind_leases_pk PRIMARY KEY (provider_id, bind_no)
      ) WITH (fillfactor = 50)`);
    await runner.query(`
      CREATE TABLE report_inbox (
        id                   uuid        CONSTRAINT report_inbox_pk PRIMARY KEY,
        provider_id          uuid        NOT NULL CONSTRAINT report_inbox_provider_fk REFERENCES providers (id),
        provider_message_id  text        NOT NULL,
        status               text        NOT NULL CONSTRAINT report_inbox_status CHECK (status IN
                               ('submitted', 'delivered', 'undelivered', 'expired', 'rejected', 'unknown')),
        intermediate         boolean     NOT NULL,
        client_reference     text,
        part_no              smallint,
        sender               text,
        recipient            text,
        error_code           text,
        done_at              timestamptz,
        cost_micros          bigint,
        currency             char(3),
        operator             text,
        raw                  text        NOT NULL,
        received_at          timestamptz NOT NULL,
        tries                smallint    NOT NULL DEFAULT 0,
        next_try_at          timestamptz NOT NULL
      ) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 500)`);
    await runner.query(`CREATE INDEX report_inbox_due ON report_inbox (next_try_at, id)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['report_inbox', 'bind_leases', 'rate_gates', 'routes', 'providers'])
      await runner.query(`DROP TABLE ${table}`);
  }
}
