import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Messages of a number are found by number, account and id, in this order. With the account in front, the index was on paper as good
 * as the key for one message, whenever a month had not been analysed yet: of equals the planner takes the youngest, and read all that
 * the account had sent, either for each message or for each number whose messages are counted. Now it is no use for the key, and
 * younger than the key wherever both would do.
 */
export class PutRecipientsFirst1764000002310 implements MigrationInterface {
  name = 'PutRecipientsFirst1764000002310';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX messages_recipient`);
    await runner.query(`CREATE INDEX messages_recipient ON messages (recipient, account_id, id)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX messages_recipient`);
    await runner.query(`CREATE INDEX messages_recipient ON messages (account_id, recipient, id)`);
  }
}
