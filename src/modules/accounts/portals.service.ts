import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import { Clock } from '../../kernel/clock.js';
import { DomainError } from '../../kernel/domain-error.js';
import { newId } from '../../kernel/ids.js';

export interface Portal {
  id: string;
  name: string;
  created_at: Date;
}

/** Third-party portals: each has accounts of its own and may act for them with its API keys. */
@Injectable()
export class PortalsService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async create(name: string): Promise<Portal> {
    const now = this.clock.now();
    const [row] = await this.database.query<Portal>(
      `INSERT INTO portals (id, name, created_at) VALUES ($1, $2, $3) RETURNING id, name, created_at`,
      [newId(now), name, now],
    );
    return row!;
  }

  /** Refuses: not_found `portal_not_found`. */
  async get(id: string): Promise<Portal> {
    const [row] = await this.database.query<Portal>(`SELECT id, name, created_at FROM portals WHERE id = $1`, [id]);
    return row ?? this.refuse();
  }

  /** Refuses: not_found `portal_not_found`. */
  async rename(id: string, name: string): Promise<Portal> {
    const [row] = await this.database.query<Portal>(
      `UPDATE portals SET name = $2 WHERE id = $1 RETURNING id, name, created_at`,
      [id, name],
    );
    return row ?? this.refuse();
  }

  /** Keyset by id, oldest first; one row more than `limit`. */
  list(after: string | null, limit: number): Promise<Portal[]> {
    return this.database.query<Portal>(
      `SELECT id, name, created_at FROM portals WHERE ($1::uuid IS NULL OR id > $1) ORDER BY id LIMIT $2`,
      [after, limit + 1],
    );
  }

  private refuse(): never {
    throw new DomainError('not_found', 'portal_not_found');
  }
}
