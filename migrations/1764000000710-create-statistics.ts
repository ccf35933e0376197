import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Roll-ups of messages by the hour (UTC) in which they were created: hours, not days, so that a day can be any account's own.
 * Fed by the outbox, and rebuilt from the rows when in doubt.
 */
export class CreateStatistics1764000000710 implements MigrationInterface {
  name = 'CreateStatistics1764000000710';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE message_statistics (
        account_id    uuid        NOT NULL,
        hour          timestamptz NOT NULL,
        source        text        NOT NULL,
        lane          text        NOT NULL,
        country       text        NOT NULL,
        provider_id   uuid        NOT NULL,
        state         text        NOT NULL,
        charge_state  text        NOT NULL,
        currency      char(3)     NOT NULL,
        messages      bigint      NOT NULL,
        parts         bigint      NOT NULL,
        micros        bigint      NOT NULL,
        CONSTRAINT message_statistics_pk
          PRIMARY KEY (account_id, hour, source, lane, country, provider_id, state, charge_state, currency)
      ) WITH (fillfactor = 70)`);
    await runner.query(`INSERT INTO outbox_subscriptions (topic, consumer) VALUES ('messages.changed', 'statistics')`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DELETE FROM outbox_events WHERE consumer = 'statistics'`);
    await runner.query(`DELETE FROM outbox_subscriptions WHERE consumer = 'statistics'`);
    await runner.query(`DROP TABLE message_statistics`);
  }
}
