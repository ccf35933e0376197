import type { Micros } from '../../../kernel/money.js';

/** An invoice that a transfer may pay. */
export interface Candidate {
  accountId: string;
  invoiceId: string;
  legalEntityId: string;
  documentNumber: string;
  currency: string;
  payerTaxNumber: string;
  restMicros: Micros;
  cancelled: boolean;
}

/** Money that came in, and what it says of itself. */
export interface Incoming {
  legalEntityId: string;
  currency: string;
  amountMicros: Micros;
  /** Numbers in the purpose, in the order in which they stand there. */
  named: readonly { documentNumber: string; loose: boolean }[];
  /** Of the payer, as the bank or the purpose tells. */
  taxNumbers: readonly string[];
  /** Accounts that were paid from the same bank account before. */
  accountIds: readonly string[];
}

export const WAIT_REASONS = [
  'no_match',
  'several_matches',
  'several_accounts',
  'invoice_cancelled',
  'other_currency',
  'other_seller',
  'maybe_recorded',
  'batch_not_split',
  'reversal',
  'outgoing_returned',
] as const;
export type WaitReason = (typeof WAIT_REASONS)[number];

/** What ops may look at first. */
export interface Suggestion {
  accountId: string;
  invoiceId?: string;
  paymentId?: string;
}

export type Match =
  | { kind: 'credit'; accountId: string; invoiceIds: string[] }
  | { kind: 'wait'; reason: WaitReason; candidates: Suggestion[] };

const MAX_SUGGESTIONS = 10;

/**
 * Which account a transfer is for, if that is certain: that of the invoices it names, else that of the only open invoice of its amount
 * whose payer or account fits. Everything else waits for somebody who knows.
 *
 * @param candidates invoices as they stand now, at least those that have one of the numbers and those that fit by amount
 */
export function matchTransfer(incoming: Incoming, candidates: readonly Candidate[]): Match {
  const named = incoming.named.flatMap(({ documentNumber, loose }) =>
    candidates.filter((one) => one.documentNumber === documentNumber && (!loose || speaksFor(one, incoming))),
  );
  return named.length > 0 ? byNumber(incoming, named) : byAmount(incoming, candidates);
}

/** A number that may be something else counts if the amount or the payer is the invoice's. */
function speaksFor(one: Candidate, { amountMicros, taxNumbers, accountIds }: Incoming): boolean {
  return (
    one.restMicros === amountMicros || taxNumbers.includes(one.payerTaxNumber) || accountIds.includes(one.accountId)
  );
}

function byNumber({ legalEntityId, currency }: Incoming, named: readonly Candidate[]): Match {
  const own = named.filter((one) => one.legalEntityId === legalEntityId && one.currency === currency);
  const [first] = own;
  if (!first) return wait(named.some((one) => one.currency !== currency) ? 'other_currency' : 'other_seller', named);
  if (own.some(({ cancelled }) => cancelled)) return wait('invoice_cancelled', own);
  if (own.some(({ accountId }) => accountId !== first.accountId)) return wait('several_accounts', own);
  return { kind: 'credit', accountId: first.accountId, invoiceIds: own.map(({ invoiceId }) => invoiceId) };
}

function byAmount(incoming: Incoming, candidates: readonly Candidate[]): Match {
  const { legalEntityId, currency, amountMicros, taxNumbers, accountIds } = incoming;
  const fitting = candidates.filter(
    (one) =>
      one.legalEntityId === legalEntityId &&
      one.currency === currency &&
      !one.cancelled &&
      one.restMicros === amountMicros &&
      (taxNumbers.includes(one.payerTaxNumber) || accountIds.includes(one.accountId)),
  );
  const [only] = fitting;
  if (only && fitting.length === 1) return { kind: 'credit', accountId: only.accountId, invoiceIds: [only.invoiceId] };
  return wait(only ? 'several_matches' : 'no_match', fitting);
}

function wait(reason: WaitReason, candidates: readonly Candidate[]): Match {
  const suggestions = candidates.slice(0, MAX_SUGGESTIONS);
  return {
    kind: 'wait',
    reason,
    candidates: suggestions.map(({ accountId, invoiceId }) => ({ accountId, invoiceId })),
  };
}

/** Tax numbers that a bank's field or the purpose tells, without the prefix of a country: `PL5260001246`, `ИНН 7707083893`. */
export function taxNumbersIn(field: string | null, purpose: string): string[] {
  const told = field ? [field.replace(/^[A-Z]{2}/, '')] : [];
  const named = purpose.matchAll(/(?:ИНН|INN|NIP|ΑΦΜ|AFM|\/IDC\/)[\s:№.]{0,3}((?:PL|EL)?[\d-]{9,15})(?!\d)/giu);
  for (const [, number] of named) told.push(number!.replace(/\D/g, ''));
  return [...new Set(told)];
}
