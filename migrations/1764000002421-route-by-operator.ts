import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A route may be for the numbers of one operator. Null: of any. */
export class RouteByOperator1764000002421 implements MigrationInterface {
  name = 'RouteByOperator1764000002421';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE routes
        ADD COLUMN operator_code text CONSTRAINT routes_operator_fk REFERENCES operators (code)`);
    await runner.query(`DROP INDEX routes_unique`);
    await runner.query(`
      CREATE UNIQUE INDEX routes_unique
        ON routes (prefix, COALESCE(operator_code, ''), COALESCE(lane, ''), tier, provider_id)`);
    await runner.query(`CREATE INDEX routes_operator ON routes (operator_code) WHERE operator_code IS NOT NULL`);
  }

  async down(runner: QueryRunner): Promise<void> {
    // Who does not know operators would send all numbers there.
    await runner.query(`DELETE FROM routes WHERE operator_code IS NOT NULL`);
    await runner.query(`DROP INDEX routes_operator`);
    await runner.query(`DROP INDEX routes_unique`);
    await runner.query(`ALTER TABLE routes DROP COLUMN operator_code`);
    await runner.query(`CREATE UNIQUE INDEX routes_unique ON routes (prefix, COALESCE(lane, ''), tier, provider_id)`);
  }
}
