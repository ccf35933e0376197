import type { MigrationInterface, QueryRunner } from 'typeorm';

const SLOTS_HEAD = `FUNCTION take_rate_slots(gates text[], intervals float8[], wanted int, lead float8, horizon float8, slack float8,
                                  OUT now_ms float8, OUT slots float8[], OUT ask_again float8)`;

/** The function of forgive-clocks-set-back; how durable its commit is, is said by the statement that calls it. */
const takeRateSlots = (durability: string) => `
  CREATE OR REPLACE ${SLOTS_HEAD}
  LANGUAGE plpgsql AS $$
  DECLARE
    nexts  float8[];
    pace   float8;
    at     float8;
  BEGIN
${durability}    LOOP
      SELECT array_agg(1000 * extract(epoch FROM locked.next_slot_at)::float8 ORDER BY locked.n) INTO nexts
      FROM (SELECT r.next_slot_at, g.n
            FROM unnest(gates) WITH ORDINALITY AS g(gate, n) JOIN rate_gates r ON r.gate = g.gate
            ORDER BY g.gate FOR UPDATE OF r) AS locked;
      EXIT WHEN cardinality(nexts) = cardinality(gates);
      INSERT INTO rate_gates (gate, next_slot_at)
      SELECT g.gate, clock_timestamp() FROM unnest(gates) AS g(gate) ORDER BY g.gate ON CONFLICT DO NOTHING;
    END LOOP;

    now_ms := 1000 * extract(epoch FROM clock_timestamp())::float8;
    FOR g IN 1..cardinality(nexts) LOOP
      IF nexts[g] > now_ms + 10000 + intervals[g] THEN nexts[g] := now_ms; END IF;
    END LOOP;
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

const ASYNCHRONOUS = `    PERFORM set_config('synchronous_commit', 'off', true);
`;

/**
 * What is claimed is numbered within a line, and one row of the line says up to which number it may have been written to the
 * provider: instead of `submitting` and an attempt for every message before it leaves. Of what a killed worker held, numbers above
 * the mark are simply queued again.
 *
 * The mark is committed together with the rate slots, so their booking is as durable as it. What was claimed before the
 * migration counts as written.
 */
export class NumberWhatIsClaimed1764000002100 implements MigrationInterface {
  name = 'NumberWhatIsClaimed1764000002100';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE sending_lines (
        id           uuid        CONSTRAINT sending_lines_pk PRIMARY KEY,
        worker       uuid        NOT NULL,
        provider_id  uuid        NOT NULL,
        mark         bigint      NOT NULL DEFAULT 0 CONSTRAINT sending_lines_mark CHECK (mark >= 0),
        lease_until  timestamptz NOT NULL,
        closed_at    timestamptz
      ) WITH (fillfactor = 20, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500)`);
    await runner.query(`
      INSERT INTO sending_lines (id, worker, provider_id, mark, lease_until)
      SELECT claimed_by, claimed_by, min(provider_id::text)::uuid, 9223372036854775807, max(claimed_until)
        FROM message_queue WHERE claimed_by IS NOT NULL GROUP BY claimed_by`);
    await runner.query(`DROP INDEX message_queue_claimed`);
    await runner.query(`ALTER TABLE message_queue DROP CONSTRAINT message_queue_claimed_is_leased`);
    await runner.query(`ALTER TABLE message_queue RENAME COLUMN claimed_until TO claimed_at`);
    await runner.query(`
      ALTER TABLE message_queue ADD CONSTRAINT message_queue_claimed_is_dated
        CHECK (claimed_by IS NULL OR (claimed_at IS NOT NULL AND attempt_id IS NOT NULL))`);
    await runner.query(
      `CREATE INDEX message_queue_claimed ON message_queue (claimed_by, fence) WHERE claimed_by IS NOT NULL`,
    );
    await runner.query(takeRateSlots(''));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(takeRateSlots(ASYNCHRONOUS));
    await runner.query(`
      UPDATE message_queue q SET claimed_at = l.lease_until FROM sending_lines l WHERE l.id = q.claimed_by`);
    await runner.query(`DROP INDEX message_queue_claimed`);
    await runner.query(`ALTER TABLE message_queue DROP CONSTRAINT message_queue_claimed_is_dated`);
    await runner.query(`ALTER TABLE message_queue RENAME COLUMN claimed_at TO claimed_until`);
    await runner.query(`
      ALTER TABLE message_queue ADD CONSTRAINT message_queue_claimed_is_leased
        CHECK (claimed_by IS NULL OR (claimed_until IS NOT NULL AND attempt_id IS NOT NULL))`);
    await runner.query(
      `CREATE INDEX message_queue_claimed ON message_queue (claimed_until) WHERE claimed_by IS NOT NULL`,
    );
    await runner.query(`DROP TABLE sending_lines`);
  }
}
