import type { Currency, Micros } from '../../../kernel/money.js';
import type { BankDetails } from './payment-qr.js';

/** The seller as it stands on a document: a copy, so that later changes do not alter what was issued. */
export interface SellerSnapshot {
  country: string;
  name: string;
  taxNumber: string;
  taxReasonCode: string | null;
  vatNumber: string | null;
  address: string;
  bank: BankDetails;
  director: string | null;
  accountant: string | null;
}

export interface PayerSnapshot {
  country: string;
  name: string;
  taxNumber: string;
  taxReasonCode: string | null;
  address: string;
}

export interface InvoiceLine {
  lineNo: number;
  description: string;
  unit: string;
  quantity: number;
  /** Null: sold without VAT. */
  vatRateBps: number | null;
  netMicros: Micros;
  vatMicros: Micros;
  grossMicros: Micros;
}

/** An invoice as it was issued. Nothing in it ever changes. */
export interface InvoiceDocument {
  accountId: string;
  id: string;
  legalEntityId: string;
  payerId: string;
  documentNumber: string;
  /** `YYYY-MM-DD`. */
  issuedOn: string;
  validUntil: string;
  currency: Currency;
  netMicros: Micros;
  vatMicros: Micros;
  grossMicros: Micros;
  seller: SellerSnapshot;
  payer: PayerSnapshot;
  purpose: string;
  lines: InvoiceLine[];
}
