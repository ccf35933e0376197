import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The function of create-providers, with one thing added: a gate whose next slot is further ahead than anybody books (two
 * seconds, one interval and the caller's lead) was booked before the server's clock was set back, or while its rate was far
 * lower. It is due at once; until then it would have handed out nothing for as long as the clock was set back, with every
 * link ready and the queue standing.
 */
const takeRateSlots = (forgiveness: string) => `
  CREATE OR REPLACE FUNCTION take_rate_slots(gates text[], intervals float8[], wanted int, lead float8, horizon float8, slack float8,
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
${forgiveness}    slots := '{}';
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

const FORGIVENESS = `    FOR g IN 1..cardinality(nexts) LOOP
      IF nexts[g] > now_ms + 10000 + intervals[g] THEN nexts[g] := now_ms; END IF;
    END LOOP;
`;

export class ForgiveClocksSetBack1764000001220 implements MigrationInterface {
  name = 'ForgiveClocksSetBack1764000001220';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(takeRateSlots(FORGIVENESS));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(takeRateSlots(''));
  }
}
