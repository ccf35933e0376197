import type { Database, Statement, Tx } from '../../../database/database.js';
import type { Currency } from '../../../kernel/money.js';
import type { InvoiceDocument, PayerSnapshot, SellerSnapshot } from '../domain/document.js';

/** An invoice with what covers it; dates as `YYYY-MM-DD`. */
export interface InvoiceRow {
  account_id: string;
  id: string;
  legal_entity_id: string;
  payer_id: string;
  document_number: string;
  issued_on: string;
  valid_until: string;
  currency: Currency;
  net_micros: bigint;
  vat_micros: bigint;
  gross_micros: bigint;
  seller: SellerSnapshot;
  payer: PayerSnapshot;
  purpose: string;
  created_at: Date;
  covered_micros: bigint;
  cancelled_at: Date | null;
}

const SELECT = `
  SELECT i.account_id, i.id, i.legal_entity_id, i.payer_id, i.document_number, to_char(i.issued_on, 'YYYY-MM-DD') AS issued_on,
         to_char(i.valid_until, 'YYYY-MM-DD') AS valid_until, i.currency, i.net_micros, i.vat_micros, i.gross_micros, i.seller, i.payer,
         i.purpose, i.created_at, COALESCE(c.covered, 0)::bigint AS covered_micros, x.cancelled_at
  FROM invoices i
  LEFT JOIN LATERAL (
    SELECT sum(a.amount_micros) AS covered FROM payment_allocations a
    WHERE a.account_id = i.account_id AND a.invoice_id = i.id AND a.removed_at IS NULL) c ON true
  LEFT JOIN invoice_cancellations x ON x.account_id = i.account_id AND x.invoice_id = i.id`;

export interface InvoiceFilter {
  payerId: string | null;
  /** Issued on or after and before, `YYYY-MM-DD`. */
  from: string | null;
  until: string | null;
  status: string | null;
  today: string;
}

/** The status is a view over allocations (see domain/coverage.ts), so the filter says the same in SQL. */
export const LIST_INVOICES: Statement = {
  name: 'invoices.list',
  text: `
    SELECT * FROM (${SELECT} WHERE i.account_id = $1
      AND ($2::uuid IS NULL OR i.id < $2) AND ($3::uuid IS NULL OR i.payer_id = $3)
      AND ($4::date IS NULL OR i.issued_on >= $4) AND ($5::date IS NULL OR i.issued_on < $5)) AS f
    WHERE $6::text IS NULL OR $6 = CASE
      WHEN f.cancelled_at IS NOT NULL THEN 'cancelled'
      WHEN f.covered_micros >= f.gross_micros THEN 'covered'
      WHEN f.covered_micros > 0 THEN 'partly_covered'
      WHEN $7::text > f.valid_until THEN 'expired'
      ELSE 'issued' END
    ORDER BY f.id DESC LIMIT $8`,
};

export async function findInvoice(on: Tx | Database, accountId: string, id: string): Promise<InvoiceRow | undefined> {
  const [row] = await on.query<InvoiceRow>(`${SELECT} WHERE i.account_id = $1 AND i.id = $2`, [accountId, id]);
  return row;
}

/** Locks the invoice, so that what covers it is decided one at a time. Lock order: invoices before wallets. */
export async function lockInvoice(tx: Tx, accountId: string, id: string): Promise<InvoiceRow | undefined> {
  await tx.query(`SELECT 1 FROM invoices WHERE account_id = $1 AND id = $2 FOR UPDATE`, [accountId, id]);
  return findInvoice(tx, accountId, id);
}

export async function findLines(
  on: Tx | Database,
  accountId: string,
  invoiceId: string,
): Promise<InvoiceDocument['lines']> {
  return on.query<InvoiceDocument['lines'][number]>(
    `SELECT line_no AS "lineNo", description, unit, quantity, vat_rate_bps AS "vatRateBps", net_micros AS "netMicros",
            vat_micros AS "vatMicros", gross_micros AS "grossMicros"
     FROM invoice_lines WHERE account_id = $1 AND invoice_id = $2 ORDER BY line_no`,
    [accountId, invoiceId],
  );
}

export async function insertInvoice(tx: Tx, invoice: InvoiceDocument, now: Date): Promise<void> {
  await tx.query(
    `INSERT INTO invoices (account_id, id, legal_entity_id, payer_id, document_number, issued_on, valid_until, currency,
                           net_micros, vat_micros, gross_micros, seller, payer, purpose, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
    [
      invoice.accountId,
      invoice.id,
      invoice.legalEntityId,
      invoice.payerId,
      invoice.documentNumber,
      invoice.issuedOn,
      invoice.validUntil,
      invoice.currency,
      invoice.netMicros,
      invoice.vatMicros,
      invoice.grossMicros,
      JSON.stringify(invoice.seller),
      JSON.stringify(invoice.payer),
      invoice.purpose,
      now,
    ],
  );
  const { lines } = invoice;
  await tx.query(
    `INSERT INTO invoice_lines (account_id, invoice_id, line_no, description, unit, quantity, vat_rate_bps, net_micros, vat_micros, gross_micros)
     SELECT $1, $2, n, d, u, q, r, net, vat, gross
     FROM unnest($3::smallint[], $4::text[], $5::text[], $6::integer[], $7::integer[], $8::bigint[], $9::bigint[], $10::bigint[])
       AS t(n, d, u, q, r, net, vat, gross)`,
    [
      invoice.accountId,
      invoice.id,
      lines.map(({ lineNo }) => lineNo),
      lines.map(({ description }) => description),
      lines.map(({ unit }) => unit),
      lines.map(({ quantity }) => quantity),
      lines.map(({ vatRateBps }) => vatRateBps),
      lines.map(({ netMicros }) => netMicros),
      lines.map(({ vatMicros }) => vatMicros),
      lines.map(({ grossMicros }) => grossMicros),
    ],
  );
}
