import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../../database/database.js';
import { codeOf, foldName, type Operator } from '../domain/operator.js';

const COLUMNS = 'code, name, country, mcc, mnc, version';
/** Names of one operator that are shown. */
const SHOWN_NAMES = 200;

/** Operators, and the names by which registries call them. */
@Injectable()
export class OperatorsRepository {
  constructor(private readonly database: Database) {}

  list(country: string | null, after: string | null, limit: number): Promise<Operator[]> {
    return this.database.query<Operator & Record<string, unknown>>(
      `SELECT ${COLUMNS} FROM operators
        WHERE ($1::text IS NULL OR code > $1) AND ($2::text IS NULL OR country = $2) ORDER BY code LIMIT $3`,
      [after, country, limit + 1],
    );
  }

  async find(code: string, on: Database | Tx = this.database): Promise<Operator | null> {
    const [row] = await on.query<Operator & Record<string, unknown>>(
      `SELECT ${COLUMNS} FROM operators WHERE code = $1`,
      [code],
    );
    return row ?? null;
  }

  /** Locks the row until the transaction ends. */
  async lock(tx: Tx, code: string): Promise<Operator | null> {
    const [row] = await tx.query<Operator & Record<string, unknown>>(
      `SELECT ${COLUMNS} FROM operators WHERE code = $1 FOR UPDATE`,
      [code],
    );
    return row ?? null;
  }

  async codes(on: Database | Tx = this.database): Promise<string[]> {
    return (await on.query<{ code: string }>(`SELECT code FROM operators ORDER BY code`)).map(({ code }) => code);
  }

  async namesOf(code: string): Promise<string[]> {
    const rows = await this.database.query<{ name: string }>(
      `SELECT name FROM operator_names WHERE operator_code = $1 ORDER BY name LIMIT $2`,
      [code, SHOWN_NAMES],
    );
    return rows.map(({ name }) => name);
  }

  async insert(tx: Tx, { code, name, country, mcc, mnc }: Operator, now: Date): Promise<void> {
    await tx.query(
      `INSERT INTO operators (code, name, country, mcc, mnc, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $6)`,
      [code, name, country, mcc, mnc, now],
    );
  }

  async update(tx: Tx, { code, name, mcc, mnc }: Operator, now: Date): Promise<Operator> {
    const [row] = await tx.query<Operator & Record<string, unknown>>(
      `UPDATE operators SET name = $2, mcc = $3, mnc = $4, updated_at = $5, version = version + 1 WHERE code = $1
       RETURNING ${COLUMNS}`,
      [code, name, mcc, mnc, now],
    );
    return row!;
  }

  /** With its names. Fails on a foreign key while anything else names it. */
  async delete(tx: Tx, code: string): Promise<void> {
    await tx.query(`DELETE FROM operator_names WHERE operator_code = $1`, [code]);
    await tx.query(`DELETE FROM operators WHERE code = $1`, [code]);
  }

  /**
   * From now on a name, in its country, is this operator's, with all ranges under it. Answers whose it was: null when it is new. `yield`
   * leaves it where it is.
   */
  async giveName(tx: Tx, { code, country }: Operator, name: string, taken: 'take' | 'yield'): Promise<string | null> {
    const key = [country, foldName(name)];
    const [before] = await tx.query<{ operator_code: string }>(
      `SELECT operator_code FROM operator_names WHERE country = $1 AND folded = $2 FOR UPDATE`,
      key,
    );
    await tx.query(
      `INSERT INTO operator_names (country, folded, name, operator_code) VALUES ($1, $2, $3, $4)
       ON CONFLICT ON CONSTRAINT operator_names_once
       DO ${taken === 'take' ? 'UPDATE SET operator_code = EXCLUDED.operator_code' : 'NOTHING'}`,
      [...key, name, code],
    );
    return before?.operator_code ?? null;
  }

  /** The numbers of names, by name as it is written here. Whom nobody knows gets an operator of its own. */
  async numbersOfNames(
    tx: Tx,
    country: string,
    names: readonly string[],
    now: Date,
  ): Promise<{ numbers: Map<string, number>; newOperators: string[] }> {
    const byKey = new Map(names.map((name) => [foldName(name), name]));
    const known = await this.knownNames(tx, country, [...byKey.keys()]);
    const missing = [...byKey].filter(([folded]) => !known.has(folded)).map(([, name]) => name);
    const newOperators = await this.insertAll(tx, country, missing, now);
    for (const [folded, number] of await this.knownNames(tx, country, missing.map(foldName))) known.set(folded, number);
    return { numbers: new Map(names.map((name) => [name, known.get(foldName(name))!])), newOperators };
  }

  private async knownNames(tx: Tx, country: string, folded: readonly string[]): Promise<Map<string, number>> {
    const rows = await tx.query<{ folded: string; number: number }>(
      `SELECT folded, number FROM operator_names WHERE country = $1 AND folded = ANY($2::text[])`,
      [country, folded],
    );
    return new Map(rows.map(({ folded: key, number }) => [key, number]));
  }

  private async insertAll(tx: Tx, country: string, names: readonly string[], now: Date): Promise<string[]> {
    if (names.length === 0) return [];
    const taken = new Set(await this.codes(tx));
    const codes = names.map((name) => codeOf(country, name, taken));
    await tx.query(
      `INSERT INTO operators (code, name, country, created_at, updated_at)
       SELECT code, name, $3, $4, $4 FROM unnest($1::text[], $2::text[]) AS o (code, name)`,
      [codes, names, country, now],
    );
    await tx.query(
      `INSERT INTO operator_names (country, folded, name, operator_code)
       SELECT $4, folded, name, code FROM unnest($1::text[], $2::text[], $3::text[]) AS n (folded, name, code)`,
      [names.map(foldName), names, codes, country],
    );
    return codes;
  }
}
