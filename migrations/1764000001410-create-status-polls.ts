import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Messages whose state has to be asked for, because their provider does not report it. A row lives until the end is known. */
export class CreateStatusPolls1764000001410 implements MigrationInterface {
  name = 'CreateStatusPolls1764000001410';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE status_polls (
        id                  uuid NOT NULL,
        provider_id         uuid NOT NULL,
        client_reference    text NOT NULL,
        provider_message_id text NOT NULL,
        recipient           text NOT NULL,
        asked               smallint NOT NULL DEFAULT 0,
        since               timestamptz NOT NULL,
        next_ask_at         timestamptz NOT NULL,
        CONSTRAINT status_polls_pk PRIMARY KEY (id),
        CONSTRAINT status_polls_provider_fk FOREIGN KEY (provider_id) REFERENCES providers (id)
      ) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05)`);
    await runner.query(`CREATE INDEX status_polls_due ON status_polls (provider_id, next_ask_at)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE status_polls`);
  }
}
