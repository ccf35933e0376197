import { DomainError } from '../../../../kernel/domain-error.js';
import { MICROS_PER_UNIT, type Micros } from '../../../../kernel/money.js';
import { isDate } from '../../../../kernel/zoned-time.js';

/** What stands at a place of a file cannot be right. `place` is `/lines/17` or `/entries/3`. */
export function wrongAt(place: string, code: string, params: Record<string, string | number> = {}): DomainError {
  return new DomainError('invalid', code, { params, errors: [{ pointer: place, code, params }] });
}

/** The file ends before it is over. */
export const cutFile = (place: string): DomainError => wrongAt(place, 'statement_cut');

/** Sums that should be one are two: as decimals, for people. */
export function sumsDiffer(place: string, expected: Micros, actual: Micros): DomainError {
  return wrongAt(place, 'statement_sums_differ', { expected: decimal(expected), actual: decimal(actual) });
}

/** Two decimals; bank accounts have no more. */
export function decimal(micros: Micros): string {
  const absolute = micros < 0n ? -micros : micros;
  const minor = (absolute % MICROS_PER_UNIT) / 10_000n;
  return `${micros < 0n ? '-' : ''}${absolute / MICROS_PER_UNIT}.${String(minor).padStart(2, '0')}`;
}

/**
 * An amount as banks write it: a point or a comma before at most two decimals, blanks between thousands. What could be read in two ways
 * (`1,234.56`, `1,234`) is refused.
 */
export function readAmount(text: string, place: string): Micros {
  const bare = text.replace(/[\s\u00a0\u202f']/g, '');
  const match = /^([+-]?)(\d{1,13})(?:[.,](\d{0,2}))?$/.exec(bare);
  if (!match) throw wrongAt(place, 'statement_amount', { value: text.slice(0, 40) });
  const micros = BigInt(match[2]!) * MICROS_PER_UNIT + BigInt((match[3] ?? '').padEnd(2, '0')) * 10_000n;
  return match[1] === '-' ? -micros : micros;
}

/** A day from its parts; refuses what no calendar has. */
export function readDay(year: string, month: string, day: string, place: string, text: string): string {
  const date = `${year}-${month}-${day}`;
  if (!isDate(date)) throw wrongAt(place, 'statement_date', { value: text.slice(0, 40) });
  return date;
}

/** An account number without its blanks. */
export const bareAccount = (text: string): string => text.replace(/[\s\u00a0]/g, '').toUpperCase();

/** A text, or null for one of which nothing is to be seen. */
export const orNull = (text: string | undefined): string | null => text?.trim() || null;
