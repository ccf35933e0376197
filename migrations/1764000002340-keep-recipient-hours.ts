import type { MigrationInterface, QueryRunner } from 'typeorm';

/** When an account's messages may reach their recipients, by the clock of each. Null: whenever the other hours allow. */
export class KeepRecipientHours1764000002340 implements MigrationInterface {
  name = 'KeepRecipientHours1764000002340';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE accounts
        ADD COLUMN recipient_hours jsonb CONSTRAINT accounts_recipient_hours CHECK (jsonb_typeof(recipient_hours) = 'object')`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE accounts DROP COLUMN recipient_hours`);
  }
}
