export { AllocatePaymentAction, type Allocation } from './actions/allocate-payment.js';
export { partyRows, signatureRows } from './documents/view.js';
export type { PayerSnapshot, SellerSnapshot } from './domain/document.js';
export { type NamedNumber, numbersInPurpose } from './domain/document-number.js';
export { DOCUMENT_TEXTS } from './domain/texts.js';
export { extractVat, type VatBreakdown } from './domain/vat.js';
export { InvoicePartyDto } from './dto/invoice.dto.js';
export { invoiceCancelled, invoiceNotFound, sellerNotFound } from './invoices.errors.js';
export { InvoicesModule } from './invoices.module.js';
export { InvoicesService } from './invoices.service.js';
export { drawNumber } from './persistence/document-numbers.js';
export {
  ENTITY_COLUMNS,
  findSellerByCode,
  type LegalEntityRow,
  listSellers,
  vatRateOn,
} from './persistence/legal-entities.js';
export { findSeries, type PayableInvoice } from './persistence/payable-invoices.js';
export { findPayer } from './persistence/payers.js';
export { payerSnapshot, sellerSnapshot } from './persistence/snapshots.js';
