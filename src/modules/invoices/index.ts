export { AllocatePaymentAction } from './actions/allocate-payment.js';
export { numbersInPurpose } from './domain/document-number.js';
export { invoiceCancelled, invoiceNotFound } from './invoices.errors.js';
export { InvoicesModule } from './invoices.module.js';
export { InvoicesService } from './invoices.service.js';
export { ENTITY_COLUMNS, type LegalEntityRow } from './persistence/legal-entities.js';
