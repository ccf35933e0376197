import type { Database } from '../../../database/database.js';
import { cursorInstant, cursorText, decodeCursor, type Page, toPage } from '../../../database/page.js';
import type { Micros } from '../../../kernel/money.js';
import type { EntryKind } from '../domain/movement.js';
import { LIST_TRANSACTIONS, LIST_TRANSACTIONS_OF_KINDS } from './sql/list-transactions.js';

/** One entry as its wallet felt it. */
export interface Transaction {
  id: string;
  /** Place in the wallet's history, from 1, without gaps. */
  seq: bigint;
  kind: EntryKind;
  subjectKind: string;
  subjectId: string;
  /** How many messages the entry is the sum of. */
  itemCount: number;
  details: { reason?: string };
  createdAt: Date;
  availableChange: Micros;
  availableAfter: Micros;
  heldChange: Micros;
  heldAfter: Micros;
}

export interface StatementQuery {
  accountId: string;
  walletId: string;
  /** Half-open period: from included, to excluded. */
  from?: Date;
  to?: Date;
  /** Empty: all kinds. */
  kinds: readonly EntryKind[];
  limit: number;
  cursor?: string;
}

const SINCE_EVER = '-infinity';
const FOR_EVER = 'infinity';
/** A bigint. */
const SEQ = cursorText(/^\d{1,18}$/);

/** A page of a wallet's statement, newest first. The cursor is time and sequence number of the last row. */
export async function listTransactions(database: Database, query: StatementQuery): Promise<Page<Transaction>> {
  const { accountId, walletId, from, to, kinds, limit, cursor } = query;
  const [time, seq] = decodeCursor(cursor, cursorInstant, SEQ) ?? [to?.toISOString() ?? FOR_EVER, '0'];
  const values = [accountId, walletId, from?.toISOString() ?? SINCE_EVER, time, seq, limit + 1];
  const rows = await (kinds.length > 0
    ? database.query<Transaction>(LIST_TRANSACTIONS_OF_KINDS, [...values, kinds])
    : database.query<Transaction>(LIST_TRANSACTIONS, values));
  return toPage(
    rows,
    limit,
    (row) => [row.createdAt.toISOString(), String(row.seq)],
    (row) => row,
  );
}
