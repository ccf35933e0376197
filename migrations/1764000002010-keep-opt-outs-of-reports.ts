import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A report that says "the recipient does not want this" keeps saying so until it is applied. */
export class KeepOptOutsOfReports1764000002010 implements MigrationInterface {
  name = 'KeepOptOutsOfReports1764000002010';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE report_inbox ADD COLUMN opted_out boolean NOT NULL DEFAULT false`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE report_inbox DROP COLUMN opted_out`);
  }
}
