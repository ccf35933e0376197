import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Answers that are kept for a repeated call are bytes to be sent again. Nobody reads into them, so they are not parsed; and compressing the
 * answer to a thousand recipients, which is forgotten in a day or two, costs more than all else that stores it.
 */
export class KeepAnswersAsText1764000002430 implements MigrationInterface {
  name = 'KeepAnswersAsText1764000002430';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE idempotency_keys ALTER COLUMN response TYPE text`);
    await runner.query(`ALTER TABLE idempotency_keys ALTER COLUMN response SET STORAGE EXTERNAL`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE idempotency_keys ALTER COLUMN response SET STORAGE EXTENDED`);
    await runner.query(`ALTER TABLE idempotency_keys ALTER COLUMN response TYPE json USING response::json`);
  }
}
