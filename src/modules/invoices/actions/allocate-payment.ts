import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../database/database.js';
import { Clock } from '../../../kernel/clock.js';
import { newId } from '../../../kernel/ids.js';
import type { Micros } from '../../../kernel/money.js';
import { allocationExceedsInvoice, invoiceCancelled, invoiceNotFound } from '../invoices.errors.js';
import { type InvoiceRow, lockInvoice } from '../persistence/invoices.js';

export interface Allocation {
  accountId: string;
  invoiceId: string;
  paymentId: string;
  amountMicros: Micros;
}

/**
 * Notes which payment covers which invoice. Never more than the invoice's total: the invoice row is locked while it is
 * decided. The document itself stays as it was issued.
 */
@Injectable()
export class AllocatePaymentAction {
  constructor(private readonly clock: Clock) {}

  /** What is left to cover, with the invoice locked for the rest of the transaction. Refuses cancelled ones. */
  async lockUncovered(
    tx: Tx,
    accountId: string,
    invoiceId: string,
  ): Promise<{ invoice: InvoiceRow; restMicros: Micros }> {
    const invoice = await lockInvoice(tx, accountId, invoiceId);
    if (!invoice) throw invoiceNotFound();
    if (invoice.cancelled_at) throw invoiceCancelled();
    return { invoice, restMicros: invoice.gross_micros - invoice.covered_micros };
  }

  /** Refuses what is more than the invoice's uncovered rest: `allocation_exceeds_invoice`. Returns the allocation's id. */
  async run(tx: Tx, { accountId, invoiceId, paymentId, amountMicros }: Allocation): Promise<string> {
    const { restMicros } = await this.lockUncovered(tx, accountId, invoiceId);
    if (amountMicros > restMicros) throw allocationExceedsInvoice(restMicros);
    const now = this.clock.now();
    const id = newId(now);
    await tx.query(
      `INSERT INTO payment_allocations (account_id, id, invoice_id, payment_id, amount_micros, created_at) VALUES ($1, $2, $3, $4, $5, $6)`,
      [accountId, id, invoiceId, paymentId, amountMicros, now],
    );
    return id;
  }

  /** Takes an allocation back; it stays in the history. */
  async remove(tx: Tx, accountId: string, paymentId: string, allocationId: string): Promise<boolean> {
    const rows = await tx.query(
      `UPDATE payment_allocations SET removed_at = $3 WHERE account_id = $1 AND id = $2 AND payment_id = $4 AND removed_at IS NULL RETURNING id`,
      [accountId, allocationId, this.clock.now(), paymentId],
    );
    return rows.length > 0;
  }
}
