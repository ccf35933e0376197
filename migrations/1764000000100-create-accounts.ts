import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Accounts are the tenants: every tenant table leads with `account_id`. The platform itself is one account, so that what
 * it sends (codes, alerts) is priced and paid like everybody else's.
 */
export class CreateAccounts1764000000100 implements MigrationInterface {
  name = 'CreateAccounts1764000000100';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE portals (
        id          uuid        CONSTRAINT portals_pk PRIMARY KEY,
        name        text        NOT NULL CONSTRAINT portals_name_length CHECK (length(name) BETWEEN 1 AND 200),
        created_at  timestamptz NOT NULL
      )`);
    await runner.query(`
      CREATE TABLE accounts (
        id                    uuid        CONSTRAINT accounts_pk PRIMARY KEY,
        portal_id             uuid        CONSTRAINT accounts_portal_fk REFERENCES portals (id),
        kind                  text        NOT NULL CONSTRAINT accounts_kind CHECK (kind IN ('customer', 'platform')),
        status                text        NOT NULL DEFAULT 'active'
                                          CONSTRAINT accounts_status CHECK (status IN ('active', 'suspended', 'closed')),
        name                  text        NOT NULL CONSTRAINT accounts_name_length CHECK (length(name) BETWEEN 1 AND 200),
        external_id           text        CONSTRAINT accounts_external_id_length CHECK (length(external_id) BETWEEN 1 AND 255),
        country               char(2)     NOT NULL CONSTRAINT accounts_country CHECK (country ~ '^[A-Z]{2}$'),
        currency              char(3)     NOT NULL CONSTRAINT accounts_currency CHECK (currency IN ('RUB', 'EUR', 'PLN', 'USD', 'CRD')),
        locale                text        NOT NULL DEFAULT 'en' CONSTRAINT accounts_locale CHECK (locale IN ('en', 'ru', 'pl', 'el')),
        time_zone             text        NOT NULL,
        default_sender        text        NOT NULL CONSTRAINT accounts_default_sender_length CHECK (length(default_sender) BETWEEN 1 AND 20),
        sending_window        jsonb,
        email                 text        CONSTRAINT accounts_email_length CHECK (length(email) BETWEEN 3 AND 254),
        phone                 text        CONSTRAINT accounts_phone CHECK (phone ~ '^[1-9][0-9]{6,14}$'),
        address               text        CONSTRAINT accounts_address_length CHECK (length(address) BETWEEN 1 AND 500),
        status_reason         text        CONSTRAINT accounts_status_reason_length CHECK (length(status_reason) BETWEEN 1 AND 500),
        version               integer     NOT NULL DEFAULT 1,
        created_at            timestamptz NOT NULL,
        updated_at            timestamptz NOT NULL
      )`);
    await runner.query(`CREATE UNIQUE INDEX accounts_one_platform ON accounts (kind) WHERE kind = 'platform'`);
    await runner.query(
      `CREATE UNIQUE INDEX accounts_portal_external_id ON accounts (portal_id, external_id) WHERE external_id IS NOT NULL`,
    );
    await runner.query(`CREATE INDEX accounts_portal ON accounts (portal_id, id)`);
    await runner.query(`
      CREATE TABLE account_audit (
        account_id  uuid        NOT NULL CONSTRAINT account_audit_account_fk REFERENCES accounts (id),
        id          uuid        NOT NULL,
        at          timestamptz NOT NULL,
        actor_kind  text        NOT NULL CONSTRAINT account_audit_actor_kind CHECK (actor_kind IN ('user', 'api_key', 'staff', 'system')),
        actor_id    uuid,
        action      text        NOT NULL,
        subject     text        NOT NULL,
        details     jsonb       NOT NULL DEFAULT '{}',
        CONSTRAINT account_audit_pk PRIMARY KEY (account_id, id)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE account_audit`);
    await runner.query(`DROP TABLE accounts`);
    await runner.query(`DROP TABLE portals`);
  }
}
