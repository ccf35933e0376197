import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../../database/database.js';
import { NumberBook, type PortedNumbers, type SourceRanges } from '../domain/number-book.js';

/** Rows of one statement: what the driver makes of them is gone before the next. */
const SLICE = 20_000;
const MAX_OPERATORS = 65_536;

/** Everything as it was at one version. */
export interface ReadBook {
  version: bigint;
  book: NumberBook;
}

/** Reads the book of numbers, in slices and as of one instant, so that no half of an import is ever in it. */
@Injectable()
export class BookReader {
  constructor(private readonly database: Database) {}

  async version(on: Database | Tx = this.database): Promise<bigint> {
    const [row] = await on.query<{ version: bigint }>({
      name: 'numbers.read-version',
      text: 'SELECT version FROM numbering WHERE one',
    });
    return row!.version;
  }

  /** In the transaction of a change, last: whoever changes something else waits for the commit. */
  async nextVersion(tx: Tx): Promise<void> {
    await tx.query('UPDATE numbering SET version = version + 1 WHERE one');
  }

  read(): Promise<ReadBook> {
    return this.database.transaction(async (tx) => {
      await tx.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY');
      const version = await this.version(tx);
      const operators = (await tx.query<{ code: string }>('SELECT code FROM operators ORDER BY code')).map(
        ({ code }) => code,
      );
      if (operators.length > MAX_OPERATORS) throw new Error(`more than ${MAX_OPERATORS} operators`);
      const indexOf = new Map(operators.map((code, index) => [code, index]));
      const sources: SourceRanges[] = [];
      for (const { number, code } of await tx.query<{ number: number; code: string }>(
        'SELECT number, code FROM number_sources ORDER BY code',
      ))
        sources.push(await readSource(tx, number, code, indexOf));
      const ported = await readPorted(tx, indexOf);
      return { version, book: new NumberBook({ operators, sources, ported }) };
    });
  }
}

interface RangeSlice extends Record<string, unknown> {
  first: number;
  last: number;
  operator: string;
}

async function readSource(
  tx: Tx,
  sourceNo: number,
  source: string,
  indexOf: ReadonlyMap<string, number>,
): Promise<SourceRanges> {
  const [first, last, operator]: [number[], number[], number[]] = [[], [], []];
  for (let rows: RangeSlice[] | undefined; !rows || rows.length === SLICE;) {
    rows = await tx.query<RangeSlice>(
      `SELECT r.first_number::float8 AS first, r.last_number::float8 AS last, n.operator_code AS operator
         FROM number_ranges r JOIN operator_names n ON n.number = r.operator_name
        WHERE r.source_no = $1 AND r.first_number > $2 ORDER BY r.first_number LIMIT $3`,
      [sourceNo, first.at(-1) ?? 0, SLICE],
    );
    for (const row of rows) {
      first.push(row.first);
      last.push(row.last);
      operator.push(indexOf.get(row.operator)!);
    }
  }
  return {
    source,
    first: Float64Array.from(first),
    last: Float64Array.from(last),
    operator: Uint16Array.from(operator),
  };
}

async function readPorted(tx: Tx, indexOf: ReadonlyMap<string, number>): Promise<PortedNumbers> {
  const [number, operator]: [number[], number[]] = [[], []];
  for (let rows: { number: number; operator: string }[] | undefined; !rows || rows.length === SLICE;) {
    rows = await tx.query<{ number: number; operator: string }>(
      `SELECT number::float8 AS number, operator_code AS operator FROM ported_numbers
        WHERE number > $1 ORDER BY number LIMIT $2`,
      [number.at(-1) ?? 0, SLICE],
    );
    for (const row of rows) {
      number.push(row.number);
      operator.push(indexOf.get(row.operator)!);
    }
  }
  return { number: Float64Array.from(number), operator: Uint16Array.from(operator) };
}
