import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Uploads that are not finished are few, however many lists there are. */
export class FindAbandonedUploads1764000001200 implements MigrationInterface {
  name = 'FindAbandonedUploads1764000001200';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE INDEX recipient_lists_receiving ON recipient_lists (created_at) WHERE state = 'receiving'`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX recipient_lists_receiving`);
  }
}
