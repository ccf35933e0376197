import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Messages that wait for funds have a small table of their own, beside the queue: dispatch never looks at them, and what looks for them
 * reads no history. Accounts choose whether theirs wait.
 */
export class WaitForFunds1764000001810 implements MigrationInterface {
  name = 'WaitForFunds1764000001810';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE accounts ADD COLUMN on_insufficient_funds text NOT NULL DEFAULT 'partial'
        CONSTRAINT accounts_on_insufficient_funds CHECK (on_insufficient_funds IN ('partial', 'wait'))`);
    await runner.query(`
      CREATE TABLE message_waits (
        account_id   uuid        NOT NULL,
        message_id   uuid        NOT NULL,
        currency     char(3)     NOT NULL,
        provider_id  uuid        NOT NULL,
        lane         smallint    NOT NULL CONSTRAINT message_waits_lane CHECK (lane BETWEEN 0 AND 2),
        group_id     uuid        NOT NULL,
        due_at       timestamptz NOT NULL,
        not_before   timestamptz,
        valid_until  timestamptz NOT NULL,
        CONSTRAINT message_waits_pk PRIMARY KEY (account_id, message_id)
      )`);
    await runner.query(`CREATE INDEX message_waits_order ON message_waits (account_id, currency, message_id)`);
    await runner.query(`CREATE INDEX message_waits_group ON message_waits (account_id, group_id, message_id)`);
    await runner.query(`CREATE INDEX message_waits_validity ON message_waits (valid_until)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE message_waits`);
    await runner.query(`ALTER TABLE accounts DROP COLUMN on_insufficient_funds`);
  }
}
