import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What somebody has to be told. An account's own; what concerns the operator belongs to the platform's account. One open alert for
 * each subject: what happens again counts on it.
 */
export class CreateAlerts1764000001910 implements MigrationInterface {
  name = 'CreateAlerts1764000001910';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE alerts (
        account_id   uuid        NOT NULL CONSTRAINT alerts_account_fk REFERENCES accounts (id),
        id           uuid        NOT NULL,
        kind         text        NOT NULL CONSTRAINT alerts_kind CHECK (kind ~ '^[a-z][a-z_]{0,31}$'),
        subject      text        NOT NULL,
        reason       text        NOT NULL,
        detail       text,
        times        integer     NOT NULL DEFAULT 1 CONSTRAINT alerts_times CHECK (times >= 1),
        raised_at    timestamptz NOT NULL,
        last_at      timestamptz NOT NULL,
        resolved_at  timestamptz,
        CONSTRAINT alerts_pk PRIMARY KEY (account_id, id)
      )`);
    await runner.query(
      `CREATE UNIQUE INDEX alerts_open ON alerts (account_id, kind, subject) WHERE resolved_at IS NULL`,
    );
    await runner.query(`CREATE INDEX alerts_subject ON alerts (account_id, subject, id)`);
    await runner.query(`
      INSERT INTO outbox_subscriptions (topic, consumer)
      VALUES ('providers.paused', 'alerts'), ('providers.resumed', 'alerts')`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DELETE FROM outbox_events WHERE consumer = 'alerts'`);
    await runner.query(`DELETE FROM outbox_subscriptions WHERE consumer = 'alerts'`);
    await runner.query(`DROP TABLE alerts`);
  }
}
