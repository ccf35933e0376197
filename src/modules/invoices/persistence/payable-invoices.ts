import type { Tx } from '../../../database/database.js';
import { expectFew } from '../../../database/expect-few.js';
import type { Currency, Micros } from '../../../kernel/money.js';
import type { NamedNumber } from '../domain/document-number.js';

/** What has to be known of an invoice to tell whether a transfer pays it. */
export interface PayableInvoice {
  accountId: string;
  invoiceId: string;
  legalEntityId: string;
  documentNumber: string;
  currency: Currency;
  payerTaxNumber: string;
  /** What no payment covers yet. */
  restMicros: Micros;
  cancelled: boolean;
}

export interface InvoiceKey {
  accountId: string;
  invoiceId: string;
}

/** Every series that numbers were drawn from, of all sellers. */
export async function findSeries(tx: Tx): Promise<string[]> {
  const rows = await tx.query<{ series: string }>(`SELECT DISTINCT series FROM document_counters ORDER BY series`);
  return rows.map(({ series }) => series);
}

/** Invoices of any seller that have one of these numbers. */
export async function findByNumbers(
  tx: Tx,
  numbers: readonly string[],
): Promise<(InvoiceKey & { documentNumber: string })[]> {
  if (numbers.length === 0) return [];
  return tx.query<InvoiceKey & { documentNumber: string } & Record<string, unknown>>(
    `SELECT n.account_id AS "accountId", n.document_id AS "invoiceId", n.document_number AS "documentNumber"
     FROM legal_entities s
     CROSS JOIN unnest($1::text[]) AS w (number)
     CROSS JOIN LATERAL (
       SELECT d.account_id, d.document_id, d.document_number FROM document_numbers d
       JOIN invoices i ON i.account_id = d.account_id AND i.id = d.document_id
       WHERE d.legal_entity_id = s.id AND d.document_number = w.number LIMIT 1) n`,
    [numbers],
  );
}

/** A transfer as far as it tells what it pays, who sent it and how much. */
export interface SentAmount {
  numbers: readonly NamedNumber[];
  amountMicros: Micros;
  taxNumbers: readonly string[];
  /** Accounts that were paid from the same bank account before. */
  accountIds: readonly string[];
}

/**
 * More open invoices of one payer over one sum than anybody has. What goes beyond it is left out, which changes nothing: that many are
 * not one.
 */
const MAX_FITTING = 300;

/** Invoices of a seller of which exactly such an amount is uncovered, and whose payer or account fits. */
export async function findByAmounts(tx: Tx, legalEntityId: string, sent: readonly SentAmount[]): Promise<InvoiceKey[]> {
  const pairs = sent.flatMap(({ amountMicros, taxNumbers, accountIds }) => [
    ...taxNumbers.map((taxNumber) => ({ amountMicros, taxNumber, accountId: null })),
    ...accountIds.map((accountId) => ({ amountMicros, taxNumber: null, accountId })),
  ]);
  if (pairs.length === 0) return [];
  return tx.query<InvoiceKey & Record<string, unknown>>(
    `SELECT DISTINCT f.account_id AS "accountId", f.id AS "invoiceId"
     FROM (SELECT DISTINCT * FROM unnest($2::bigint[], $3::text[], $4::uuid[]) AS w (amount, tax_number, account_id)) w
     CROSS JOIN LATERAL (
       SELECT i.account_id, i.id
       FROM (
         SELECT p.account_id, p.id AS payer_id FROM payers p WHERE p.tax_number = w.tax_number
         UNION ALL
         SELECT w.account_id, NULL WHERE w.account_id IS NOT NULL) p
       JOIN invoices i ON i.account_id = p.account_id AND i.legal_entity_id = $1 AND i.gross_micros >= w.amount
         AND (p.payer_id IS NULL OR i.payer_id = p.payer_id)
       LEFT JOIN LATERAL (
         SELECT sum(a.amount_micros) AS covered FROM payment_allocations a
         WHERE a.account_id = i.account_id AND a.invoice_id = i.id AND a.removed_at IS NULL) c ON true
       WHERE i.gross_micros - COALESCE(c.covered, 0) = w.amount
         AND NOT EXISTS (SELECT FROM invoice_cancellations x WHERE x.account_id = i.account_id AND x.invoice_id = i.id)
       LIMIT ${MAX_FITTING}) f`,
    [
      legalEntityId,
      pairs.map(({ amountMicros }) => amountMicros),
      pairs.map(({ taxNumber }) => taxNumber),
      pairs.map(({ accountId }) => accountId),
    ],
  );
}

const FEW_KEYS = `SELECT DISTINCT * FROM unnest($1::uuid[], $2::uuid[]) AS k (account_id, id) WHERE ${expectFew('k.account_id')}`;

/** Locks invoices, in id order as everybody does, and tells how they stand. Lock order: invoices before wallets. */
export async function lockPayable(tx: Tx, keys: readonly InvoiceKey[]): Promise<PayableInvoice[]> {
  if (keys.length === 0) return [];
  const values = [keys.map(({ accountId }) => accountId), keys.map(({ invoiceId }) => invoiceId)];
  await tx.query(
    `SELECT 1 FROM invoices i
     JOIN (${FEW_KEYS}) k USING (account_id, id)
     ORDER BY i.id FOR UPDATE OF i`,
    values,
  );
  return tx.query<PayableInvoice & Record<string, unknown>>(
    `SELECT i.account_id AS "accountId", i.id AS "invoiceId", i.legal_entity_id AS "legalEntityId",
            i.document_number AS "documentNumber", i.currency, i.payer ->> 'taxNumber' AS "payerTaxNumber",
            (i.gross_micros - COALESCE(c.covered, 0))::bigint AS "restMicros", x.invoice_id IS NOT NULL AS cancelled
     FROM (${FEW_KEYS}) k
     JOIN invoices i USING (account_id, id)
     LEFT JOIN LATERAL (
       SELECT sum(a.amount_micros) AS covered FROM payment_allocations a
       WHERE a.account_id = i.account_id AND a.invoice_id = i.id AND a.removed_at IS NULL) c ON true
     LEFT JOIN invoice_cancellations x ON x.account_id = i.account_id AND x.invoice_id = i.id
     ORDER BY i.id`,
    values,
  );
}
