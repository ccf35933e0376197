import type { ReportStatus } from '../sms-provider.js';

/** What the text of a delivery receipt says (SMPP 3.4, appendix B, and what peers make of it). */
export interface ReceiptText {
  id: string | null;
  status: ReportStatus | null;
  /** As written; null for zeros, blanks and absence. */
  errorCode: string | null;
  /** As written: see {@link parseWallClock}. */
  doneDate: string;
}

export interface WallClock {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
}

/** A receipt has a tenth of this; what is longer is no receipt, and not worth the search. */
const MAX_LENGTH = 2000;

/** The form of the specification's appendix, which most peers keep to: one step instead of a search for keys. */
const USUAL = /^id:(\S+) sub:\S* dlvrd:\S* submit date:\d* done date:(\d*) stat:([A-Za-z]+) err:(\S*)(?: text:[^]*)?$/i;
const KEY = /(?<![a-z0-9_])(id|sub|dlvrd|submit[ _]?date|done[ _]?date|stat(?:us)?|err(?:or)?|text|msg)\s*:/gi;

/**
 * Reads a receipt's text. Keys in any case and order; `sub` and `dlvrd` may be missing; everything behind `text:` is the
 * message's own and may hold anything, "id:" and "stat:" included. Never throws: what is not there is null.
 */
export function parseReceiptText(received: string): ReceiptText {
  const text = received.length > MAX_LENGTH ? received.slice(0, MAX_LENGTH) : received;
  const usual = USUAL.exec(text);
  if (usual) {
    const [, id, doneDate, word, error] = usual as unknown as [string, string, string, string, string];
    return { id, status: statusOfWord(word), errorCode: errorCodeOf(error), doneDate };
  }
  const fields = fieldsOf(text, true);
  // Some peers put the message's text in front of the rest; then what stands behind it is all there is.
  if (!fields.has('id') && !fields.has('stat'))
    for (const [key, value] of fieldsOf(text, false)) fields.set(key, value);
  return {
    id: fields.get('id')?.split(/\s/, 1)[0] || null,
    status: statusOfWord(fields.get('stat') ?? ''),
    errorCode: errorCodeOf(fields.get('err') ?? ''),
    doneDate: fields.get('done') ?? '',
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
  const digits = /^\d{10,14}(?!\d)/.exec(text)?.[0];
  if (!digits || digits.length % 2 === 1) return null;
  const full = digits.length === 14 ? digits : `20${digits}`;
  const clock = {
    year: Number(full.slice(0, 4)),
    month: Number(full.slice(4, 6)),
    day: Number(full.slice(6, 8)),
    hour: Number(full.slice(8, 10)),
    minute: Number(full.slice(10, 12)),
    second: Number(full.slice(12)),
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
