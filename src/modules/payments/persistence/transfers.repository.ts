import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../../database/database.js';
import { expectFew } from '../../../database/expect-few.js';
import { IdSequence } from '../../../kernel/ids.js';
import type { Suggestion, WaitReason } from '../domain/match-transfer.js';
import { LINE_COLUMNS, type LineRow } from './statements.repository.js';

export const TRANSFER_STATES = ['waiting', 'credited', 'reversed', 'dismissed'] as const;
export type TransferState = (typeof TRANSFER_STATES)[number];

/** A transfer with the line that first told of it. */
export interface TransferRow extends LineRow {
  id: string;
  seller: string;
  seller_currency: string;
  format: string;
  state: TransferState;
  wait_reason: WaitReason | null;
  candidates: Suggestion[];
  account_id: string | null;
  payment_id: string | null;
  note: string | null;
  decided_by: string | null;
  decided_at: Date | null;
  created_at: Date;
}

export interface TransferOutcome {
  id: string;
  state: 'waiting' | 'credited';
  reason: WaitReason | null;
  candidates: readonly Suggestion[];
  accountId: string | null;
  paymentId: string | null;
}

export interface TransferFilter {
  state: TransferState | null;
  reason: string | null;
  seller: string | null;
  /** Booked on or after, and before; `YYYY-MM-DD`. */
  from: string | null;
  until: string | null;
}

const SELECT = `
  SELECT ${LINE_COLUMNS}, t.id, e.code AS seller, e.currency AS seller_currency, t.format, t.state, t.reason AS wait_reason, t.candidates, t.account_id,
         t.payment_id, t.note, t.decided_by, t.decided_at, t.created_at
  FROM bank_transfers t
  JOIN bank_statement_lines l ON l.statement_id = t.statement_id AND l.line_no = t.line_no
  JOIN legal_entities e ON e.id = t.legal_entity_id`;

type Raw = Record<string, unknown>;

/** Whoever pays for more accounts than that from one bank account has to name invoices. */
const MAX_ACCOUNTS = 50;

/** What became of the movements that files tell of; each is one row, in however many files it stands. */
@Injectable()
export class TransfersRepository {
  constructor(private readonly database: Database) {}

  /**
   * Makes the transfers of lines that nobody told of before; answers their ids by line number. Another transaction that is making the same
   * one is waited for. In the order of references, so that two files that overlap cannot wait for each other.
   */
  async claim(tx: Tx, lines: readonly LineRow[], format: string, now: Date): Promise<Map<number, string>> {
    if (lines.length === 0) return new Map();
    const ids = new IdSequence(now);
    const rows = await tx.query<{ id: string; line_no: number }>(
      `INSERT INTO bank_transfers (id, legal_entity_id, reference, format, statement_id, line_no, state, reason, created_at)
       SELECT c.id, c.entity, c.reference, $5, $6, c.line_no, 'waiting', 'no_match', $7
       FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::integer[]) AS c (id, entity, reference, line_no)
       ORDER BY c.entity, lower(c.reference)
       ON CONFLICT (legal_entity_id, lower(reference)) DO NOTHING RETURNING id, line_no`,
      [
        lines.map(() => ids.next()),
        lines.map((line) => line.legal_entity_id),
        lines.map(({ reference }) => reference),
        lines.map((line) => line.line_no),
        format,
        lines[0]!.statement_id,
        now,
      ],
    );
    return new Map(rows.map((row) => [row.line_no, row.id]));
  }

  /** Transfers that have the references of these lines, by line number. */
  async known(tx: Tx, lines: readonly LineRow[]): Promise<Map<number, string>> {
    if (lines.length === 0) return new Map();
    const rows = await tx.query<{ id: string; line_no: number }>(
      `SELECT t.id, c.line_no FROM unnest($1::uuid[], $2::text[], $3::integer[]) AS c (entity, reference, line_no)
       JOIN bank_transfers t ON t.legal_entity_id = c.entity AND lower(t.reference) = lower(c.reference)
       WHERE ${expectFew('c.entity')}`,
      [
        lines.map((line) => line.legal_entity_id),
        lines.map(({ reference }) => reference),
        lines.map((line) => line.line_no),
      ],
    );
    return new Map(rows.map((row) => [row.line_no, row.id]));
  }

  /** Payments that were recorded by hand under the references of these lines, by line number. */
  async recorded(tx: Tx, lines: readonly LineRow[]): Promise<Map<number, { accountId: string; paymentId: string }>> {
    if (lines.length === 0) return new Map();
    const rows = await tx.query<{ line_no: number; account_id: string; payment_id: string }>(
      `SELECT c.line_no, r.account_id, r.payment_id FROM unnest($1::uuid[], $2::text[], $3::integer[]) AS c (entity, reference, line_no)
       JOIN payment_references r ON r.legal_entity_id = c.entity AND lower(r.bank_reference) = lower(c.reference)
       WHERE ${expectFew('c.entity')}`,
      [
        lines.map((line) => line.legal_entity_id),
        lines.map(({ reference }) => reference),
        lines.map((line) => line.line_no),
      ],
    );
    return new Map(rows.map((row) => [row.line_no, { accountId: row.account_id, paymentId: row.payment_id }]));
  }

  /** Payments of the same account, sum and day that no file of this format told of: the money may be in the wallet already. */
  async twins(
    tx: Tx,
    lines: readonly (LineRow & { accountId: string })[],
    format: string,
  ): Promise<Map<number, Suggestion[]>> {
    if (lines.length === 0) return new Map();
    const rows = await tx.query<{ line_no: number; account_id: string; payment_id: string }>(
      `SELECT c.line_no, p.account_id, p.id AS payment_id
       FROM unnest($1::uuid[], $2::date[], $3::bigint[], $4::uuid[], $5::integer[]) AS c (entity, day, amount, account_id, line_no)
       JOIN payments p ON p.legal_entity_id = c.entity AND p.received_on = c.day AND p.amount_micros = c.amount AND p.account_id = c.account_id
       LEFT JOIN bank_transfers t ON t.account_id = p.account_id AND t.payment_id = p.id AND t.state = 'credited'
       WHERE t.format IS DISTINCT FROM $6 AND ${expectFew('c.entity')} ORDER BY p.id`,
      [
        lines.map((line) => line.legal_entity_id),
        lines.map((line) => line.booked_on),
        lines.map((line) => line.amount_micros),
        lines.map(({ accountId }) => accountId),
        lines.map((line) => line.line_no),
        format,
      ],
    );
    return collect(rows);
  }

  /** Payments that the bank may be taking back with these lines: of the same seller and sum, those of the same payer first. */
  async reversible(tx: Tx, lines: readonly LineRow[]): Promise<Map<number, Suggestion[]>> {
    if (lines.length === 0) return new Map();
    const rows = await tx.query<{ line_no: number; account_id: string; payment_id: string }>(
      `SELECT c.line_no, f.account_id, f.payment_id
       FROM unnest($1::uuid[], $2::date[], $3::bigint[], $4::text[], $5::integer[]) AS c (entity, day, amount, party_account, line_no)
       CROSS JOIN LATERAL (
         SELECT p.account_id, p.id AS payment_id, l.party_account IS NOT DISTINCT FROM c.party_account AS same
         FROM payments p
         LEFT JOIN bank_transfers t ON t.account_id = p.account_id AND t.payment_id = p.id AND t.state = 'credited'
         LEFT JOIN bank_statement_lines l ON l.statement_id = t.statement_id AND l.line_no = t.line_no
         WHERE p.legal_entity_id = c.entity AND p.received_on BETWEEN c.day - 400 AND c.day AND p.amount_micros = c.amount
           AND NOT EXISTS (SELECT FROM bank_transfers r WHERE r.account_id = p.account_id AND r.payment_id = p.id AND r.state = 'reversed')
         ORDER BY same DESC, p.received_on DESC, p.id LIMIT 5) f`,
      [
        lines.map((line) => line.legal_entity_id),
        lines.map((line) => line.booked_on),
        lines.map((line) => line.amount_micros),
        lines.map((line) => line.party_account),
        lines.map((line) => line.line_no),
      ],
    );
    return collect(rows);
  }

  /** Accounts that a seller was paid for from these bank accounts before, by bank account. */
  async accountsPaidFrom(
    tx: Tx,
    legalEntityId: string,
    bankAccounts: readonly string[],
  ): Promise<Map<string, string[]>> {
    if (bankAccounts.length === 0) return new Map();
    const rows = await tx.query<{ bank_account: string; account_id: string }>(
      `SELECT f.bank_account, f.account_id FROM unnest($2::text[]) AS w (bank_account)
       CROSS JOIN LATERAL (
         SELECT p.bank_account, p.account_id FROM payer_bank_accounts p
         WHERE p.legal_entity_id = $1 AND p.bank_account = w.bank_account ORDER BY p.account_id LIMIT ${MAX_ACCOUNTS}) f`,
      [legalEntityId, [...new Set(bankAccounts)]],
    );
    const found = new Map<string, string[]>();
    for (const row of rows) found.set(row.bank_account, [...(found.get(row.bank_account) ?? []), row.account_id]);
    return found;
  }

  /** Remembers from which bank accounts accounts were paid. */
  async rememberPayers(
    tx: Tx,
    paid: readonly { legalEntityId: string; bankAccount: string; accountId: string }[],
  ): Promise<void> {
    if (paid.length === 0) return;
    await tx.query(
      `INSERT INTO payer_bank_accounts (legal_entity_id, bank_account, account_id)
       SELECT DISTINCT * FROM unnest($1::uuid[], $2::text[], $3::uuid[]) AS p (legal_entity_id, bank_account, account_id)
       ORDER BY 1, 2, 3 ON CONFLICT DO NOTHING`,
      [
        paid.map(({ legalEntityId }) => legalEntityId),
        paid.map(({ bankAccount }) => bankAccount),
        paid.map(({ accountId }) => accountId),
      ],
    );
  }

  async settle(tx: Tx, outcomes: readonly TransferOutcome[]): Promise<void> {
    if (outcomes.length === 0) return;
    await tx.query(
      `UPDATE bank_transfers t SET state = o.state, reason = o.reason, candidates = o.candidates::jsonb, account_id = o.account_id, payment_id = o.payment_id
       FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::uuid[], $6::uuid[]) AS o (id, state, reason, candidates, account_id, payment_id)
       WHERE t.id = o.id AND ${expectFew('o.id')}`,
      [
        outcomes.map(({ id }) => id),
        outcomes.map(({ state }) => state),
        outcomes.map(({ reason }) => reason),
        outcomes.map(({ candidates }) => JSON.stringify(candidates)),
        outcomes.map(({ accountId }) => accountId),
        outcomes.map(({ paymentId }) => paymentId),
      ],
    );
  }

  list(filter: TransferFilter, after: string | null, limit: number): Promise<TransferRow[]> {
    return this.database.query<TransferRow & Raw>(
      `${SELECT} WHERE ($1::text IS NULL OR t.state = $1) AND ($2::text IS NULL OR t.reason = $2) AND ($3::text IS NULL OR e.code = $3)
         AND ($4::date IS NULL OR l.booked_on >= $4) AND ($5::date IS NULL OR l.booked_on < $5) AND ($6::uuid IS NULL OR t.id < $6)
       ORDER BY t.id DESC LIMIT $7`,
      [filter.state, filter.reason, filter.seller, filter.from, filter.until, after, limit],
    );
  }

  async find(id: string, on: Database | Tx = this.database): Promise<TransferRow | undefined> {
    const [row] = await on.query<TransferRow & Raw>(`${SELECT} WHERE t.id = $1`, [id]);
    return row;
  }

  /** Locks a transfer while somebody decides what becomes of it. Before everything else. */
  async lock(tx: Tx, id: string): Promise<TransferRow | undefined> {
    await tx.query(`SELECT 1 FROM bank_transfers WHERE id = $1 FOR UPDATE`, [id]);
    return this.find(id, tx);
  }

  async decide(
    tx: Tx,
    id: string,
    decision: {
      state: Exclude<TransferState, 'waiting'>;
      accountId: string | null;
      paymentId: string | null;
      note: string | null;
      decidedBy: string | null;
    },
    now: Date,
  ): Promise<void> {
    await tx.query(
      `UPDATE bank_transfers SET state = $2, account_id = $3, payment_id = $4, note = $5, decided_by = $6, decided_at = $7 WHERE id = $1`,
      [id, decision.state, decision.accountId, decision.paymentId, decision.note, decision.decidedBy, now],
    );
  }
}

function collect(rows: readonly { line_no: number; account_id: string; payment_id: string }[]) {
  const found = new Map<number, Suggestion[]>();
  for (const row of rows)
    found.set(row.line_no, [
      ...(found.get(row.line_no) ?? []),
      { accountId: row.account_id, paymentId: row.payment_id },
    ]);
  return found;
}
