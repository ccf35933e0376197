import type { Micros } from '../../../kernel/money.js';

/** Where an invoice stands, as seen through what covers it. Never stored: the document itself does not change. */
export const INVOICE_STATUSES = ['issued', 'partly_covered', 'covered', 'expired', 'cancelled'] as const;
export type InvoiceStatus = (typeof INVOICE_STATUSES)[number];

export interface Coverage {
  grossMicros: Micros;
  coveredMicros: Micros;
  cancelled: boolean;
  /** The last day on which the offer holds, `YYYY-MM-DD`. */
  validUntil: string;
}

/** Money that came decides first; an offer that nobody paid expires after its last day. */
export function invoiceStatus(
  { grossMicros, coveredMicros, cancelled, validUntil }: Coverage,
  today: string,
): InvoiceStatus {
  if (cancelled) return 'cancelled';
  if (coveredMicros >= grossMicros) return 'covered';
  if (coveredMicros > 0n) return 'partly_covered';
  return today > validUntil ? 'expired' : 'issued';
}
