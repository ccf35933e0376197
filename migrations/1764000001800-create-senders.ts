import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The registry of sender names, and the kinds of traffic whose sender the platform fixes. Default senders that accounts have so far
 * were given by the operator: they become approved names for every country. The platform's standard name needs no row.
 */
export class CreateSenders1764000001800 implements MigrationInterface {
  name = 'CreateSenders1764000001800';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE senders (
        account_id    uuid        NOT NULL CONSTRAINT senders_account_fk REFERENCES accounts (id),
        id            uuid        NOT NULL,
        sender        text        NOT NULL CONSTRAINT senders_sender_length CHECK (length(sender) BETWEEN 1 AND 20),
        country       text        CONSTRAINT senders_country CHECK (country ~ '^[A-Z]{2}$'),
        status        text        NOT NULL CONSTRAINT senders_status
                                  CHECK (status IN ('requested', 'approved', 'refused', 'withdrawn', 'revoked')),
        purpose       text        CONSTRAINT senders_purpose_length CHECK (length(purpose) BETWEEN 1 AND 500),
        as_default    boolean     NOT NULL,
        reason        text        CONSTRAINT senders_reason_length CHECK (length(reason) BETWEEN 1 AND 500),
        requested_at  timestamptz NOT NULL,
        decided_at    timestamptz,
        ended_at      timestamptz,
        CONSTRAINT senders_pk PRIMARY KEY (account_id, id),
        CONSTRAINT senders_refusals_have_reasons CHECK (status NOT IN ('refused', 'revoked') OR reason IS NOT NULL),
        CONSTRAINT senders_decisions_have_times CHECK (status NOT IN ('approved', 'refused', 'revoked') OR decided_at IS NOT NULL),
        CONSTRAINT senders_ends_have_times CHECK ((ended_at IS NOT NULL) = (status IN ('withdrawn', 'revoked')))
      )`);
    await runner.query(`
      CREATE UNIQUE INDEX senders_one_active ON senders (account_id, sender, COALESCE(country, ''))
        WHERE status IN ('requested', 'approved')`);
    await runner.query(`CREATE INDEX senders_by_status ON senders (status, id)`);
    await runner.query(`
      CREATE TABLE fixed_senders (
        source      text        CONSTRAINT fixed_senders_pk PRIMARY KEY,
        sender      text        CONSTRAINT fixed_senders_sender_length CHECK (length(sender) BETWEEN 1 AND 20),
        updated_at  timestamptz NOT NULL
      )`);
    await runner.query(`INSERT INTO fixed_senders (source, sender, updated_at) VALUES ('missed_call', NULL, now())`);
    await runner.query(`
      INSERT INTO senders (account_id, id, sender, country, status, as_default, requested_at, decided_at)
      SELECT id, gen_random_uuid(), default_sender, NULL, 'approved', true, created_at, now()
        FROM accounts
       WHERE kind = 'customer'
         AND default_sender IS DISTINCT FROM (SELECT p.default_sender FROM accounts p WHERE p.kind = 'platform')`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE fixed_senders`);
    await runner.query(`DROP TABLE senders`);
  }
}
