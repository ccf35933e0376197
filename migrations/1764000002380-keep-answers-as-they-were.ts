import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Answers that are kept for a repeated call are only given out again: as `json` they stay what they were, letter by letter, and cost half
 * of what taking them apart did.
 */
export class KeepAnswersAsTheyWere1764000002380 implements MigrationInterface {
  name = 'KeepAnswersAsTheyWere1764000002380';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE idempotency_keys ALTER COLUMN response TYPE json`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE idempotency_keys ALTER COLUMN response TYPE jsonb`);
  }
}
