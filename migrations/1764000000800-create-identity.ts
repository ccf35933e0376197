import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Who may do what: users of accounts, the operator's staff, sessions with rotating refresh tokens, API keys, verification
 * codes, and the counters behind every cap. Only `users` is a tenant table; the others are found by something else than an
 * account (a login, a token's hash) and stay small.
 */
export class CreateIdentity1764000000800 implements MigrationInterface {
  name = 'CreateIdentity1764000000800';

  async up(runner: QueryRunner): Promise<void> {
    await createUsers(runner);
    await createStaff(runner);
    await createSessions(runner);
    await createApiKeys(runner);
    await createVerification(runner);
  }

  async down(runner: QueryRunner): Promise<void> {
    const tables = [
      'attempt_counters',
      'registrations',
      'verification_codes',
      'api_keys',
      'refresh_tokens',
      'sessions',
      'staff',
      'logins',
      'users',
    ];
    for (const table of tables) await runner.query(`DROP TABLE ${table}`);
  }
}

async function createUsers(runner: QueryRunner): Promise<void> {
  await runner.query(`
    CREATE TABLE users (
      account_id             uuid        NOT NULL CONSTRAINT users_account_fk REFERENCES accounts (id),
      id                     uuid        NOT NULL,
      login                  text        NOT NULL CONSTRAINT users_login_length CHECK (length(login) BETWEEN 3 AND 100),
      password_hash          text,
      name                   text        CONSTRAINT users_name_length CHECK (length(name) BETWEEN 1 AND 200),
      email                  text        NOT NULL CONSTRAINT users_email_length CHECK (length(email) BETWEEN 3 AND 254),
      phone                  text        CONSTRAINT users_phone CHECK (phone ~ '^[1-9][0-9]{6,14}$'),
      locale                 text        NOT NULL CONSTRAINT users_locale CHECK (locale IN ('en', 'ru', 'pl', 'el')),
      role                   text        NOT NULL CONSTRAINT users_role CHECK (role IN ('owner', 'manager', 'viewer')),
      permissions            text[],
      status                 text        NOT NULL CONSTRAINT users_status CHECK (status IN ('pending', 'active', 'disabled')),
      invitation_hash        bytea,
      invitation_expires_at  timestamptz,
      version                integer     NOT NULL DEFAULT 1,
      created_at             timestamptz NOT NULL,
      updated_at             timestamptz NOT NULL,
      last_sign_in_at        timestamptz,
      CONSTRAINT users_pk PRIMARY KEY (account_id, id),
      CONSTRAINT users_active_has_password CHECK (status <> 'active' OR password_hash IS NOT NULL),
      CONSTRAINT users_invitation CHECK ((invitation_hash IS NULL) = (invitation_expires_at IS NULL)),
      CONSTRAINT users_owner_has_all CHECK (role <> 'owner' OR permissions IS NULL)
    )`);
  await runner.query(`CREATE INDEX users_invitation_hash ON users (invitation_hash) WHERE invitation_hash IS NOT NULL`);
  await runner.query(`
    CREATE TABLE logins (
      login_key   text CONSTRAINT logins_pk PRIMARY KEY CONSTRAINT logins_key_is_lower CHECK (login_key = lower(login_key)),
      account_id  uuid NOT NULL,
      user_id     uuid NOT NULL,
      CONSTRAINT logins_user UNIQUE (account_id, user_id),
      CONSTRAINT logins_user_fk FOREIGN KEY (account_id, user_id) REFERENCES users (account_id, id)
    )`);
}

async function createStaff(runner: QueryRunner): Promise<void> {
  await runner.query(`
    CREATE TABLE staff (
      id               uuid        CONSTRAINT staff_pk PRIMARY KEY,
      login            text        NOT NULL CONSTRAINT staff_login_length CHECK (length(login) BETWEEN 3 AND 100),
      password_hash    text        NOT NULL,
      name             text        NOT NULL CONSTRAINT staff_name_length CHECK (length(name) BETWEEN 1 AND 200),
      email            text        CONSTRAINT staff_email_length CHECK (length(email) BETWEEN 3 AND 254),
      role             text        NOT NULL CONSTRAINT staff_role CHECK (role IN ('admin', 'operations', 'finance', 'support')),
      status           text        NOT NULL CONSTRAINT staff_status CHECK (status IN ('active', 'disabled')),
      version          integer     NOT NULL DEFAULT 1,
      created_at       timestamptz NOT NULL,
      updated_at       timestamptz NOT NULL,
      last_sign_in_at  timestamptz
    )`);
  await runner.query(`CREATE UNIQUE INDEX staff_login_key ON staff (lower(login))`);
}

async function createSessions(runner: QueryRunner): Promise<void> {
  await runner.query(`
    CREATE TABLE sessions (
      id              uuid        CONSTRAINT sessions_pk PRIMARY KEY,
      subject_kind    text        NOT NULL CONSTRAINT sessions_subject_kind CHECK (subject_kind IN ('user', 'staff')),
      subject_id      uuid        NOT NULL,
      account_id      uuid,
      created_at      timestamptz NOT NULL,
      expires_at      timestamptz NOT NULL,
      revoked_at      timestamptz,
      revoked_reason  text        CONSTRAINT sessions_revoked_reason
                                  CHECK (revoked_reason IN ('logout', 'logout_all', 'token_reuse', 'password_changed', 'disabled')),
      CONSTRAINT sessions_account CHECK ((subject_kind = 'user') = (account_id IS NOT NULL)),
      CONSTRAINT sessions_revoked CHECK ((revoked_at IS NULL) = (revoked_reason IS NULL)),
      CONSTRAINT sessions_user_fk FOREIGN KEY (account_id, subject_id) REFERENCES users (account_id, id)
    )`);
  await runner.query(`CREATE INDEX sessions_open ON sessions (subject_id) WHERE revoked_at IS NULL`);
  await runner.query(`CREATE INDEX sessions_expiry ON sessions (expires_at)`);
  await runner.query(`
    CREATE TABLE refresh_tokens (
      token_hash  bytea       CONSTRAINT refresh_tokens_pk PRIMARY KEY,
      session_id  uuid        NOT NULL CONSTRAINT refresh_tokens_session_fk REFERENCES sessions (id) ON DELETE CASCADE,
      created_at  timestamptz NOT NULL,
      expires_at  timestamptz NOT NULL,
      used_at     timestamptz
    )`);
  await runner.query(`CREATE INDEX refresh_tokens_session ON refresh_tokens (session_id)`);
}

async function createApiKeys(runner: QueryRunner): Promise<void> {
  await runner.query(`
    CREATE TABLE api_keys (
      id                 uuid        CONSTRAINT api_keys_pk PRIMARY KEY,
      account_id         uuid        CONSTRAINT api_keys_account_fk REFERENCES accounts (id),
      portal_id          uuid        CONSTRAINT api_keys_portal_fk REFERENCES portals (id),
      name               text        NOT NULL CONSTRAINT api_keys_name_length CHECK (length(name) BETWEEN 1 AND 100),
      mode               text        NOT NULL CONSTRAINT api_keys_mode CHECK (mode IN ('live', 'sandbox')),
      prefix             text        NOT NULL,
      key_hash           bytea       NOT NULL CONSTRAINT api_keys_hash UNIQUE,
      scopes             text[]      NOT NULL CONSTRAINT api_keys_scopes CHECK (cardinality(scopes) > 0),
      allowed_addresses  text[]      NOT NULL DEFAULT '{}',
      created_by_kind    text        NOT NULL CONSTRAINT api_keys_created_by_kind CHECK (created_by_kind IN ('user', 'api_key', 'staff', 'system')),
      created_by_id      uuid,
      created_at         timestamptz NOT NULL,
      expires_at         timestamptz,
      last_used_at       timestamptz,
      revoked_at         timestamptz,
      CONSTRAINT api_keys_one_owner CHECK (num_nonnulls(account_id, portal_id) = 1)
    )`);
  await runner.query(`CREATE INDEX api_keys_account ON api_keys (account_id, id) WHERE account_id IS NOT NULL`);
  await runner.query(`CREATE INDEX api_keys_portal ON api_keys (portal_id, id) WHERE portal_id IS NOT NULL`);
}

async function createVerification(runner: QueryRunner): Promise<void> {
  await runner.query(`
    CREATE TABLE verification_codes (
      id             uuid        CONSTRAINT verification_codes_pk PRIMARY KEY,
      purpose        text        NOT NULL CONSTRAINT verification_codes_purpose CHECK (purpose IN ('registration', 'password_reset')),
      subject_id     uuid        NOT NULL,
      phone          text        NOT NULL CONSTRAINT verification_codes_phone CHECK (phone ~ '^[1-9][0-9]{6,14}$'),
      code_hash      bytea       NOT NULL,
      attempts       smallint    NOT NULL DEFAULT 0,
      created_at     timestamptz NOT NULL,
      expires_at     timestamptz NOT NULL,
      used_at        timestamptz
    )`);
  await runner.query(`CREATE INDEX verification_codes_subject ON verification_codes (subject_id, id)`);
  await runner.query(`CREATE INDEX verification_codes_expiry ON verification_codes (expires_at)`);
  await runner.query(`
    CREATE TABLE registrations (
      id             uuid        CONSTRAINT registrations_pk PRIMARY KEY,
      login          text        NOT NULL CONSTRAINT registrations_login_length CHECK (length(login) BETWEEN 3 AND 100),
      password_hash  text,
      name           text,
      email          text        NOT NULL CONSTRAINT registrations_email_length CHECK (length(email) BETWEEN 3 AND 254),
      phone          text        NOT NULL CONSTRAINT registrations_phone CHECK (phone ~ '^[1-9][0-9]{6,14}$'),
      organisation   text        NOT NULL,
      address        text,
      country        char(2)     NOT NULL,
      currency       char(3)     NOT NULL,
      locale         text        NOT NULL,
      time_zone      text        NOT NULL,
      created_at     timestamptz NOT NULL,
      expires_at     timestamptz NOT NULL,
      completed_at   timestamptz,
      account_id     uuid        CONSTRAINT registrations_account_fk REFERENCES accounts (id),
      user_id        uuid,
      CONSTRAINT registrations_completed
        CHECK ((completed_at IS NULL) = (account_id IS NULL) AND (completed_at IS NULL) = (user_id IS NULL)),
      CONSTRAINT registrations_password CHECK ((completed_at IS NULL) = (password_hash IS NOT NULL))
    )`);
  await runner.query(`CREATE INDEX registrations_expiry ON registrations (expires_at)`);
  await runner.query(`
    CREATE TABLE attempt_counters (
      bucket        text        NOT NULL,
      window_start  timestamptz NOT NULL,
      window_end    timestamptz NOT NULL,
      count         integer     NOT NULL,
      cap           integer     NOT NULL,
      CONSTRAINT attempt_counters_pk PRIMARY KEY (bucket, window_start),
      CONSTRAINT attempt_counters_count CHECK (count >= 0)
    ) WITH (fillfactor = 70)`);
  await runner.query(`CREATE INDEX attempt_counters_end ON attempt_counters (window_end)`);
}
