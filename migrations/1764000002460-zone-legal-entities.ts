import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The zone whose months and days a seller's documents follow. Sellers of countries without an obvious one get UTC. */
export class ZoneLegalEntities1764000002460 implements MigrationInterface {
  name = 'ZoneLegalEntities1764000002460';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE legal_entities
        ADD COLUMN time_zone text CONSTRAINT legal_entities_time_zone_length CHECK (length(time_zone) BETWEEN 3 AND 64)`);
    await runner.query(`
      UPDATE legal_entities SET time_zone = COALESCE(z.time_zone, 'UTC')
      FROM legal_entities e
      LEFT JOIN (VALUES ('RU', 'Europe/Moscow'), ('PL', 'Europe/Warsaw'), ('GR', 'Europe/Athens'), ('DE', 'Europe/Berlin'),
                        ('CY', 'Asia/Nicosia')) AS z (country, time_zone) ON z.country = e.country
      WHERE e.id = legal_entities.id`);
    await runner.query(`ALTER TABLE legal_entities ALTER COLUMN time_zone SET NOT NULL`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE legal_entities DROP COLUMN time_zone`);
  }
}
