import type { Database, Tx } from '../../../database/database.js';
import type { Currency, Micros } from '../../../kernel/money.js';
import type { ProofType } from './file-type.js';

export const PROOF_STATES = ['waiting', 'accepted', 'refused'] as const;
export type ProofState = (typeof PROOF_STATES)[number];

/** An uploaded proof, without the file. */
export interface ProofRow {
  account_id: string;
  id: string;
  invoice_id: string | null;
  currency: Currency;
  amount_micros: Micros;
  note: string | null;
  file_name: string;
  content_type: ProofType;
  size_bytes: number;
  state: ProofState;
  reason: string | null;
  payment_id: string | null;
  answered_by: string | null;
  answered_at: Date | null;
  created_at: Date;
}

const COLUMNS = `account_id, id, invoice_id, currency, amount_micros, note, file_name, content_type, size_bytes, state, reason,
                 payment_id, answered_by, answered_at, created_at`;

export interface NewProof extends Pick<
  ProofRow,
  | 'account_id'
  | 'id'
  | 'invoice_id'
  | 'currency'
  | 'amount_micros'
  | 'note'
  | 'file_name'
  | 'content_type'
  | 'created_at'
> {
  content: Buffer;
  /** SHA-256 of the content: the same file counts once while it is not refused. */
  digest: Buffer;
}

/** Answers null when the file is there already and not refused. */
export async function insertProof(tx: Tx, proof: NewProof): Promise<ProofRow | null> {
  const [row] = await tx.query<ProofRow & Record<string, unknown>>(
    `INSERT INTO deposit_proofs (account_id, id, invoice_id, currency, amount_micros, note, file_name, content_type, size_bytes,
                                 content, digest, state, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'waiting', $12)
     ON CONFLICT (account_id, digest) WHERE state <> 'refused' DO NOTHING RETURNING ${COLUMNS}`,
    [
      proof.account_id,
      proof.id,
      proof.invoice_id,
      proof.currency,
      proof.amount_micros,
      proof.note,
      proof.file_name,
      proof.content_type,
      proof.content.length,
      proof.content,
      proof.digest,
      proof.created_at,
    ],
  );
  return row ?? null;
}

/** How many of an account wait for an answer, with the account locked: two uploads do not both see the last free place. */
export async function countWaiting(tx: Tx, accountId: string): Promise<number> {
  await tx.query(`SELECT 1 FROM accounts WHERE id = $1 FOR NO KEY UPDATE`, [accountId]);
  const [row] = await tx.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM deposit_proofs WHERE account_id = $1 AND state = 'waiting'`,
    [accountId],
  );
  return row!.count;
}

export async function findProof(on: Tx | Database, accountId: string, id: string): Promise<ProofRow | undefined> {
  const [row] = await on.query<ProofRow & Record<string, unknown>>(
    `SELECT ${COLUMNS} FROM deposit_proofs WHERE account_id = $1 AND id = $2`,
    [accountId, id],
  );
  return row;
}

/** Locks a proof while it is answered. Lock order: proof, then whatever recording a payment locks. */
export async function lockProof(tx: Tx, accountId: string, id: string): Promise<ProofRow | undefined> {
  await tx.query(`SELECT 1 FROM deposit_proofs WHERE account_id = $1 AND id = $2 FOR UPDATE`, [accountId, id]);
  return findProof(tx, accountId, id);
}

export async function readFile(
  on: Database,
  accountId: string,
  id: string,
): Promise<{ content: Buffer; content_type: ProofType; file_name: string } | undefined> {
  const [row] = await on.query<{ content: Buffer; content_type: ProofType; file_name: string }>(
    `SELECT content, content_type, file_name FROM deposit_proofs WHERE account_id = $1 AND id = $2`,
    [accountId, id],
  );
  return row;
}

/** Newest first, of one account or, for the staff, of all. */
export function listProofs(
  on: Database,
  { accountId, state }: { accountId: string | null; state: ProofState | null },
  after: string | null,
  limit: number,
): Promise<ProofRow[]> {
  return on.query<ProofRow & Record<string, unknown>>(
    `SELECT ${COLUMNS} FROM deposit_proofs
     WHERE ($1::uuid IS NULL OR account_id = $1) AND ($2::uuid IS NULL OR id < $2) AND ($3::text IS NULL OR state = $3)
     ORDER BY id DESC LIMIT $4`,
    [accountId, after, state, limit],
  );
}

export interface ProofAnswer {
  state: 'accepted' | 'refused';
  reason: string | null;
  paymentId: string | null;
  answeredBy: string | null;
  at: Date;
}

export async function writeAnswer(tx: Tx, { account_id, id }: ProofRow, answer: ProofAnswer): Promise<void> {
  await tx.query(
    `UPDATE deposit_proofs SET state = $3, reason = $4, payment_id = $5, answered_by = $6, answered_at = $7
     WHERE account_id = $1 AND id = $2`,
    [account_id, id, answer.state, answer.reason, answer.paymentId, answer.answeredBy, answer.at],
  );
}
