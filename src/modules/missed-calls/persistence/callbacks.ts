import type { Database, Tx } from '../../../database/database.js';
import { type CallMapping, DEFAULT_MAPPING } from '../domain/call-event.js';

/** The account behind a callback token and how its telephony writes; undefined for an unknown token. */
export async function findCallback(
  on: Database,
  tokenHash: Buffer,
): Promise<{ accountId: string; mapping: CallMapping } | undefined> {
  const [row] = await on.query<{ account_id: string; mapping: Partial<CallMapping> }>(
    `SELECT t.account_id, c.mapping FROM telephony_tokens t JOIN telephony_callbacks c ON c.account_id = t.account_id WHERE t.token_hash = $1`,
    [tokenHash],
  );
  return row && { accountId: row.account_id, mapping: { ...DEFAULT_MAPPING, ...row.mapping } };
}

/** Stores the mapping and the one token of an account; a former token stops working. */
export async function storeCallback(
  tx: Tx,
  accountId: string,
  tokenHash: Buffer,
  mapping: Partial<CallMapping>,
  now: Date,
): Promise<void> {
  await tx.query(
    `INSERT INTO telephony_callbacks (account_id, mapping, updated_at) VALUES ($1, $2, $3)
     ON CONFLICT (account_id) DO UPDATE SET mapping = EXCLUDED.mapping, updated_at = EXCLUDED.updated_at`,
    [accountId, JSON.stringify(mapping), now],
  );
  await tx.query(
    `INSERT INTO telephony_tokens (token_hash, account_id, created_at) VALUES ($1, $2, $3)
     ON CONFLICT (account_id) DO UPDATE SET token_hash = EXCLUDED.token_hash, created_at = EXCLUDED.created_at`,
    [tokenHash, accountId, now],
  );
}
