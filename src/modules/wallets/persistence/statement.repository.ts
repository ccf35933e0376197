import type { Database } from '../../../database/database.js';
import { cursorInstant, cursorText, decodeCursor, type Page, toPage } from '../../../database/page.js';
import type { Micros } from '../../../kernel/money.js';
import type { EntryKind } from '../domain/movement.js';
import {
  compareGroups,
  isPlain,
  type ServiceCode,
  serviceOf,
  slicesOf,
  sourceOf,
  type StatementFilter,
} from '../domain/statement.js';
import { LIST_BOUGHT_SERVICES, LIST_TRANSACTIONS, LIST_TRANSACTIONS_OF_SLICES } from './sql/list-transactions.js';

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
  details: { reason?: string; service?: string };
  createdAt: Date;
  availableChange: Micros;
  availableAfter: Micros;
  heldChange: Micros;
  heldAfter: Micros;
}

export interface StatementQuery extends StatementFilter {
  accountId: string;
  walletId: string;
  /** What the wallet pays for by itself. */
  walletService: string;
  /** Half-open period: from included, to excluded. */
  from?: Date;
  to?: Date;
  limit: number;
  cursor?: string;
}

/** A place in a wallet's history: strictly after or before a time and a sequence number, which is never 0. */
type Place = readonly [time: string, seq: string];
type Between = readonly [after: Place, before: Place];

/** A bigint. */
const SEQ = cursorText(/^\d{1,18}$/);
const GROUP = cursorText(/^[a-z0-9_]{0,32}$/);

/** A page of a wallet's statement. The cursor is group, time and sequence number of the last row. */
export async function listTransactions(database: Database, query: StatementQuery): Promise<Page<Transaction>> {
  const cursor = decodeCursor(query.cursor, GROUP, cursorInstant, SEQ);
  const place: Place | null = cursor && [cursor[1], cursor[2]];
  const rows = isPlain(query)
    ? await database.query<Transaction>(LIST_TRANSACTIONS[directionOf(query)], [
        ...commonValues(query),
        ...between(query, place).flat(),
      ])
    : await listSlices(database, query, cursor?.[0] ?? null, place);
  return toPage(
    rows,
    query.limit,
    (row) => [groupOf(row, query), row.createdAt.toISOString(), String(row.seq)],
    (row) => row,
  );
}

async function listSlices(
  database: Database,
  query: StatementQuery,
  group: string | null,
  place: Place | null,
): Promise<Transaction[]> {
  const bought = query.sort === 'service' ? await boughtServices(database, query) : [];
  const slices = slicesOf(query, query.walletService, bought).flatMap((slice) => {
    const order = group === null ? 1 : compareGroups(query.sort, slice.group, group);
    return order < 0 ? [] : [{ slice, range: between(query, order === 0 ? place : null) }];
  });
  const groups = [...new Set(slices.map(({ slice }) => slice.group))];
  return database.query<Transaction>(LIST_TRANSACTIONS_OF_SLICES[directionOf(query)], [
    ...commonValues(query),
    slices.map(({ slice }) => groups.indexOf(slice.group)),
    slices.map(({ slice }) => slice.kind),
    slices.map(({ slice }) => slice.bought),
    ...[0, 1].flatMap((end) => [0, 1].map((part) => slices.map(({ range }) => range[end]![part]!))),
  ]);
}

async function boughtServices(database: Database, { accountId, walletId }: StatementQuery): Promise<string[]> {
  const rows = await database.query<{ code: string }>(LIST_BOUGHT_SERVICES, [accountId, walletId]);
  return rows.map(({ code }) => code);
}

const directionOf = ({ sort }: StatementQuery) => (sort === 'at' ? 'ASC' : 'DESC');

const commonValues = ({ accountId, walletId, limit }: StatementQuery) => [accountId, walletId, limit + 1];

/** The period, or what is left of it behind a row that was shown. */
function between({ from, to, sort }: StatementQuery, shown: Place | null): Between {
  const after: Place = [from?.toISOString() ?? '-infinity', '0'];
  const before: Place = [to?.toISOString() ?? 'infinity', '0'];
  if (!shown) return [after, before];
  return sort === 'at' ? [shown, before] : [after, shown];
}

function groupOf(row: Transaction, { sort, walletService }: StatementQuery): string {
  if (sort === 'source') return sourceOf(row.kind);
  return sort === 'service' ? (serviceOfRow(row, walletService) ?? '') : '';
}

/** Which service an entry is for. */
export function serviceOfRow({ kind, details }: Transaction, walletService: string): ServiceCode {
  return serviceOf(kind, details.service, walletService);
}
