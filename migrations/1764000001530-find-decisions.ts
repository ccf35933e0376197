import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What was decided about one message, for its history; rows about anything else do not enter this index. */
export class FindDecisions1764000001530 implements MigrationInterface {
  name = 'FindDecisions1764000001530';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX account_audit_messages ON account_audit (account_id, subject) WHERE subject LIKE 'message:%'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX account_audit_messages`);
  }
}
