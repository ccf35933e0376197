import type { Database, Tx } from '../../../database/database.js';

export interface PayerRow {
  account_id: string;
  id: string;
  country: string;
  name: string;
  tax_number: string;
  tax_reason_code: string | null;
  address: string;
  email: string | null;
  archived_at: Date | null;
  version: number;
  created_at: Date;
  updated_at: Date;
}

export const PAYER_COLUMNS =
  'account_id, id, country, name, tax_number, tax_reason_code, address, email, archived_at, version, created_at, updated_at';

/** One payer of an account; undefined for an unknown id or somebody else's. */
export async function findPayer(on: Tx | Database, accountId: string, id: string): Promise<PayerRow | undefined> {
  const [row] = await on.query<PayerRow>(`SELECT ${PAYER_COLUMNS} FROM payers WHERE account_id = $1 AND id = $2`, [
    accountId,
    id,
  ]);
  return row;
}
