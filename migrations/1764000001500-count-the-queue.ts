import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * How much waits, by account, provider and lane, kept beside the roll-ups from the same events: counting the queue itself would
 * cost more the longer it is, and a counter written with every claim would be a lock that all workers wait for.
 */
export class CountTheQueue1764000001500 implements MigrationInterface {
  name = 'CountTheQueue1764000001500';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE message_queue_depths (
        account_id   uuid    NOT NULL,
        provider_id  uuid    NOT NULL,
        lane         text    NOT NULL,
        queued       bigint  NOT NULL,
        scheduled    bigint  NOT NULL,
        CONSTRAINT message_queue_depths_pk PRIMARY KEY (account_id, provider_id, lane)
      ) WITH (fillfactor = 50)`);
    await runner.query(`
      INSERT INTO message_queue_depths (account_id, provider_id, lane, queued, scheduled)
      SELECT account_id, provider_id, lane, COALESCE(sum(messages) FILTER (WHERE state = 'queued'), 0),
             COALESCE(sum(messages) FILTER (WHERE state = 'scheduled'), 0)
        FROM message_statistics
       WHERE state IN ('queued', 'scheduled')
       GROUP BY 1, 2, 3
      HAVING sum(messages) <> 0`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE message_queue_depths`);
  }
}
