import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../../database/database.js';
import { TEMPLATE_COLUMNS, type TemplateRow } from './template-row.js';

/** What a caller may set; columns as they are in the table. */
export type TemplateChange = Partial<
  Pick<TemplateRow, 'name' | 'body' | 'spelling' | 'alphabet_policy' | 'allowed_variables' | 'samples' | 'archived_at'>
>;

export type NewTemplate = Omit<TemplateRow, 'version' | 'archived_at' | 'created_at' | 'updated_at'>;

export interface TemplateFilter {
  /** Null: archived ones as well. */
  archived: boolean | null;
  /** Part of the name, whatever the case. */
  search: string | null;
}

type On = Pick<Tx, 'query'>;

@Injectable()
export class TemplatesRepository {
  constructor(private readonly database: Database) {}

  async find(accountId: string, id: string, on: On = this.database): Promise<TemplateRow | undefined> {
    const [row] = await on.query<TemplateRow>(
      `SELECT ${TEMPLATE_COLUMNS} FROM templates WHERE account_id = $1 AND id = $2`,
      [accountId, id],
    );
    return row;
  }

  /** Newest first; one row more than `limit`. */
  list(accountId: string, filter: TemplateFilter, before: string | null, limit: number): Promise<TemplateRow[]> {
    return this.database.query<TemplateRow>(
      `SELECT ${TEMPLATE_COLUMNS} FROM templates
       WHERE account_id = $1 AND ($2::uuid IS NULL OR id < $2)
         AND ($3::boolean IS NULL OR (archived_at IS NOT NULL) = $3)
         AND ($4::text IS NULL OR position(lower($4) IN lower(name)) > 0)
       ORDER BY id DESC LIMIT $5`,
      [accountId, before, filter.archived, filter.search, limit + 1],
    );
  }

  async insert(tx: Tx, template: NewTemplate, now: Date): Promise<TemplateRow> {
    const { account_id, id, name, body, spelling, alphabet_policy, allowed_variables, samples } = template;
    const [row] = await tx.query<TemplateRow>(
      `INSERT INTO templates (account_id, id, name, body, spelling, alphabet_policy, allowed_variables, samples,
                              created_at, updated_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9) RETURNING ${TEMPLATE_COLUMNS}`,
      [account_id, id, name, body, spelling, alphabet_policy, allowed_variables, JSON.stringify(samples), now],
    );
    return row!;
  }

  /** Writes what is given, if the version is still `version`. Undefined when no row changed. */
  async update(
    tx: Tx,
    key: { accountId: string; id: string; version: number },
    change: TemplateChange,
    now: Date,
  ): Promise<TemplateRow | undefined> {
    const columns = Object.keys(change) as (keyof TemplateChange)[];
    const sets = columns.map((column, index) => `${column} = $${index + 5}`);
    const values = columns.map((column) => (column === 'samples' ? JSON.stringify(change.samples) : change[column]));
    const [row] = await tx.query<TemplateRow>(
      `UPDATE templates SET ${[...sets, 'version = version + 1', 'updated_at = $4'].join(', ')}
       WHERE account_id = $1 AND id = $2 AND version = $3 RETURNING ${TEMPLATE_COLUMNS}`,
      [key.accountId, key.id, key.version, now, ...values],
    );
    return row;
  }
}
