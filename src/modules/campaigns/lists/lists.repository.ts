import type { Database, Statement, Tx } from '../../../database/database.js';

export interface ListRow {
  account_id: string;
  id: string;
  name: string;
  state: 'receiving' | 'ready' | 'failed';
  columns: string[];
  phone_column: string | null;
  consent_column: string | null;
  ok_rows: number;
  invalid_rows: number;
  duplicate_rows: number;
  no_consent_rows: number;
  error: { code: string; line?: number } | null;
  created_at: Date;
  finished_at: Date | null;
}

export type RowStatus = 'ok' | 'invalid_number' | 'duplicate' | 'no_consent';

export interface NewRow {
  rowNo: number;
  input: string;
  digits: string | null;
  country: string | null;
  /** JSON text. */
  variables: string;
  status: RowStatus;
}

export interface StoredRow {
  row_no: number;
  input: string;
  digits: string | null;
  country: string | null;
  variables: Record<string, string>;
  status: RowStatus;
}

const INSERT_ROWS: Statement = {
  name: 'campaigns.insert-list-rows',
  text: `
    INSERT INTO recipient_list_rows (account_id, list_id, row_no, input, digits, country, variables, status)
    SELECT $1, $2, n, i, d, c, v, s
    FROM unnest($3::integer[], $4::text[], $5::text[], $6::text[], $7::jsonb[], $8::text[]) WITH ORDINALITY AS t(n, i, d, c, v, s, ord)
    ORDER BY ord
    ON CONFLICT (account_id, list_id, digits) WHERE status = 'ok' DO NOTHING
    RETURNING row_no`,
};

/**
 * Writes rows; of several with one number the first is kept as `ok`, the others become `duplicate`. The unique index decides, so
 * that no memory is needed for the numbers of a million rows.
 */
export async function insertRows(
  tx: Tx,
  accountId: string,
  listId: string,
  rows: readonly NewRow[],
): Promise<NewRow[]> {
  const written = new Set((await insert(tx, accountId, listId, rows)).map(({ row_no }) => row_no));
  const duplicates = rows
    .filter(({ rowNo }) => !written.has(rowNo))
    .map((row): NewRow => ({ ...row, status: 'duplicate' }));
  if (duplicates.length > 0) await insert(tx, accountId, listId, duplicates);
  return [...rows.filter(({ rowNo }) => written.has(rowNo)), ...duplicates];
}

function insert(tx: Tx, accountId: string, listId: string, rows: readonly NewRow[]): Promise<{ row_no: number }[]> {
  return tx.query<{ row_no: number }>(INSERT_ROWS, [
    accountId,
    listId,
    rows.map(({ rowNo }) => rowNo),
    rows.map(({ input }) => input),
    rows.map(({ digits }) => digits),
    rows.map(({ country }) => country),
    rows.map(({ variables }) => variables),
    rows.map(({ status }) => status),
  ]);
}

export async function findList(on: Tx | Database, accountId: string, id: string): Promise<ListRow | undefined> {
  const [row] = await on.query<ListRow & Record<string, unknown>>(
    `SELECT * FROM recipient_lists WHERE account_id = $1 AND id = $2`,
    [accountId, id],
  );
  return row;
}

export function listLists(on: Database, accountId: string, after: string | null, limit: number): Promise<ListRow[]> {
  return on.query<ListRow & Record<string, unknown>>(
    `SELECT * FROM recipient_lists WHERE account_id = $1 AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3`,
    [accountId, after, limit],
  );
}

/** Rows after one, in file order; `status` null: all. */
export function pageOfRows(
  on: Tx | Database,
  accountId: string,
  listId: string,
  after: number,
  status: RowStatus | null,
  limit: number,
): Promise<StoredRow[]> {
  return on.query<StoredRow & Record<string, unknown>>(
    `SELECT row_no, input, digits, country, variables, status FROM recipient_list_rows
     WHERE account_id = $1 AND list_id = $2 AND row_no > $3 AND ($4::text IS NULL OR status = $4) ORDER BY row_no LIMIT $5`,
    [accountId, listId, after, status, limit],
  );
}
