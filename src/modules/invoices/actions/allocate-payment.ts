import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../database/database.js';
import { Clock } from '../../../kernel/clock.js';
import { IdSequence, newId } from '../../../kernel/ids.js';
import type { Micros } from '../../../kernel/money.js';
import { allocationExceedsInvoice, invoiceCancelled, invoiceNotFound } from '../invoices.errors.js';
import { type InvoiceRow, lockInvoice } from '../persistence/invoices.js';
import {
  findByAmounts,
  findByNumbers,
  lockPayable,
  type PayableInvoice,
  type SentAmount,
} from '../persistence/payable-invoices.js';

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

  /**
   * Finds and locks the invoices that transfers to a seller may pay: those of any seller that they name; for what names none for certain, those
   * of which exactly such an amount is uncovered.
   */
  async lockPayable(tx: Tx, legalEntityId: string, sent: readonly SentAmount[]): Promise<PayableInvoice[]> {
    const numbers = sent.flatMap((one) => one.numbers.map(({ documentNumber }) => documentNumber));
    const named = await findByNumbers(tx, [...new Set(numbers)]);
    const existing = new Set(named.map(({ documentNumber }) => documentNumber));
    const others = sent.filter(
      (one) => !one.numbers.some(({ documentNumber, loose }) => !loose && existing.has(documentNumber)),
    );
    return lockPayable(tx, [...named, ...(await findByAmounts(tx, legalEntityId, others))]);
  }

  /** Notes what payments cover on invoices that {@link lockPayable} has locked, and of which so much was uncovered. */
  async runAll(tx: Tx, allocations: readonly Allocation[]): Promise<void> {
    if (allocations.length === 0) return;
    const now = this.clock.now();
    const ids = new IdSequence(now);
    await tx.query(
      `INSERT INTO payment_allocations (account_id, id, invoice_id, payment_id, amount_micros, created_at)
       SELECT a.*, $6 FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::bigint[]) AS a`,
      [
        allocations.map(({ accountId }) => accountId),
        allocations.map(() => ids.next()),
        allocations.map(({ invoiceId }) => invoiceId),
        allocations.map(({ paymentId }) => paymentId),
        allocations.map(({ amountMicros }) => amountMicros),
        now,
      ],
    );
  }

  /** Takes all allocations of a payment back: the bank took the money. Locks their invoices. */
  async removeAll(tx: Tx, accountId: string, paymentId: string): Promise<void> {
    await tx.query(
      `SELECT 1 FROM invoices WHERE account_id = $1 AND id IN (
         SELECT invoice_id FROM payment_allocations WHERE account_id = $1 AND payment_id = $2 AND removed_at IS NULL)
       ORDER BY id FOR UPDATE`,
      [accountId, paymentId],
    );
    await tx.query(
      `UPDATE payment_allocations SET removed_at = $3 WHERE account_id = $1 AND payment_id = $2 AND removed_at IS NULL`,
      [accountId, paymentId, this.clock.now()],
    );
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
