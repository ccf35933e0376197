import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../../database/database.js';
import type { Lane } from '../domain/route-book.js';

export interface RouteRow {
  id: string;
  prefix: string;
  operator_code: string | null;
  lane: Lane | null;
  tier: number;
  weight: number;
  provider_id: string;
  enabled: boolean;
  version: number;
  created_at: Date;
}

const COLUMNS = 'id, prefix, operator_code, lane, tier, weight, provider_id, enabled, version, created_at';

@Injectable()
export class RoutesRepository {
  constructor(private readonly database: Database) {}

  list(
    filter: { providerId?: string; prefix?: string; operatorCode?: string },
    after: string | null,
    limit: number,
  ): Promise<RouteRow[]> {
    return this.database.query(
      `SELECT ${COLUMNS} FROM routes
       WHERE ($1::uuid IS NULL OR id > $1) AND ($2::uuid IS NULL OR provider_id = $2)
         AND ($3::text IS NULL OR starts_with(prefix, $3)) AND ($4::text IS NULL OR operator_code = $4)
       ORDER BY id LIMIT $5`,
      [after, filter.providerId ?? null, filter.prefix ?? null, filter.operatorCode ?? null, limit + 1],
    );
  }

  async insert(tx: Tx, row: RouteRow): Promise<void> {
    await tx.query(
      `INSERT INTO routes (id, prefix, operator_code, lane, tier, weight, provider_id, enabled, created_at, updated_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)`,
      [
        row.id,
        row.prefix,
        row.operator_code,
        row.lane,
        row.tier,
        row.weight,
        row.provider_id,
        row.enabled,
        row.created_at,
      ],
    );
  }

  /** Locks the row until the transaction ends. */
  async lock(tx: Tx, id: string): Promise<RouteRow | null> {
    const [row] = await tx.query<RouteRow>(`SELECT ${COLUMNS} FROM routes WHERE id = $1 FOR UPDATE`, [id]);
    return row ?? null;
  }

  async update(tx: Tx, { id, tier, weight, enabled }: RouteRow, now: Date): Promise<RouteRow> {
    const [row] = await tx.query<RouteRow>(
      `UPDATE routes SET tier = $2, weight = $3, enabled = $4, updated_at = $5, version = version + 1 WHERE id = $1
       RETURNING ${COLUMNS}`,
      [id, tier, weight, enabled, now],
    );
    return row!;
  }

  async delete(tx: Tx, id: string): Promise<RouteRow | null> {
    const [row] = await tx.query<RouteRow>(`DELETE FROM routes WHERE id = $1 RETURNING ${COLUMNS}`, [id]);
    return row ?? null;
  }
}
