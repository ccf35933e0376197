import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The codes with which a provider refuses for a reason of its own, that another one need not share: what it refuses so goes on to the
 * next provider of its routes. None unless somebody names them.
 */
export class PassOnRefusals1764000002320 implements MigrationInterface {
  name = 'PassOnRefusals1764000002320';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE providers
        ADD COLUMN pass_on_codes text[] NOT NULL DEFAULT '{}'
          CONSTRAINT providers_pass_on_codes CHECK (cardinality(pass_on_codes) <= 50)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE providers DROP COLUMN pass_on_codes`);
  }
}
