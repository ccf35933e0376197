import type { Database, Tx } from '../../database/database.js';
import type { Currency } from '../../kernel/money.js';

/** Money that arrived; `allocated_micros` is what covers invoices. */
export interface PaymentRow {
  account_id: string;
  id: string;
  legal_entity_id: string;
  currency: Currency;
  amount_micros: bigint;
  received_on: string;
  payer_name: string | null;
  purpose: string;
  bank_reference: string;
  entry_id: string;
  created_at: Date;
  allocated_micros: bigint;
  invoice_ids: string[];
  /** When the bank's taking it back was recorded; null: it was not. */
  reversed_at: Date | null;
}

const SELECT = `
  SELECT p.account_id, p.id, p.legal_entity_id, p.currency, p.amount_micros, to_char(p.received_on, 'YYYY-MM-DD') AS received_on,
         p.payer_name, p.purpose, p.bank_reference, p.entry_id, p.created_at, COALESCE(a.allocated, 0)::bigint AS allocated_micros,
         COALESCE(a.invoice_ids, '{}') AS invoice_ids, r.decided_at AS reversed_at
  FROM payments p
  LEFT JOIN bank_transfers r ON r.account_id = p.account_id AND r.payment_id = p.id AND r.state = 'reversed'
  LEFT JOIN LATERAL (
    SELECT sum(x.amount_micros) AS allocated, array_agg(x.invoice_id::text ORDER BY x.id) AS invoice_ids FROM payment_allocations x
    WHERE x.account_id = p.account_id AND x.payment_id = p.id AND x.removed_at IS NULL) a ON true`;

export async function findPayment(on: Tx | Database, accountId: string, id: string): Promise<PaymentRow | undefined> {
  const [row] = await on.query<PaymentRow>(`${SELECT} WHERE p.account_id = $1 AND p.id = $2`, [accountId, id]);
  return row;
}

/** Locks a payment while what it covers is decided. Lock order: payments, invoices, wallets. */
export async function lockPayment(tx: Tx, accountId: string, id: string): Promise<PaymentRow | undefined> {
  await tx.query(`SELECT 1 FROM payments WHERE account_id = $1 AND id = $2 FOR UPDATE`, [accountId, id]);
  return findPayment(tx, accountId, id);
}

export function listPayments(
  on: Database,
  accountId: string,
  after: string | null,
  from: string | null,
  until: string | null,
  limit: number,
) {
  return on.query<PaymentRow>(
    `${SELECT} WHERE p.account_id = $1 AND ($2::uuid IS NULL OR p.id < $2)
       AND ($3::date IS NULL OR p.received_on >= $3) AND ($4::date IS NULL OR p.received_on < $4)
     ORDER BY p.id DESC LIMIT $5`,
    [accountId, after, from, until, limit],
  );
}

/** The payment that has this bank reference already, in whatever case, if any. */
export async function findByReference(
  on: Tx | Database,
  legalEntityId: string,
  reference: string,
): Promise<string | undefined> {
  const [row] = await on.query<{ payment_id: string }>(
    `SELECT payment_id FROM payment_references WHERE legal_entity_id = $1 AND lower(bank_reference) = lower($2)`,
    [legalEntityId, reference],
  );
  return row?.payment_id;
}
