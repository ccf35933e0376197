import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../database/database.js';
import { cursorText, decodeCursor, type Page, toPage } from '../../database/page.js';
import { Clock } from '../../kernel/clock.js';
import { DomainError } from '../../kernel/domain-error.js';
import { ADD_OPT_OUTS, REMOVE_OPT_OUTS } from './persistence/sql/change-opt-outs.js';
import { FIND_OPT_OUTS } from './persistence/sql/find-opt-outs.js';

export type OptOutSource = 'portal' | 'recipient' | 'provider' | 'import';

export interface OptOut {
  digits: string;
  source: OptOutSource;
  note: string | null;
  createdAt: Date;
}

/** One number of one account. */
export interface AccountNumber {
  accountId: string;
  digits: string;
}

interface OptOutRow {
  digits: string;
  source: OptOutSource;
  note: string | null;
  created_at: Date;
}

/** As the column holds them. */
const DIGITS = /^[1-9][0-9]{5,14}$/;
const MAX_NOTE = 500;

/** Who may not be written to. */
@Injectable()
export class ContactsService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Those of the numbers that opted out of the account's messages. */
  async optedOut(on: Tx | Database, accountId: string, digits: readonly string[]): Promise<Set<string>> {
    const found = await this.optedOutOf(
      on,
      digits.map((number) => ({ accountId, digits: number })),
    );
    return found.get(accountId) ?? new Set();
  }

  /** The same for numbers of several accounts, in one read. Accounts without a hit are absent. */
  async optedOutOf(on: Tx | Database, numbers: readonly AccountNumber[]): Promise<Map<string, Set<string>>> {
    const found = new Map<string, Set<string>>();
    if (numbers.length === 0) return found;
    const rows = await on.query<{ account_id: string; digits: string }>(FIND_OPT_OUTS, [
      numbers.map(({ accountId }) => accountId),
      numbers.map(({ digits }) => digits),
    ]);
    for (const { account_id: accountId, digits } of rows) {
      const set = found.get(accountId);
      if (set) set.add(digits);
      else found.set(accountId, new Set([digits]));
    }
    return found;
  }

  /** From now on the account's messages to this number are blocked. Again: changes the note alone. */
  async optOut(
    tx: Tx,
    { accountId, digits, source, note }: AccountNumber & { source: OptOutSource; note?: string },
  ): Promise<OptOut> {
    const [row] = await tx.query<OptOutRow>(
      `INSERT INTO opt_outs (account_id, digits, source, note, created_at) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (account_id, digits) DO UPDATE SET note = COALESCE(EXCLUDED.note, opt_outs.note)
       RETURNING digits, source, note, created_at`,
      [accountId, digits, source, note ?? null, this.clock.now()],
    );
    return toOptOut(row!);
  }

  /**
   * The same for several numbers, because the recipients or their operators said so; what is no telephone number is passed over. In
   * the order of their keys, and the last thing that the transaction locks.
   */
  async optOutAll(
    tx: Tx,
    numbers: readonly (AccountNumber & { note: string })[],
    source: Exclude<OptOutSource, 'portal'>,
    now: Date,
  ): Promise<void> {
    const unique = [...new Map(numbers.map((one) => [`${one.accountId} ${one.digits}`, one])).entries()]
      .filter(([, { digits }]) => DIGITS.test(digits))
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([, number]) => number);
    if (unique.length === 0) return;
    await tx.query(ADD_OPT_OUTS, [
      unique.map(({ accountId }) => accountId),
      unique.map(({ digits }) => digits),
      unique.map(({ note }) => note.slice(0, MAX_NOTE)),
      source,
      now,
    ]);
  }

  /** The person wants messages again: whoever entered the opt-out, it is the person's to lift. */
  async optInAll(tx: Tx, numbers: readonly AccountNumber[]): Promise<void> {
    if (numbers.length === 0) return;
    await tx.query(REMOVE_OPT_OUTS, [numbers.map(({ accountId }) => accountId), numbers.map(({ digits }) => digits)]);
  }

  /** Messages may be sent again. Refuses what is not there: not_found `opt_out_not_found`. */
  async optIn(accountId: string, digits: string): Promise<void> {
    const rows = await this.database.query(
      `DELETE FROM opt_outs WHERE account_id = $1 AND digits = $2 RETURNING digits`,
      [accountId, digits],
    );
    if (rows.length === 0) throw new DomainError('not_found', 'opt_out_not_found');
  }

  /** In order of the numbers; `prefix` narrows it to numbers that begin so. */
  async list(
    accountId: string,
    { limit, cursor, prefix = '' }: { limit: number; cursor?: string; prefix?: string },
  ): Promise<Page<OptOut>> {
    const [after] = decodeCursor(cursor, cursorText(/^\d{1,15}$/)) ?? [''];
    const rows = await this.database.query<OptOutRow>(
      `SELECT digits, source, note, created_at FROM opt_outs
       WHERE account_id = $1 AND digits > $2 AND starts_with(digits, $3) ORDER BY digits LIMIT $4`,
      [accountId, after, prefix, limit + 1],
    );
    return toPage(rows, limit, (row) => [row.digits], toOptOut);
  }
}

function toOptOut(row: OptOutRow): OptOut {
  return { digits: row.digits, source: row.source, note: row.note, createdAt: row.created_at };
}
