import type { PayerSnapshot, SellerSnapshot } from '../domain/document.js';
import type { LegalEntityRow } from './legal-entities.js';
import type { PayerRow } from './payers.js';

/** The seller as a document keeps it. */
export function sellerSnapshot(row: LegalEntityRow): SellerSnapshot {
  return {
    country: row.country,
    name: row.name,
    taxNumber: row.tax_number,
    taxReasonCode: row.tax_reason_code,
    vatNumber: row.vat_number,
    address: row.address,
    bank: row.bank,
    director: row.director,
    accountant: row.accountant,
  };
}

/** The payer as a document keeps it. */
export function payerSnapshot(row: PayerRow): PayerSnapshot {
  return {
    country: row.country,
    name: row.name,
    taxNumber: row.tax_number,
    taxReasonCode: row.tax_reason_code,
    address: row.address,
  };
}
