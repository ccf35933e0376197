import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A provider that the system paused is looked at again at `probe_at`; `probes`: how often that was done lately. */
export class ProbePausedProviders1764000001900 implements MigrationInterface {
  name = 'ProbePausedProviders1764000001900';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE providers ADD COLUMN probe_at timestamptz, ADD COLUMN probes smallint NOT NULL DEFAULT 0`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE providers DROP COLUMN probe_at, DROP COLUMN probes`);
  }
}
