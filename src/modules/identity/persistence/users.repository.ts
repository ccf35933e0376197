import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../../database/database.js';
import type { Locale } from '../../../kernel/locale.js';
import { loginKey } from '../domain/logins.js';
import type { Role } from '../domain/permissions.js';

export type UserStatus = 'pending' | 'active' | 'disabled';

export interface UserRow {
  account_id: string;
  id: string;
  login: string;
  password_hash: string | null;
  name: string | null;
  email: string;
  phone: string | null;
  locale: Locale;
  role: Role;
  permissions: string[] | null;
  status: UserStatus;
  invitation_expires_at: Date | null;
  version: number;
  created_at: Date;
  updated_at: Date;
  last_sign_in_at: Date | null;
}

export interface NewUser {
  accountId: string;
  id: string;
  login: string;
  passwordHash: string | null;
  name: string | null;
  email: string;
  phone: string | null;
  locale: Locale;
  role: Role;
  permissions: readonly string[] | null;
  status: UserStatus;
  invitation: { hash: Buffer; expiresAt: Date } | null;
}

const COLUMNS = `u.account_id, u.id, u.login, u.password_hash, u.name, u.email, u.phone, u.locale, u.role, u.permissions, u.status,
  u.invitation_expires_at, u.version, u.created_at, u.updated_at, u.last_sign_in_at`;

type On = Pick<Tx, 'query'>;

@Injectable()
export class UsersRepository {
  constructor(private readonly database: Database) {}

  /** Adds a user and claims the login for it; false when the login is somebody's already (then nothing may be kept). */
  async insert(tx: Tx, user: NewUser, now: Date): Promise<boolean> {
    await tx.query(
      `INSERT INTO users (account_id, id, login, password_hash, name, email, phone, locale, role, permissions, status,
                          invitation_hash, invitation_expires_at, created_at, updated_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14)`,
      [
        user.accountId,
        user.id,
        user.login,
        user.passwordHash,
        user.name,
        user.email,
        user.phone,
        user.locale,
        user.role,
        user.permissions,
        user.status,
        user.invitation?.hash ?? null,
        user.invitation?.expiresAt ?? null,
        now,
      ],
    );
    const [claimed] = await tx.query(
      `INSERT INTO logins (login_key, account_id, user_id) VALUES ($1, $2, $3) ON CONFLICT (login_key) DO NOTHING RETURNING login_key`,
      [loginKey(user.login), user.accountId, user.id],
    );
    return claimed !== undefined;
  }

  async findByLogin(login: string): Promise<(UserRow & { account_status: string }) | undefined> {
    const [row] = await this.database.query<UserRow & { account_status: string }>(
      `SELECT ${COLUMNS}, a.status AS account_status
       FROM logins AS l
       JOIN users AS u ON u.account_id = l.account_id AND u.id = l.user_id
       JOIN accounts AS a ON a.id = u.account_id
       WHERE l.login_key = $1`,
      [loginKey(login)],
    );
    return row;
  }

  async find(accountId: string, id: string, on: On = this.database): Promise<UserRow | undefined> {
    const [row] = await on.query<UserRow>(`SELECT ${COLUMNS} FROM users AS u WHERE u.account_id = $1 AND u.id = $2`, [
      accountId,
      id,
    ]);
    return row;
  }

  /** Keyset by id, oldest first; one row more than `limit`. */
  list(accountId: string, after: string | null, limit: number): Promise<UserRow[]> {
    return this.database.query<UserRow>(
      `SELECT ${COLUMNS} FROM users AS u
       WHERE u.account_id = $1 AND ($2::uuid IS NULL OR u.id > $2) ORDER BY u.id LIMIT $3`,
      [accountId, after, limit + 1],
    );
  }

  /** Locks the active owners of an account, so that two changes cannot remove the last one together. */
  async lockOwners(tx: Tx, accountId: string): Promise<string[]> {
    const rows = await tx.query<{ id: string }>(
      `SELECT id FROM users WHERE account_id = $1 AND role = 'owner' AND status = 'active' ORDER BY id FOR UPDATE`,
      [accountId],
    );
    return rows.map(({ id }) => id);
  }

  /** Writes what is given, if the version is still `version` (null: whatever it is). Undefined when no row changed. */
  async update(
    tx: Tx,
    key: { accountId: string; id: string; version: number | null },
    change: Partial<Pick<UserRow, 'name' | 'email' | 'locale' | 'role' | 'permissions' | 'status' | 'password_hash'>>,
    now: Date,
  ): Promise<UserRow | undefined> {
    const columns = Object.keys(change) as (keyof typeof change)[];
    const sets = columns.map((column, index) => `${column} = $${index + 5}`);
    const [row] = await tx.query<UserRow>(
      `UPDATE users AS u SET ${[...sets, 'version = u.version + 1', 'updated_at = $4'].join(', ')}
       WHERE u.account_id = $1 AND u.id = $2 AND ($3::int IS NULL OR u.version = $3) RETURNING ${COLUMNS}`,
      [key.accountId, key.id, key.version, now, ...columns.map((column) => change[column])],
    );
    return row;
  }

  /** Turns an invitation into an active user; once. Undefined when it is unknown, used or too old. */
  async accept(tx: Tx, invitationHash: Buffer, passwordHash: string, now: Date): Promise<UserRow | undefined> {
    const [row] = await tx.query<UserRow>(
      `UPDATE users AS u SET password_hash = $2, status = 'active', invitation_hash = NULL, invitation_expires_at = NULL,
                             version = u.version + 1, updated_at = $3
       WHERE u.invitation_hash = $1 AND u.invitation_expires_at > $3 AND u.status = 'pending' RETURNING ${COLUMNS}`,
      [invitationHash, passwordHash, now],
    );
    return row;
  }

  async noteSignIn(tx: Tx, accountId: string, id: string, now: Date): Promise<void> {
    await tx.query(`UPDATE users SET last_sign_in_at = $3 WHERE account_id = $1 AND id = $2`, [accountId, id, now]);
  }
}
