import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Books slots at several gates in one round trip, so that the rows are locked for microseconds. A function and not a
 * statement, because the slots of several gates depend on each other one by one. Times in milliseconds.
 *
 * The first gate paces: its slots are `intervals[1]` apart. Another gate that is not yet due ends the booking instead of
 * making the first one skip time that everybody else could use; a slot may be at most `slack` later than a gate's own
 * schedule, which the rate's margin pays for. The clock is the server's, because it is the only one that all workers share;
 * it is read after the rows are locked. A booking that a crash of the server forgets only cuts the run, so no commit waits
 * for the disk.
 */
const TAKE_RATE_SLOTS = `
  CREATE FUNCTION take_rate_slots(gates text[], intervals float8[], wanted int, lead float8, horizon float8, slack float8,
                                  OUT now_ms float8, OUT slots float8[], OUT ask_again float8)
  LANGUAGE plpgsql AS $$
  DECLARE
    nexts  float8[];
    pace   float8;
    at     float8;
  BEGIN
    PERFORM set_config('synchronous_commit', 'off', true);
    LOOP
      SELECT array_agg(1000 * extract(epoch FROM locked.next_slot_at)::float8 ORDER BY locked.n) INTO nexts
      FROM (SELECT r.next_slot_at, g.n
            FROM unnest(gates) WITH ORDINALITY AS g(gate, n) JOIN rate_gates r ON r.gate = g.gate
            ORDER BY g.gate FOR UPDATE OF r) AS locked;
      EXIT WHEN cardinality(nexts) = cardinality(gates);
      INSERT INTO rate_gates (gate, next_slot_at)
      SELECT g.gate, clock_timestamp() FROM unnest(gates) AS g(gate) ORDER BY g.gate ON CONFLICT DO NOTHING;
    END LOOP;

    now_ms := 1000 * extract(epoch FROM clock_timestamp())::float8;
    slots := '{}';
    pace := greatest(nexts[1], now_ms + lead);
    FOR k IN 1..wanted LOOP
      at := pace;
      FOR g IN 2..cardinality(gates) LOOP at := greatest(at, nexts[g]); END LOOP;
      EXIT WHEN at > now_ms + horizon OR at - pace > slack;
      slots := slots || at;
      pace := pace + intervals[1];
      FOR g IN 2..cardinality(gates) LOOP nexts[g] := greatest(nexts[g], at - slack) + intervals[g]; END LOOP;
    END LOOP;

    ask_again := pace - horizon / 2;
    FOR g IN 2..cardinality(gates) LOOP ask_again := greatest(ask_again, nexts[g] - lead - slack); END LOOP;
    IF cardinality(slots) > 0 THEN
      nexts[1] := pace;
      UPDATE rate_gates r SET next_slot_at = to_timestamp(nexts[g.n] / 1000)
      FROM unnest(gates) WITH ORDINALITY AS g(gate, n) WHERE r.gate = g.gate;
    END IF;
  END $$`;

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
        link_version        integer     NOT NULL DEFAULT 1,
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
        version      integer     NOT NULL DEFAULT 1,
        created_at   timestamptz NOT NULL,
        updated_at   timestamptz NOT NULL
      )`);
    await runner.query(`CREATE UNIQUE INDEX routes_unique ON routes (prefix, COALESCE(lane, ''), tier, provider_id)`);
    await runner.query(`
      CREATE TABLE rate_gates (
        gate          text        CONSTRAINT rate_gates_pk PRIMARY KEY,
        next_slot_at  timestamptz NOT NULL
      ) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 200)`);
    await runner.query(TAKE_RATE_SLOTS);
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
    await runner.query(`DROP FUNCTION take_rate_slots`);
    for (const table of ['report_inbox', 'bind_leases', 'rate_gates', 'routes', 'providers'])
      await runner.query(`DROP TABLE ${table}`);
  }
}
