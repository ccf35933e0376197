import type { Locale } from '../../kernel/locale.js';

/** A label with what stands beside it. */
export type Labelled = [label: string, value: string];

export interface PrintedColumn {
  title: string;
  /** Numbers stand to the right; the one wide column takes what the others leave. */
  kind: 'number' | 'text' | 'wide';
}

/** How it is paid: words, and a code where the seller's country has one. */
export interface PrintedPayment {
  label: string;
  purpose: string;
  scan: string;
  /** What the payment code says; null where there is none. */
  qr: string | null;
}

/** A document as words in one language, ready for page and PDF: both show exactly the same. */
export interface PrintedDocument {
  locale: Locale;
  /** The file's name without its ending: the document's number. */
  name: string;
  /** `YYYY-MM-DD`. */
  issuedOn: string;
  heading: string;
  subheading: string;
  facts: Labelled[];
  parties: { label: string; rows: string[] }[];
  columns: PrintedColumn[];
  lines: string[][];
  totals: Labelled[];
  total: Labelled;
  /** Paragraphs below the sums. */
  remarks: string[];
  payment: PrintedPayment | null;
  signatures: Labelled[];
  footer: string;
}
