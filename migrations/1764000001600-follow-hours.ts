import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What waits for an opening is looked at again when hours change; `not_before`: its sender did not want it earlier. */
export class FollowHours1764000001600 implements MigrationInterface {
  name = 'FollowHours1764000001600';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE message_queue ADD COLUMN not_before timestamptz`);
    await runner.query(`
      INSERT INTO outbox_subscriptions (topic, consumer)
      VALUES ('providers.hours_changed', 'dispatch'), ('accounts.hours_changed', 'dispatch')`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DELETE FROM outbox_events WHERE consumer = 'dispatch'`);
    await runner.query(`DELETE FROM outbox_subscriptions WHERE consumer = 'dispatch'`);
    await runner.query(`ALTER TABLE message_queue DROP COLUMN not_before`);
  }
}
