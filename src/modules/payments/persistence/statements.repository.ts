import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../../database/database.js';
import { expectFew } from '../../../database/expect-few.js';
import { storable } from '../../../database/storable-text.js';
import type { StatementFormat, StatementLine } from '../domain/statements/statement.js';

export type StatementState = 'reading' | 'applying' | 'applied';
export const LINE_OUTCOMES = ['credited', 'known', 'waiting', 'ignored'] as const;
export type LineOutcome = (typeof LINE_OUTCOMES)[number];
export type OutcomeCounts = Record<LineOutcome, number>;

export interface StatementRow extends OutcomeCounts {
  id: string;
  state: StatementState;
  format: StatementFormat | null;
  sha256: Buffer | null;
  accounts: { account: string; currency: string; seller: string }[];
  lines: number;
  applied_through: number;
  uploaded_by: string | null;
  created_at: Date;
  applied_at: Date | null;
}

/** What a file says of one movement, and what became of it. */
export interface LineRow {
  statement_id: string;
  line_no: number;
  /** Line of the file, or entry. */
  place: number;
  legal_entity_id: string;
  currency: string;
  direction: 'in' | 'out';
  reversal: boolean;
  amount_micros: bigint;
  booked_on: string;
  party_name: string | null;
  party_tax_number: string | null;
  party_account: string | null;
  purpose: string;
  reference: string;
  remark: StatementLine['remark'];
  outcome: LineOutcome | null;
  reason: string | null;
  transfer_id: string | null;
}

export interface AppliedLine {
  lineNo: number;
  outcome: LineOutcome;
  reason: string | null;
  transferId: string | null;
}

/** A line that was read, of a seller, under the reference that tells it from its equals. */
export interface ReadLine {
  line: StatementLine;
  legalEntityId: string;
  reference: string;
}

const COLUMNS = `s.id, s.state, s.format, s.sha256, s.accounts, s.lines, s.applied_through, s.credited, s.known, s.waiting, s.ignored, s.uploaded_by,
  s.created_at, s.applied_at`;

export const LINE_COLUMNS = `l.statement_id, l.line_no, l.place, l.legal_entity_id, l.currency, l.direction, l.reversal, l.amount_micros,
  to_char(l.booked_on, 'YYYY-MM-DD') AS booked_on, l.party_name, l.party_tax_number, l.party_account, l.purpose, l.reference, l.remark, l.outcome,
  l.reason, l.transfer_id`;

const MAX_NAME = 300;
const MAX_PURPOSE = 1_000;
const MAX_CODE = 64;

/** Files of banks and their lines. */
@Injectable()
export class StatementsRepository {
  constructor(private readonly database: Database) {}

  async begin(id: string, uploadedBy: string | null, now: Date): Promise<void> {
    await this.database.query(
      `INSERT INTO bank_statements (id, state, uploaded_by, created_at, touched_at) VALUES ($1, 'reading', $2, $3, $3)`,
      [id, uploadedBy, now],
    );
  }

  /** Lines from number `from` on. Nobody acts on them before the file is accepted. */
  async insertLines(id: string, from: number, lines: readonly ReadLine[]): Promise<void> {
    await this.database.query(
      `INSERT INTO bank_statement_lines (statement_id, line_no, place, legal_entity_id, currency, direction, reversal, amount_micros, booked_on,
                                         party_name, party_tax_number, party_account, purpose, reference, remark)
       SELECT $1, $2 + l.n - 1, l.place, l.entity, l.currency, l.direction, l.reversal, l.amount, l.booked_on,
              l.name, l.tax_number, l.account, l.purpose, l.reference, l.remark
       FROM unnest($3::integer[], $4::uuid[], $5::text[], $6::text[], $7::boolean[], $8::bigint[], $9::date[], $10::text[], $11::text[],
                   $12::text[], $13::text[], $14::text[], $15::text[]) WITH ORDINALITY
            AS l (place, entity, currency, direction, reversal, amount, booked_on, name, tax_number, account, purpose, reference, remark, n)`,
      [
        id,
        from,
        lines.map(({ line }) => line.at),
        lines.map(({ legalEntityId }) => legalEntityId),
        lines.map(({ line }) => line.currency),
        lines.map(({ line }) => line.direction),
        lines.map(({ line }) => line.reversal),
        lines.map(({ line }) => line.amountMicros),
        lines.map(({ line }) => line.bookedOn),
        lines.map(({ line }) => storable(line.party.name, MAX_NAME)),
        lines.map(({ line }) => storable(line.party.taxNumber, MAX_CODE)),
        lines.map(({ line }) => storable(line.party.account, MAX_CODE)),
        lines.map(({ line }) => storable(line.purpose, MAX_PURPOSE)),
        lines.map(({ reference }) => storable(reference)),
        lines.map(({ line }) => line.remark),
      ],
    );
  }

  /** The file is whole and right: from here on its lines are applied. */
  async accept(
    tx: Tx,
    id: string,
    file: {
      format: StatementFormat;
      sha256: Buffer;
      bytes: number;
      lines: number;
      accounts: StatementRow['accounts'];
    },
    now: Date,
  ): Promise<void> {
    await tx.query(
      `UPDATE bank_statements SET state = 'applying', format = $2, sha256 = $3, bytes = $4, lines = $5, accounts = $6, touched_at = $7
       WHERE id = $1 AND state = 'reading'`,
      [id, file.format, file.sha256, file.bytes, file.lines, JSON.stringify(file.accounts), now],
    );
  }

  /** Forgets a file that was refused, with its lines. One that was accepted stays. */
  async discard(id: string): Promise<void> {
    await this.database.query(`DELETE FROM bank_statements WHERE id = $1 AND state = 'reading'`, [id]);
  }

  /** Whoever applies a batch holds this row; the next one goes on behind it. Undefined when there is nothing left to apply. */
  async lockApplying(tx: Tx, id: string): Promise<StatementRow | undefined> {
    const [row] = await tx.query<StatementRow & Record<string, unknown>>(
      `SELECT ${COLUMNS} FROM bank_statements s WHERE s.id = $1 AND s.state = 'applying' FOR UPDATE`,
      [id],
    );
    return row;
  }

  linesAfter(tx: Tx, id: string, after: number, limit: number): Promise<LineRow[]> {
    return tx.query<LineRow & Record<string, unknown>>(
      `SELECT ${LINE_COLUMNS} FROM bank_statement_lines l WHERE l.statement_id = $1 AND l.line_no > $2 ORDER BY l.line_no LIMIT $3`,
      [id, after, limit],
    );
  }

  /** Notes what became of lines, and that the file is applied so far. */
  async advance(tx: Tx, row: StatementRow, applied: readonly AppliedLine[], now: Date): Promise<void> {
    await tx.query(
      `UPDATE bank_statement_lines l SET outcome = a.outcome, reason = a.reason, transfer_id = a.transfer_id
       FROM unnest($1::uuid[], $2::integer[], $3::text[], $4::text[], $5::uuid[]) AS a (statement_id, line_no, outcome, reason, transfer_id)
       WHERE l.statement_id = a.statement_id AND l.line_no = a.line_no AND ${expectFew('a.statement_id')}`,
      [
        applied.map(() => row.id),
        applied.map(({ lineNo }) => lineNo),
        applied.map(({ outcome }) => outcome),
        applied.map(({ reason }) => reason),
        applied.map(({ transferId }) => transferId),
      ],
    );
    const count = (outcome: LineOutcome) => applied.filter((one) => one.outcome === outcome).length;
    const through = row.applied_through + applied.length;
    const done = through === row.lines;
    await tx.query(
      `UPDATE bank_statements SET applied_through = $2, credited = credited + $3, known = known + $4, waiting = waiting + $5,
              ignored = ignored + $6, touched_at = $7, state = $8, applied_at = $9
       WHERE id = $1`,
      [
        row.id,
        through,
        count('credited'),
        count('known'),
        count('waiting'),
        count('ignored'),
        now,
        done ? 'applied' : 'applying',
        done ? now : null,
      ],
    );
  }

  async find(id: string): Promise<StatementRow | undefined> {
    const [row] = await this.database.query<StatementRow & Record<string, unknown>>(
      `SELECT ${COLUMNS} FROM bank_statements s WHERE s.id = $1 AND s.state <> 'reading'`,
      [id],
    );
    return row;
  }

  list(after: string | null, limit: number): Promise<StatementRow[]> {
    return this.database.query<StatementRow & Record<string, unknown>>(
      `SELECT ${COLUMNS} FROM bank_statements s WHERE s.state <> 'reading' AND ($1::uuid IS NULL OR s.id < $1)
       ORDER BY s.id DESC LIMIT $2`,
      [after, limit],
    );
  }

  listLines(id: string, outcome: LineOutcome | null, after: number, limit: number): Promise<LineRow[]> {
    return this.database.query<LineRow & Record<string, unknown>>(
      `SELECT ${LINE_COLUMNS} FROM bank_statement_lines l
       WHERE l.statement_id = $1 AND l.line_no > $2 AND ($3::text IS NULL OR l.outcome = $3) ORDER BY l.line_no LIMIT $4`,
      [id, after, outcome, limit],
    );
  }

  /** How many lines had which outcome for which reason. */
  reasons(id: string): Promise<{ outcome: LineOutcome; reason: string | null; lines: number }[]> {
    return this.database.query<{ outcome: LineOutcome; reason: string | null; lines: number }>(
      `SELECT outcome, reason, count(*)::int AS lines FROM bank_statement_lines WHERE statement_id = $1 AND outcome IS NOT NULL
       GROUP BY outcome, reason ORDER BY outcome, reason NULLS FIRST`,
      [id],
    );
  }

  /** Files that nobody has gone on with since then. */
  async unfinished(before: Date): Promise<string[]> {
    const rows = await this.database.query<{ id: string }>(
      `SELECT id FROM bank_statements WHERE state = 'applying' AND touched_at < $1 ORDER BY touched_at LIMIT 20`,
      [before],
    );
    return rows.map(({ id }) => id);
  }

  /** Removes files whose upload was never brought to its end. */
  async forgetUnread(before: Date): Promise<number> {
    const rows = await this.database.query(
      `DELETE FROM bank_statements WHERE state = 'reading' AND touched_at < $1 RETURNING 1 AS one`,
      [before],
    );
    return rows.length;
  }
}
