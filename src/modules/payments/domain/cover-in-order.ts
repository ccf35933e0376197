import type { Micros } from '../../../kernel/money.js';

/** How a payment is spread over the invoices that it pays: each up to its rest, in order. What is over stays free. Lessens the rests. */
export function coverInOrder(
  amountMicros: Micros,
  invoiceIds: readonly string[],
  invoices: ReadonlyMap<string, { restMicros: Micros }>,
): { invoiceId: string; amountMicros: Micros }[] {
  let free = amountMicros;
  const shares: { invoiceId: string; amountMicros: Micros }[] = [];
  for (const invoiceId of new Set(invoiceIds)) {
    const invoice = invoices.get(invoiceId);
    if (!invoice) continue;
    const share = invoice.restMicros < free ? invoice.restMicros : free;
    if (share <= 0n) continue;
    shares.push({ invoiceId, amountMicros: share });
    invoice.restMicros -= share;
    free -= share;
  }
  return shares;
}
