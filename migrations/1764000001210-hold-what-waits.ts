import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What may still be sent is held, nothing else: neither unpaid, nor charged already. */
export class HoldWhatWaits1764000001210 implements MigrationInterface {
  name = 'HoldWhatWaits1764000001210';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE messages ADD CONSTRAINT messages_waiting_is_held CHECK
        (state NOT IN ('scheduled', 'queued', 'submitting') OR charge_state = 'held')`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE messages DROP CONSTRAINT messages_waiting_is_held`);
  }
}
