import type { ReportStatus } from '../sms-provider.js';

/** What the text of a delivery receipt says (SMPP 3.4, appendix B, and what peers make of it). */
export interface ReceiptText {
  id: string | null;
  status: ReportStatus | null;
  /** As written; null for zeros, blanks and absence. */
  errorCode: string | null;
  /** The wall clock in the text; its zone is the provider's and not in it. */
  doneDate: WallClock | null;
}

export interface WallClock {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
}

const KEY = /(?<![a-z0-9_])(id|sub|dlvrd|submit[ _]?date|done[ _]?date|stat(?:us)?|err(?:or)?|text|msg)\s*:/gi;

/**
 * Reads a receipt's text. Keys in any case and order; `sub` and `dlvrd` may be missing; everything behind `text:` is the
 * message's own and may hold anything, "id:" and "stat:" included. Never throws: what is not there is null.
 */
export function parseReceiptText(text: string): ReceiptText {
  const fields = fieldsOf(text, true);
  // Some peers put the message's text in front of the rest; then what stands behind it is all there is.
  if (!fields.has('id') && !fields.has('stat'))
    for (const [key, value] of fieldsOf(text, false)) fields.set(key, value);
  return {
    id: fields.get('id')?.split(/\s/, 1)[0] || null,
    status: statusOfWord(fields.get('stat') ?? ''),
    errorCode: errorCodeOf(fields.get('err') ?? ''),
    doneDate: parseWallClock(fields.get('done') ?? ''),
  };
}

/** Values by the first letters of their key. The first value of a key counts, or the last where `text:` stands in front. */
function fieldsOf(text: string, textIsLast: boolean): Map<string, string> {
  const fields = new Map<string, string>();
  let open: string | null = null;
  let from = 0;
  for (const match of text.matchAll(KEY)) {
    if (open !== null) keep(fields, open, text.slice(from, match.index), textIsLast);
    open = shortKey(match[1]!);
    from = match.index + match[0].length;
    if (open === 'text' && textIsLast) return fields;
  }
  if (open !== null) keep(fields, open, text.slice(from), textIsLast);
  return fields;
}

function keep(fields: Map<string, string>, key: string, value: string, firstCounts: boolean): void {
  if (!firstCounts || !fields.has(key)) fields.set(key, value.trim());
}

function shortKey(key: string): string {
  const lower = key.toLowerCase();
  if (lower === 'msg') return 'text';
  for (const known of ['id', 'submit', 'sub', 'dlvrd', 'done', 'stat', 'err', 'text'])
    if (lower.startsWith(known)) return known;
  return lower;
}

const WORDS: readonly (readonly [prefix: string, status: ReportStatus])[] = [
  ['DELIV', 'delivered'],
  ['DLVRD', 'delivered'],
  ['EXPIR', 'expired'],
  ['UNDEL', 'undelivered'],
  ['DELET', 'undelivered'],
  ['FAIL', 'undelivered'],
  ['SKIP', 'undelivered'],
  ['REJ', 'rejected'],
  ['ACC', 'submitted'],
  ['ACK', 'submitted'],
  ['ENROUTE', 'submitted'],
  ['BUFF', 'submitted'],
  ['SCHED', 'submitted'],
  ['UNKN', 'unknown'],
];

function statusOfWord(word: string): ReportStatus | null {
  const upper = word.toUpperCase();
  if (upper === '') return null;
  return WORDS.find(([prefix]) => upper.startsWith(prefix))?.[1] ?? 'unknown';
}

/** message_state, SMPP 3.4 5.2.28 (and 5.0's 0 and 9); null for what neither defines. */
export function statusOfState(state: number): ReportStatus | null {
  const states: (ReportStatus | undefined)[] = [
    'submitted',
    'submitted',
    'delivered',
    'expired',
    'undelivered',
    'undelivered',
    'submitted',
    'unknown',
    'rejected',
    'undelivered',
  ];
  return states[state] ?? null;
}

function errorCodeOf(text: string): string | null {
  const word = text.split(/\s/, 1)[0]!;
  return /^0*$/.test(word) ? null : word;
}

/** YYMMDDhhmm, the same with seconds, or with a four-digit year; null for anything that is no date. */
export function parseWallClock(text: string): WallClock | null {
  const digits = /^\d{10,14}/.exec(text)?.[0];
  if (!digits || digits.length % 2 === 1) return null;
  const full = digits.length === 14 ? digits : `20${digits}`;
  const [century, rest, month, day, hour, minute, second] = full.match(/\d\d/g)!.map(Number);
  const clock = {
    year: century! * 100 + rest!,
    month: month!,
    day: day!,
    hour: hour!,
    minute: minute!,
    second: second ?? 0,
  };
  return isReal(clock) ? clock : null;
}

function isReal(clock: WallClock): boolean {
  const date = new Date(Date.UTC(clock.year, clock.month - 1, clock.day, clock.hour, clock.minute, clock.second));
  return (
    date.getUTCMonth() === clock.month - 1 &&
    date.getUTCDate() === clock.day &&
    clock.hour < 24 &&
    clock.minute < 60 &&
    clock.second < 60
  );
}

/**
 * Turns the provider's wall clocks into instants. The offset of a zone is asked once per hour of its wall clock, since a
 * full calculation per report would cost more than all the rest of reading it.
 */
export class WallClockZone {
  private readonly format: Intl.DateTimeFormat | null;
  private cachedHour = Number.NaN;
  private cachedOffset = 0;

  /** @throws RangeError for a zone that does not exist. */
  constructor(zone: string) {
    this.format =
      zone === 'UTC'
        ? null
        : new Intl.DateTimeFormat('en-US', {
            timeZone: zone,
            hourCycle: 'h23',
            year: 'numeric',
            month: 'numeric',
            day: 'numeric',
            hour: 'numeric',
            minute: 'numeric',
            second: 'numeric',
          });
  }

  /** A time inside a spring gap is read with the offset before it; of an autumn overlap the first one counts. */
  toDate(clock: WallClock): Date {
    const asUtc = Date.UTC(clock.year, clock.month - 1, clock.day, clock.hour, clock.minute, clock.second);
    if (!this.format) return new Date(asUtc);
    const hour = Math.floor(asUtc / 3_600_000);
    if (hour !== this.cachedHour) {
      this.cachedOffset = this.offsetFor(asUtc);
      this.cachedHour = hour;
    }
    return new Date(asUtc - this.cachedOffset);
  }

  /** Milliseconds that the zone is ahead of UTC at a wall clock time, the earlier offset where two would do. */
  private offsetFor(asUtc: number): number {
    const before = this.offsetAt(asUtc - 86_400_000);
    const after = this.offsetAt(asUtc + 86_400_000);
    if (before === after) return before;
    return this.offsetAt(asUtc - before) === before ? before : this.offsetAt(asUtc - after) === after ? after : before;
  }

  private offsetAt(instant: number): number {
    const parts: Record<string, number> = {};
    for (const { type, value } of this.format!.formatToParts(instant)) parts[type] = Number(value);
    const { year, month, day, hour, minute, second } = parts;
    return Date.UTC(year!, month! - 1, day, hour, minute, second) - Math.floor(instant / 1000) * 1000;
  }
}
