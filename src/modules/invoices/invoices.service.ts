import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../database/database.js';
import { decodeIdCursor, type Page, toPage } from '../../database/page.js';
import { Clock } from '../../kernel/clock.js';
import { AccountAudit, AccountsService, type Actor } from '../accounts/index.js';
import { dayInZone } from './domain/days.js';
import type { InvoiceDocument } from './domain/document.js';
import { numbersInPurpose } from './domain/document-number.js';
import { invoiceCovered, invoiceNotFound } from './invoices.errors.js';
import {
  findInvoice,
  findLines,
  type InvoiceFilter,
  type InvoiceRow,
  LIST_INVOICES,
  lockInvoice,
} from './persistence/invoices.js';
import { findSeries } from './persistence/payable-invoices.js';

export interface CoveringPayment {
  allocationId: string;
  paymentId: string;
  amountMicros: bigint;
  allocatedAt: Date;
}

/** Reads issued invoices and cancels those that nobody paid. */
@Injectable()
export class InvoicesService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly accounts: AccountsService,
    private readonly audit: AccountAudit,
  ) {}

  async get(accountId: string, id: string): Promise<InvoiceRow> {
    const row = await findInvoice(this.database, accountId, id);
    if (!row) throw invoiceNotFound();
    return row;
  }

  /** The document as it was issued. */
  async document(accountId: string, id: string): Promise<InvoiceDocument> {
    const row = await this.get(accountId, id);
    return toDocument(row, await findLines(this.database, accountId, id));
  }

  /** What covers an invoice, oldest first. */
  async covering(accountId: string, invoiceId: string): Promise<CoveringPayment[]> {
    return this.database.query<CoveringPayment & Record<string, unknown>>(
      `SELECT id AS "allocationId", payment_id AS "paymentId", amount_micros AS "amountMicros", created_at AS "allocatedAt"
       FROM payment_allocations WHERE account_id = $1 AND invoice_id = $2 AND removed_at IS NULL ORDER BY id`,
      [accountId, invoiceId],
    );
  }

  async list<T>(
    accountId: string,
    page: { limit: number; cursor?: string },
    filter: Omit<InvoiceFilter, 'today'>,
    view: (row: InvoiceRow) => T,
  ): Promise<Page<T>> {
    const rows = await this.database.query<InvoiceRow>(LIST_INVOICES, [
      accountId,
      decodeIdCursor(page.cursor),
      filter.payerId,
      filter.from,
      filter.until,
      filter.status,
      await this.today(accountId),
      page.limit + 1,
    ]);
    return toPage(rows, page.limit, (row) => [row.id], view);
  }

  /** Withdraws an offer that no payment covers. The document and its number stay. Cancelling twice is the same as once. */
  async cancel(accountId: string, actor: Actor, id: string, reason: string): Promise<InvoiceRow> {
    return this.database.transaction(async (tx) => {
      const invoice = await lockInvoice(tx, accountId, id);
      if (!invoice) throw invoiceNotFound();
      if (invoice.cancelled_at) return invoice;
      if (invoice.covered_micros > 0n) throw invoiceCovered();
      const now = this.clock.now();
      await tx.query(
        `INSERT INTO invoice_cancellations (account_id, invoice_id, reason, cancelled_at) VALUES ($1, $2, $3, $4)`,
        [accountId, id, reason, now],
      );
      await this.audit.record(tx, {
        accountId,
        actor,
        action: 'invoice.cancelled',
        subject: `invoice:${id}`,
        details: { reason },
      });
      return { ...invoice, cancelled_at: now };
    });
  }

  /** The account's open invoices of a seller whose numbers a purpose names, in the order in which they stand there. */
  async namedIn(tx: Tx, accountId: string, legalEntityId: string, purpose: string): Promise<string[]> {
    const named = numbersInPurpose(purpose, await findSeries(tx));
    if (named.length === 0) return [];
    const rows = await tx.query<{ document_id: string }>(
      `SELECT n.document_id FROM unnest($3::text[]) WITH ORDINALITY AS w(number, position)
       JOIN document_numbers n ON n.legal_entity_id = $2 AND n.document_number = w.number AND n.account_id = $1
       JOIN invoices i ON i.account_id = n.account_id AND i.id = n.document_id
       LEFT JOIN invoice_cancellations x ON x.account_id = n.account_id AND x.invoice_id = n.document_id
       WHERE x.invoice_id IS NULL ORDER BY w.position`,
      [accountId, legalEntityId, named.map(({ documentNumber }) => documentNumber)],
    );
    return rows.map(({ document_id }) => document_id);
  }

  /** The day it is now where the account lives. */
  async today(accountId: string): Promise<string> {
    return dayInZone(this.clock.now(), (await this.accounts.get(accountId)).timeZone);
  }
}

function toDocument(row: InvoiceRow, lines: InvoiceDocument['lines']): InvoiceDocument {
  return {
    accountId: row.account_id,
    id: row.id,
    legalEntityId: row.legal_entity_id,
    payerId: row.payer_id,
    documentNumber: row.document_number,
    issuedOn: row.issued_on,
    validUntil: row.valid_until,
    currency: row.currency,
    netMicros: row.net_micros,
    vatMicros: row.vat_micros,
    grossMicros: row.gross_micros,
    seller: row.seller,
    payer: row.payer,
    purpose: row.purpose,
    lines,
  };
}
