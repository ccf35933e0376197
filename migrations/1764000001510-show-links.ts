import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What only the worker that holds a bind knows of it; written with the heartbeat that renews its lease, for people to read. */
export class ShowLinks1764000001510 implements MigrationInterface {
  name = 'ShowLinks1764000001510';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE bind_leases
        ADD COLUMN worker         text,
        ADD COLUMN in_flight      integer,
        ADD COLUMN window_size    integer,
        ADD COLUMN retry_at       timestamptz,
        ADD COLUMN last_error_at  timestamptz`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE bind_leases
        DROP COLUMN worker, DROP COLUMN in_flight, DROP COLUMN window_size, DROP COLUMN retry_at, DROP COLUMN last_error_at`);
  }
}
