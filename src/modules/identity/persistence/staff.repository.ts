import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../../database/database.js';
import type { StaffRole } from '../domain/permissions.js';

export interface StaffRow {
  id: string;
  login: string;
  password_hash: string;
  name: string;
  email: string | null;
  role: StaffRole;
  status: 'active' | 'disabled';
  version: number;
  created_at: Date;
  updated_at: Date;
  last_sign_in_at: Date | null;
}

const COLUMNS = `id, login, password_hash, name, email, role, status, version, created_at, updated_at, last_sign_in_at`;

type On = Pick<Tx, 'query'>;

@Injectable()
export class StaffRepository {
  constructor(private readonly database: Database) {}

  /** Undefined when the login is taken, in whatever case. */
  async insert(
    tx: Tx,
    staff: Pick<StaffRow, 'id' | 'login' | 'password_hash' | 'name' | 'email' | 'role'>,
    now: Date,
  ): Promise<StaffRow | undefined> {
    const [row] = await tx.query<StaffRow>(
      `INSERT INTO staff (id, login, password_hash, name, email, role, status, created_at, updated_at)
       VALUES ($1, $2, $3, $4, $5, $6, 'active', $7, $7) ON CONFLICT (lower(login)) DO NOTHING RETURNING ${COLUMNS}`,
      [staff.id, staff.login, staff.password_hash, staff.name, staff.email, staff.role, now],
    );
    return row;
  }

  async findByLogin(login: string): Promise<StaffRow | undefined> {
    const [row] = await this.database.query<StaffRow>(`SELECT ${COLUMNS} FROM staff WHERE lower(login) = lower($1)`, [
      login,
    ]);
    return row;
  }

  async find(id: string, on: On = this.database): Promise<StaffRow | undefined> {
    const [row] = await on.query<StaffRow>(`SELECT ${COLUMNS} FROM staff WHERE id = $1`, [id]);
    return row;
  }

  list(after: string | null, limit: number): Promise<StaffRow[]> {
    return this.database.query<StaffRow>(
      `SELECT ${COLUMNS} FROM staff WHERE ($1::uuid IS NULL OR id > $1) ORDER BY id LIMIT $2`,
      [after, limit + 1],
    );
  }

  /** Locks the active administrators, so that two changes cannot remove the last one together. */
  async lockAdmins(tx: Tx): Promise<string[]> {
    const rows = await tx.query<{ id: string }>(
      `SELECT id FROM staff WHERE role = 'admin' AND status = 'active' ORDER BY id FOR UPDATE`,
    );
    return rows.map(({ id }) => id);
  }

  async update(
    tx: Tx,
    key: { id: string; version: number | null },
    change: Partial<Pick<StaffRow, 'name' | 'email' | 'role' | 'status' | 'password_hash'>>,
    now: Date,
  ): Promise<StaffRow | undefined> {
    const columns = Object.keys(change) as (keyof typeof change)[];
    const sets = columns.map((column, index) => `${column} = $${index + 4}`);
    const [row] = await tx.query<StaffRow>(
      `UPDATE staff SET ${[...sets, 'version = version + 1', 'updated_at = $3'].join(', ')}
       WHERE id = $1 AND ($2::int IS NULL OR version = $2) RETURNING ${COLUMNS}`,
      [key.id, key.version, now, ...columns.map((column) => change[column])],
    );
    return row;
  }

  async noteSignIn(tx: Tx, id: string, now: Date): Promise<void> {
    await tx.query(`UPDATE staff SET last_sign_in_at = $2 WHERE id = $1`, [id, now]);
  }

  async any(): Promise<boolean> {
    const rows = await this.database.query(`SELECT 1 FROM staff LIMIT 1`);
    return rows.length > 0;
  }
}
