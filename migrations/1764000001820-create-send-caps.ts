import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Caps per account, country and day, and what was counted towards them. Codes have one from the start: fraud with one-time codes sends
 * thousands to dear countries within an hour, and nobody who registers that many people in a day will fail to notice.
 */
export class CreateSendCaps1764000001820 implements MigrationInterface {
  name = 'CreateSendCaps1764000001820';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE send_caps (
        id           uuid        CONSTRAINT send_caps_pk PRIMARY KEY,
        account_id   uuid        CONSTRAINT send_caps_account_fk REFERENCES accounts (id),
        traffic      text        NOT NULL CONSTRAINT send_caps_traffic CHECK (traffic IN ('codes', 'messages')),
        country      text        NOT NULL CONSTRAINT send_caps_country CHECK (country IN ('each', 'all') OR country ~ '^[A-Z]{2}$'),
        max_per_day  integer     NOT NULL CONSTRAINT send_caps_max CHECK (max_per_day >= 0),
        updated_at   timestamptz NOT NULL
      )`);
    await runner.query(`
      CREATE UNIQUE INDEX send_caps_one ON send_caps
        (COALESCE(account_id, '00000000-0000-0000-0000-000000000000'), traffic, country)`);
    await runner.query(`
      INSERT INTO send_caps (id, account_id, traffic, country, max_per_day, updated_at)
      VALUES (gen_random_uuid(), NULL, 'codes', 'each', 2000, now())`);
    await runner.query(`
      CREATE TABLE send_counts (
        account_id  uuid    NOT NULL,
        day         date    NOT NULL,
        traffic     text    NOT NULL,
        country     text    NOT NULL,
        sent        integer NOT NULL CONSTRAINT send_counts_sent CHECK (sent >= 0),
        CONSTRAINT send_counts_pk PRIMARY KEY (account_id, day, traffic, country)
      ) WITH (fillfactor = 50)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE send_counts`);
    await runner.query(`DROP TABLE send_caps`);
  }
}
