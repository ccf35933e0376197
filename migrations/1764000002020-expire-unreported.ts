import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Messages whose report never comes end. No index says which those are, because it would be written with every send: attempts are
 * gone through by the hour in which they began, each hour once, as far as the row of `report_sweep` says; what is still open and not
 * overdue then, which is little, gets a row with its own deadline.
 */
export class ExpireUnreported1764000002020 implements MigrationInterface {
  name = 'ExpireUnreported1764000002020';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE providers
        ADD COLUMN report_grace_hours smallint NOT NULL DEFAULT 72
          CONSTRAINT providers_report_grace CHECK (report_grace_hours BETWEEN 1 AND 168)`);
    await runner.query(`
      CREATE TABLE report_sweep (
        id             smallint    CONSTRAINT report_sweep_pk PRIMARY KEY DEFAULT 1 CONSTRAINT report_sweep_is_one CHECK (id = 1),
        hour           timestamptz,
        after_account  uuid        NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',
        after_attempt  uuid        NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000'
      )`);
    await runner.query(`INSERT INTO report_sweep DEFAULT VALUES`);
    await runner.query(`
      CREATE TABLE report_deadlines (
        account_id   uuid        NOT NULL,
        message_id   uuid        NOT NULL,
        provider_id  uuid        NOT NULL,
        look_at      timestamptz NOT NULL,
        CONSTRAINT report_deadlines_pk PRIMARY KEY (account_id, message_id)
      )`);
    await runner.query(`CREATE INDEX report_deadlines_due ON report_deadlines (look_at)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE report_deadlines`);
    await runner.query(`DROP TABLE report_sweep`);
    await runner.query(`ALTER TABLE providers DROP COLUMN report_grace_hours`);
  }
}
