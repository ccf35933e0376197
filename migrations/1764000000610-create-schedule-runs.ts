import type { MigrationInterface, QueryRunner } from 'typeorm';

/** One row per occurrence of a schedule: the unique key is what makes replicas agree on who runs it. */
export class CreateScheduleRuns1764000000610 implements MigrationInterface {
  name = 'CreateScheduleRuns1764000000610';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE schedule_runs (
        schedule     text        NOT NULL,
        planned_for  timestamptz NOT NULL,
        started_at   timestamptz NOT NULL,
        finished_at  timestamptz,
        outcome      text        CONSTRAINT schedule_runs_outcome CHECK (outcome IN ('done', 'failed')),
        counts       jsonb       NOT NULL DEFAULT '{}',
        CONSTRAINT schedule_runs_pk PRIMARY KEY (schedule, planned_for),
        CONSTRAINT schedule_runs_finished CHECK ((finished_at IS NULL) = (outcome IS NULL))
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE schedule_runs`);
  }
}
