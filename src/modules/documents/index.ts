export { DocumentDesk, type DocumentKey, type DocumentSource } from './document-desk.js';
export { DocumentsModule } from './documents.module.js';
export { DocumentLinksDto, DocumentQuery } from './dto/document.dto.js';
export { formatAmount, formatCount, formatDay, formatRate } from './format.js';
export type { Labelled, PrintedColumn, PrintedDocument, PrintedPayment } from './printed-document.js';
export { type HandedOut, sendPage, sendPdf } from './reply.js';
