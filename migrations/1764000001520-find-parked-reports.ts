import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Reports that matched nothing so far, found among those that merely wait their turn. Only parking a report writes to it. */
export class FindParkedReports1764000001520 implements MigrationInterface {
  name = 'FindParkedReports1764000001520';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE INDEX report_inbox_parked ON report_inbox (id) WHERE tries > 0`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX report_inbox_parked`);
  }
}
