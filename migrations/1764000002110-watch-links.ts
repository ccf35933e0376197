import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Providers whose links are all down although workers keep trying: since when, and whether other routes have taken over. How long
 * that takes is the provider's own; null: never.
 */
export class WatchLinks1764000002110 implements MigrationInterface {
  name = 'WatchLinks1764000002110';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE providers
        ADD COLUMN failover_seconds integer DEFAULT 60 CONSTRAINT providers_failover_seconds CHECK (failover_seconds BETWEEN 5 AND 86400)`);
    await runner.query(`
      CREATE TABLE provider_outages (
        provider_id  uuid        CONSTRAINT provider_outages_pk PRIMARY KEY CONSTRAINT provider_outages_provider_fk REFERENCES providers (id),
        since        timestamptz NOT NULL,
        failing_at   timestamptz
      )`);
    await runner.query(`
      INSERT INTO outbox_subscriptions (topic, consumer)
      VALUES ('providers.failing', 'alerts'), ('providers.recovered', 'alerts')`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DELETE FROM outbox_events WHERE topic IN ('providers.failing', 'providers.recovered')`);
    await runner.query(`DELETE FROM outbox_subscriptions WHERE topic IN ('providers.failing', 'providers.recovered')`);
    await runner.query(`DROP TABLE provider_outages`);
    await runner.query(`ALTER TABLE providers DROP COLUMN failover_seconds`);
  }
}
