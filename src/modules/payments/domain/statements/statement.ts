import { createHash } from 'node:crypto';
import type { Micros } from '../../../../kernel/money.js';

export const STATEMENT_FORMATS = ['1c', 'camt053', 'mt940'] as const;
export type StatementFormat = (typeof STATEMENT_FORMATS)[number];

/** One movement on an account of ours, as the bank tells it. */
export interface StatementLine {
  /** Where it stands in the file: the number of its line, or of its entry in XML. From 1. */
  at: number;
  /** Our account, without blanks. */
  account: string;
  /** ISO 4217, as the file says; not necessarily one that we sell in. */
  currency: string;
  direction: 'in' | 'out';
  /** A bank takes back (`out`) or gives back (`in`) what it had booked before. */
  reversal: boolean;
  /** Always positive. */
  amountMicros: Micros;
  /** `YYYY-MM-DD`. */
  bookedOn: string;
  /** Who is on the other side; null where the bank does not say. */
  party: { name: string | null; taxNumber: string | null; account: string | null };
  purpose: string;
  /** The same in every file that tells of this movement, unique but for {@link inOrder}. */
  reference: string;
  /** `not_booked`: the bank has only announced it. `batch_not_split`: it stands for several transfers that the file does not tell apart. */
  remark: 'not_booked' | 'batch_not_split' | null;
}

/** Our account that the file is about. */
export interface StatementAccount {
  /** Without blanks. */
  account: string;
  currency: string;
  at: number;
}

/**
 * Reads one format, piece by piece; lines come as soon as they are whole. Throws a DomainError for what cannot be right; {@link end}
 * also for a file that breaks off and for sums that do not add up.
 */
export interface StatementParser {
  readonly format: StatementFormat;
  write(text: string): StatementLine[];
  end(): { lines: StatementLine[]; accounts: StatementAccount[] };
}

const MAX_REFERENCE = 120;

/** A reference of these parts. Of what is too long the end is told by its hash. */
export function referenceOf(...parts: readonly string[]): string {
  const whole = parts.map((part) => part.trim().replace(/\s+/g, ' ')).join('/');
  return whole.length <= MAX_REFERENCE ? whole : `${whole.slice(0, MAX_REFERENCE - 17)}~${fingerprint(whole)}`;
}

/** 16 characters that stand for a text, whatever its case and blanks. */
export function fingerprint(text: string): string {
  return createHash('sha256').update(text.toLowerCase().replace(/\s+/g, '')).digest('hex').slice(0, 16);
}

/**
 * Tells those apart that a file has under one reference, by their place among their equals: `…`, `…#2`, `…#3`. Equals are of one day,
 * and whatever file has that day has all of them.
 */
export class EqualsInOrder {
  private readonly seen = new Map<string, number>();

  next({ account, reference }: Pick<StatementLine, 'account' | 'reference'>): string {
    const key = `${account} ${reference.toLowerCase()}`;
    const nth = (this.seen.get(key) ?? 0) + 1;
    this.seen.set(key, nth);
    return nth === 1 ? reference : `${reference}#${nth}`;
  }
}
