import { septetsOf } from './gsm7.js';

export type SmsEncoding = 'gsm7' | 'ucs2';

/** What a text costs on the wire. */
export interface SmsMeasure {
  encoding: SmsEncoding;
  /** Billed parts, at least 1: an empty text is still one message. */
  parts: number;
  /** Septets of GSM-7 (extension characters cost two), UTF-16 units of UCS-2. */
  units: number;
  /** Units that fit into each part at this number of parts: 160 or 153, 70 or 67. */
  perPart: number;
  /** The first distinct characters that are not GSM-7, at most {@link MAX_FORCED_BY}; empty for GSM-7. */
  forcedBy: string[];
}

export interface SmsSplit {
  encoding: SmsEncoding;
  /** Their concatenation is the normalised text. */
  parts: string[];
}

/** A text with more parts is refused wherever one is accepted. */
export const MAX_PARTS = 10;
/** How many of the characters that forced UCS-2 are named. */
export const MAX_FORCED_BY = 5;

const CAPACITY = {
  gsm7: { single: 160, several: 153 },
  ucs2: { single: 70, several: 67 },
} as const;

/**
 * Ranges of UTF-16 units that stay as they are under NFC and are a grapheme of their own beside each other: texts of these
 * need neither normalisation nor segmentation. A test holds every one of them against ICU.
 */
const PLAIN_RANGES: readonly (readonly [number, number])[] = [
  [0x0009, 0x000a],
  [0x000c, 0x000c],
  [0x0020, 0x007e],
  [0x00a0, 0x02ff],
  [0x0370, 0x0373],
  [0x0375, 0x0377],
  [0x037a, 0x037d],
  [0x037f, 0x037f],
  [0x0384, 0x0386],
  [0x0388, 0x0482],
  [0x048a, 0x052f],
  [0x0531, 0x058a],
  [0x05d0, 0x05ea],
  [0x10a0, 0x10ff],
  [0x2010, 0x2027],
  [0x2030, 0x205e],
  [0x20a0, 0x20bf],
  [0x2100, 0x2125],
  [0x2190, 0x21ff],
  [0x2500, 0x27bf],
  [0x3041, 0x3096],
  [0x30a1, 0x30fa],
  [0x4e00, 0x9fff],
];

const PLAIN = new Uint8Array(0x10000);
for (const [first, last] of PLAIN_RANGES) PLAIN.fill(1, first, last + 1);

/** Whether a UTF-16 unit is one that needs neither NFC nor a segmenter beside others of its kind. */
export function isPlainUnit(unit: number): boolean {
  return PLAIN[unit] === 1;
}

/** Control characters that mean nothing in an SMS; NUL cannot even be stored. Tab, line feed and form feed stay. */
// oxlint-disable-next-line no-control-regex
const CONTROLS = /[\u0000-\u0008\u000b\u000e-\u001f\u007f-\u009f]/g;

const UNPAIRED_SURROGATE = /\p{Surrogate}/gu;

/**
 * The one form in which a text is counted, stored and sent: NFC; CRLF and lone CR become LF (one unit, and never cut apart);
 * other control characters but tab and form feed are dropped; an unpaired surrogate becomes U+FFFD. Idempotent.
 */
export function normaliseText(text: string): string {
  return isPlain(text) ? text : normaliseSlowly(text);
}

function normaliseSlowly(text: string): string {
  return text.replace(UNPAIRED_SURROGATE, '\ufffd').replace(/\r\n?/g, '\n').replace(CONTROLS, '').normalize('NFC');
}

function isPlain(text: string): boolean {
  for (let index = 0; index < text.length; index++) if (PLAIN[text.charCodeAt(index)] === 0) return false;
  return true;
}

interface Scan {
  text: string;
  encoding: SmsEncoding;
  units: number;
  /** Every unit is one that can be cut before and after. */
  plain: boolean;
}

/** Normalises only when it has to, then decides the alphabet. */
function scan(raw: string): Scan {
  let scanned = scanUnits(raw);
  if (!scanned.plain) {
    const text = normaliseSlowly(raw);
    if (text !== raw) scanned = scanUnits(text);
  }
  return scanned;
}

/** One look-up a unit: its septets, and what it takes away from the text. */
const FORCES_UCS2 = 4;
const NOT_PLAIN = 8;
const TRAITS = Uint8Array.from(PLAIN, (plain, unit) => {
  const septets = septetsOf(unit);
  return septets | (septets === 0 ? FORCES_UCS2 : 0) | (plain === 0 ? NOT_PLAIN : 0);
});

function scanUnits(text: string): Scan {
  let septets = 0;
  let seen = 0;
  for (let index = 0; index < text.length; index++) {
    const traits = TRAITS[text.charCodeAt(index)]!;
    septets += traits & 3;
    seen |= traits;
  }
  const plain = (seen & NOT_PLAIN) === 0;
  return (seen & FORCES_UCS2) === 0
    ? { text, encoding: 'gsm7', units: septets, plain }
    : { text, encoding: 'ucs2', units: text.length, plain };
}

/**
 * Counts a text as it will be sent: with 153 and 67 units a part whatever header the wire uses, so that quote, hold and
 * dispatch agree. `measure(t).parts === splitParts(t).parts.length`, always.
 */
export function measure(raw: string): SmsMeasure {
  const scanned = scan(raw);
  const { encoding, units } = scanned;
  const single = units <= CAPACITY[encoding].single;
  return {
    encoding,
    parts: single ? 1 : countSeveral(scanned),
    units,
    perPart: single ? CAPACITY[encoding].single : CAPACITY[encoding].several,
    forcedBy: encoding === 'gsm7' ? [] : forcedBy(scanned.text),
  };
}

/** Where nothing can be cut apart a division is enough; else the cuts are made and counted. */
function countSeveral(scanned: Scan): number {
  const { encoding, units, text, plain } = scanned;
  const indivisible = encoding === 'gsm7' ? units === text.length : plain;
  if (indivisible) return Math.ceil(units / CAPACITY[encoding].several);
  return cuts(scanned).length + 1;
}

/** Cuts a text into the parts that are sent. Extension characters, surrogate pairs and graphemes stay whole. */
export function splitParts(raw: string): SmsSplit {
  const scanned = scan(raw);
  const { text, encoding, units } = scanned;
  if (units <= CAPACITY[encoding].single) return { encoding, parts: [text] };
  const parts: string[] = [];
  let start = 0;
  for (const end of cuts(scanned)) {
    parts.push(text.slice(start, end));
    start = end;
  }
  parts.push(text.slice(start));
  return { encoding, parts };
}

/** Offsets at which a text of several parts is cut, the end not among them. */
function cuts(scanned: Scan): number[] {
  return scanned.encoding === 'gsm7' ? gsm7Cuts(scanned.text) : ucs2Cuts(scanned.text);
}

function gsm7Cuts(text: string): number[] {
  const offsets: number[] = [];
  let used = 0;
  for (let index = 0; index < text.length; index++) {
    const cost = septetsOf(text.charCodeAt(index));
    if (used + cost > CAPACITY.gsm7.several) {
      offsets.push(index);
      used = 0;
    }
    used += cost;
  }
  return offsets;
}

function ucs2Cuts(text: string): number[] {
  const size = CAPACITY.ucs2.several;
  const offsets: number[] = [];
  let grapheme: Grapheme = { start: 0, end: 0 };
  for (let start = 0; start + size < text.length;) {
    let end = start + size;
    if (PLAIN[text.charCodeAt(end - 1)] === 0 || PLAIN[text.charCodeAt(end)] === 0) {
      if (end >= grapheme.end) grapheme = graphemeAround(text, Math.max(start, grapheme.end), end);
      end = cutBefore(text, end, grapheme);
    }
    offsets.push(end);
    start = end;
  }
  return offsets;
}

/** The last place up to `end` where no grapheme is cut; a grapheme longer than a whole part is cut between code points. */
function cutBefore(text: string, end: number, grapheme: Grapheme): number {
  if (grapheme.end - grapheme.start <= CAPACITY.ucs2.several) return grapheme.start;
  if (grapheme.start === end) return end;
  return isTrailingSurrogate(text.charCodeAt(end)) ? end - 1 : end;
}

interface Grapheme {
  start: number;
  end: number;
}

let segmenter: Intl.Segmenter | undefined;

/**
 * The grapheme that holds the unit at `at`, found from a boundary before it. Only a piece of the text is segmented, as large as
 * the grapheme asks: ICU's cost grows with what it is given, and that would make long texts quadratic.
 */
function graphemeAround(text: string, boundary: number, at: number): Grapheme {
  segmenter ??= new Intl.Segmenter('und', { granularity: 'grapheme' });
  for (let length = 256; ; length *= 2) {
    const piece = text.slice(boundary, boundary + length);
    const found = segmenter.segment(piece).containing(at - boundary)!;
    const end = found.index + found.segment.length;
    if (end < piece.length || boundary + length >= text.length)
      return { start: boundary + found.index, end: boundary + end };
  }
}

function isTrailingSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}

function forcedBy(text: string): string[] {
  const found: string[] = [];
  for (const character of text) {
    if (septetsOf(character.charCodeAt(0)) > 0 || found.includes(character)) continue;
    found.push(character);
    if (found.length === MAX_FORCED_BY) break;
  }
  return found;
}
