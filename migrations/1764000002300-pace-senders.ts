import type { MigrationInterface, QueryRunner } from 'typeorm';

const STREAM_KEY = 'provider_id, lane, account_id, group_id';

/**
 * How much may leave under one sender in a second, over all links: of an account under one of its names, to one country or to all;
 * of one kind of traffic under the sender that the platform fixes for it. Kept by name, so that it outlives a revocation.
 *
 * What is queued under such a sender is a stream of its own, by the number of the rate, so that nothing else waits behind it. The
 * number costs the index nothing: it stands where there was padding.
 */
export class PaceSenders1764000002300 implements MigrationInterface {
  name = 'PaceSenders1764000002300';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE sender_rates (
        number           integer     GENERATED ALWAYS AS IDENTITY CONSTRAINT sender_rates_pk PRIMARY KEY,
        account_id       uuid,
        sender           text,
        country          text        CONSTRAINT sender_rates_country CHECK (country ~ '^[A-Z]{2}$'),
        source           text,
        rate_per_second  integer     NOT NULL CONSTRAINT sender_rates_rate_per_second CHECK (rate_per_second BETWEEN 1 AND 100000),
        updated_at       timestamptz NOT NULL,
        CONSTRAINT sender_rates_once UNIQUE NULLS NOT DISTINCT (account_id, sender, country, source),
        CONSTRAINT sender_rates_of_somebody CHECK (
          CASE WHEN source IS NULL THEN account_id IS NOT NULL AND sender IS NOT NULL
               ELSE account_id IS NULL AND sender IS NULL AND country IS NULL END)
      )`);
    await runner.query(`ALTER TABLE message_queue ADD COLUMN paced_by integer NOT NULL DEFAULT 0`);
    await runner.query(`DROP INDEX message_queue_claim`);
    await runner.query(`
      CREATE INDEX message_queue_claim ON message_queue (${STREAM_KEY}, paced_by, due_at, message_id)
        WHERE claimed_by IS NULL`);
    await runner.query(`ALTER TABLE message_streams ADD COLUMN paced_by integer NOT NULL DEFAULT 0`);
    await rekeyStreams(runner, `${STREAM_KEY}, paced_by`);
  }

  async down(runner: QueryRunner): Promise<void> {
    // One stream for all again, the most awake of them.
    await runner.query(`
      DELETE FROM message_streams s
       USING (SELECT ${STREAM_KEY}, paced_by,
                     row_number() OVER (PARTITION BY ${STREAM_KEY}
                       ORDER BY CASE state WHEN 'paused' THEN 0 WHEN 'open' THEN 1 ELSE 2 END, ready_at) AS no
                FROM message_streams) d
       WHERE d.no > 1 AND (s.provider_id, s.lane, s.account_id, s.group_id, s.paced_by)
                        = (d.provider_id, d.lane, d.account_id, d.group_id, d.paced_by)`);
    await runner.query(`ALTER TABLE message_streams DROP CONSTRAINT message_streams_pk`);
    await runner.query(`ALTER TABLE message_streams DROP COLUMN paced_by`);
    await runner.query(`ALTER TABLE message_streams ADD CONSTRAINT message_streams_pk PRIMARY KEY (${STREAM_KEY})`);
    await runner.query(`CREATE INDEX message_streams_open ON message_streams (${STREAM_KEY}) WHERE state = 'open'`);
    await runner.query(`ALTER TABLE message_queue DROP COLUMN paced_by`);
    await runner.query(`
      CREATE INDEX message_queue_claim ON message_queue (${STREAM_KEY}, due_at, message_id) WHERE claimed_by IS NULL`);
    await runner.query(`DROP TABLE sender_rates`);
  }
}

async function rekeyStreams(runner: QueryRunner, key: string): Promise<void> {
  await runner.query(`DROP INDEX message_streams_open`);
  await runner.query(`ALTER TABLE message_streams DROP CONSTRAINT message_streams_pk`);
  await runner.query(`ALTER TABLE message_streams ADD CONSTRAINT message_streams_pk PRIMARY KEY (${key})`);
  await runner.query(`CREATE INDEX message_streams_open ON message_streams (${key}) WHERE state = 'open'`);
}
