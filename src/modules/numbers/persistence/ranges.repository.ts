import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../../database/database.js';
import type { RefusedRow } from '../domain/file-rows.js';
import type { RegistryRow } from '../domain/registry.js';

export interface NumberRange {
  source: string;
  first: bigint;
  last: bigint;
  operator_code: string;
  name: string;
  region: string | null;
}

export interface NumberImport {
  id: string;
  source: string;
  imported_at: Date;
  rows: number;
  ranges: number;
  refused: number;
  refusals: RefusedRow[];
  new_operators: string[];
}

export interface RangeFilter {
  source: string | null;
  operatorCode: string | null;
}

/** Rows of one statement: short enough for any time limit. */
const BATCH = 5_000;
const IMPORT = `i.id, s.code AS source, i.imported_at, i.rows, i.ranges, i.refused, i.refusals, i.new_operators
  FROM number_imports i JOIN number_sources s ON s.number = i.source_no`;

/** Ranges by source, and the imports that wrote them. */
@Injectable()
export class RangesRepository {
  constructor(private readonly database: Database) {}

  list(filter: RangeFilter, after: readonly [string, string] | null, limit: number): Promise<NumberRange[]> {
    return this.database.query<NumberRange & Record<string, unknown>>(
      `SELECT s.code AS source, r.first_number AS first, r.last_number AS last, n.operator_code, n.name, r.region
         FROM number_sources s
         JOIN number_ranges r ON r.source_no = s.number
         JOIN operator_names n ON n.number = r.operator_name
        WHERE ($1::text IS NULL OR s.code = $1) AND ($2::text IS NULL OR n.operator_code = $2)
          AND ($3::text IS NULL OR s.code > $3 OR (s.code = $3 AND r.first_number > $4::bigint))
        ORDER BY s.code, r.first_number LIMIT $5`,
      [filter.source, filter.operatorCode, after?.[0] ?? null, after?.[1] ?? null, limit + 1],
    );
  }

  /** The range of a source that begins there. */
  async find(source: string, first: number): Promise<NumberRange | null> {
    const [row] = await this.database.query<NumberRange & Record<string, unknown>>(
      `SELECT s.code AS source, r.first_number AS first, r.last_number AS last, n.operator_code, n.name, r.region
         FROM number_sources s
         JOIN number_ranges r ON r.source_no = s.number
         JOIN operator_names n ON n.number = r.operator_name
        WHERE s.code = $1 AND r.first_number = $2`,
      [source, first],
    );
    return row ?? null;
  }

  /** The number of a source, its row locked: two imports of one source go one after the other. */
  async lockSource(tx: Tx, code: string): Promise<number> {
    const [row] = await tx.query<{ number: number }>(
      `INSERT INTO number_sources (code) VALUES ($1)
       ON CONFLICT ON CONSTRAINT number_sources_code DO UPDATE SET code = EXCLUDED.code RETURNING number`,
      [code],
    );
    return row!.number;
  }

  /** Puts ranges in the place of all that the source had. */
  async replace(
    tx: Tx,
    sourceNo: number,
    rows: readonly RegistryRow[],
    names: ReadonlyMap<string, number>,
  ): Promise<void> {
    await tx.query(`DELETE FROM number_ranges WHERE source_no = $1`, [sourceNo]);
    for (let from = 0; from < rows.length; from += BATCH) {
      const batch = rows.slice(from, from + BATCH);
      await tx.query(
        `INSERT INTO number_ranges (source_no, first_number, last_number, operator_name, region)
         SELECT $1, r.* FROM unnest($2::bigint[], $3::bigint[], $4::integer[], $5::text[]) AS r`,
        [
          sourceNo,
          batch.map(({ first }) => first),
          batch.map(({ last }) => last),
          batch.map(({ operator }) => names.get(operator)),
          batch.map(({ region }) => region),
        ],
      );
    }
  }

  async insertImport(tx: Tx, sourceNo: number, one: NumberImport): Promise<void> {
    await tx.query(
      `INSERT INTO number_imports (id, source_no, imported_at, rows, ranges, refused, refusals, new_operators)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [
        one.id,
        sourceNo,
        one.imported_at,
        one.rows,
        one.ranges,
        one.refused,
        JSON.stringify(one.refusals),
        one.new_operators,
      ],
    );
  }

  listImports(after: string | null, limit: number): Promise<NumberImport[]> {
    return this.database.query<NumberImport & Record<string, unknown>>(
      `SELECT ${IMPORT} WHERE ($1::uuid IS NULL OR i.id < $1) ORDER BY i.id DESC LIMIT $2`,
      [after, limit + 1],
    );
  }

  async findImport(id: string): Promise<NumberImport | null> {
    const [row] = await this.database.query<NumberImport & Record<string, unknown>>(
      `SELECT ${IMPORT} WHERE i.id = $1`,
      [id],
    );
    return row ?? null;
  }
}
