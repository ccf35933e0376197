import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../../database/database.js';

export interface PortedNumber {
  number: bigint;
  operator_code: string;
  updated_at: Date;
}

/** Numbers that are another operator's than their range says. */
@Injectable()
export class PortedRepository {
  constructor(private readonly database: Database) {}

  list(operatorCode: string | null, after: string | null, limit: number): Promise<PortedNumber[]> {
    return this.database.query<PortedNumber & Record<string, unknown>>(
      `SELECT number, operator_code, updated_at FROM ported_numbers
        WHERE ($1::bigint IS NULL OR number > $1) AND ($2::text IS NULL OR operator_code = $2) ORDER BY number LIMIT $3`,
      [after, operatorCode, limit + 1],
    );
  }

  /** Each number once. */
  async put(tx: Tx, numbers: readonly string[], operators: readonly string[], now: Date): Promise<void> {
    await tx.query(
      `INSERT INTO ported_numbers (number, operator_code, updated_at)
       SELECT number, operator_code, $3 FROM unnest($1::bigint[], $2::text[]) AS p (number, operator_code)
       ON CONFLICT ON CONSTRAINT ported_numbers_pk
       DO UPDATE SET operator_code = EXCLUDED.operator_code, updated_at = EXCLUDED.updated_at`,
      [numbers, operators, now],
    );
  }

  /** Whether it was there. */
  async delete(tx: Tx, number: string): Promise<boolean> {
    const rows = await tx.query(`DELETE FROM ported_numbers WHERE number = $1 RETURNING number`, [number]);
    return rows.length === 1;
  }
}
