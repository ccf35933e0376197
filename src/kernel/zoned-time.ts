import { DomainError } from './domain-error.js';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** IANA names have an area (`Europe/Athens`). Abbreviations are refused: CST is Chicago to some and Shanghai to others. */
const ZONE_NAME = /^(?:UTC|(?!systemv\/)[a-z][a-z_]*(?:\/[a-z0-9_+-]+){1,2})$/i;
const LOCAL_DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const LOCAL_TIME = /^([01]\d|2[0-3]):([0-5]\d)$/;
/** Days whose offsets are remembered per zone. */
const MAX_REMEMBERED_DAYS = 4096;

/** The offset rules of one zone, read from ICU, which takes some 10 µs a question, and remembered by UTC day. */
class Zone {
  private readonly offsetOfDay = new Map<number, number | null>();
  constructor(private readonly format: Intl.DateTimeFormat) {}

  /** Milliseconds that local time is ahead of UTC at an instant. */
  offsetAt(ms: number): number {
    const day = Math.floor(ms / DAY_MS);
    let offset = this.offsetOfDay.get(day);
    if (offset === undefined) {
      const before = this.readOffset(day * DAY_MS);
      offset = before === this.readOffset((day + 1) * DAY_MS) ? before : null;
      if (this.offsetOfDay.size >= MAX_REMEMBERED_DAYS) this.offsetOfDay.clear();
      this.offsetOfDay.set(day, offset);
    }
    return offset ?? this.readOffset(ms);
  }

  private readOffset(ms: number): number {
    const match = /GMT(?:([+-])(\d{1,2}):(\d{2})(?::(\d{2}))?)?$/.exec(this.format.format(ms));
    if (!match) throw new Error('The offset of a zone cannot be read');
    if (!match[1]) return 0;
    const seconds = Number(match[2]) * 3600 + Number(match[3]) * 60 + Number(match[4] ?? 0);
    return (match[1] === '-' ? -seconds : seconds) * 1000;
  }

  /**
   * The instant of a local wall clock (milliseconds as if it were UTC). In a gap the offset before it is used; in an overlap the
   * first of the two counts (RFC 5545; Temporal's `compatible`).
   */
  instantOf(wallMs: number): number {
    const before = this.offsetAt(wallMs - DAY_MS);
    const after = this.offsetAt(wallMs + DAY_MS);
    const early = wallMs - before;
    if (before === after || this.offsetAt(early) === before) return early;
    const late = wallMs - after;
    return this.offsetAt(late) === after ? late : early;
  }
}

const zones = new Map<string, Zone>();

function zoneOf(name: string): Zone | null {
  if (!ZONE_NAME.test(name)) return null;
  const key = name.toLowerCase();
  const known = zones.get(key);
  if (known) return known;
  try {
    const zone = new Zone(new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' }));
    zones.set(key, zone);
    return zone;
  } catch {
    return null; // ICU does not know the name.
  }
}

function needZone(name: string): Zone {
  const zone = zoneOf(name);
  if (!zone) throw new DomainError('invalid', 'unknown_time_zone', { params: { zone: name.slice(0, 64) } });
  return zone;
}

/** Whether a name is an IANA zone that this machine has rules for. */
export function isTimeZone(name: string): boolean {
  return zoneOf(name) !== null;
}

/** Local wall clock in minutes of an epoch day → instant in milliseconds. Minutes may run past the day's end. */
export type WallClock = (epochDay: number, minutes: number) => number;

/** The two conversions of one zone for repeated use, or null for an unknown zone. */
export function zoneReader(name: string): { toInstant: WallClock; toWallMs: (ms: number) => number } | null {
  const zone = zoneOf(name);
  return (
    zone && {
      toInstant: (epochDay, minutes) => zone.instantOf(epochDay * DAY_MS + minutes * MINUTE_MS),
      toWallMs: (ms) => ms + zone.offsetAt(ms),
    }
  );
}

/**
 * The instant of a local date (`YYYY-MM-DD`) and time (`HH:MM`) in an IANA zone. A time inside the spring gap is read with the offset
 * before it; in the autumn overlap the first of the two counts. Refuses: `invalid_date`, `invalid_time`, `unknown_time_zone`.
 */
export function localTimeToInstant(date: string, time: string, zone: string): Date {
  const match = LOCAL_TIME.exec(time);
  if (!match) throw new DomainError('invalid', 'invalid_time');
  const minutes = Number(match[1]) * 60 + Number(match[2]);
  return new Date(needZone(zone).instantOf(epochMsOf(date) + minutes * MINUTE_MS));
}

/** The calendar date (`YYYY-MM-DD`) that an instant has in a zone. Refuses: `unknown_time_zone`. */
export function localDateAt(instant: Date, zone: string): string {
  const ms = instant.getTime();
  return isoDate(ms + needZone(zone).offsetAt(ms));
}

/** The wall clock (`HH:MM`) that an instant has in a zone. Refuses: `unknown_time_zone`. */
export function localTimeAt(instant: Date, zone: string): string {
  const ms = instant.getTime();
  return new Date(ms + needZone(zone).offsetAt(ms)).toISOString().slice(11, 16);
}

/** A calendar date some days later or, with a negative number, earlier. Refuses: `invalid_date`. */
export function addDays(date: string, days: number): string {
  return isoDate(epochMsOf(date) + days * DAY_MS);
}

/** Whether a text is a day of the calendar (`YYYY-MM-DD`). */
export function isDate(text: string): boolean {
  const match = LOCAL_DATE.exec(text);
  return match !== null && utcMs(Number(match[1]), Number(match[2]), Number(match[3])) !== null;
}

function isoDate(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

function epochMsOf(date: string): number {
  const match = LOCAL_DATE.exec(date);
  const ms = match ? utcMs(Number(match[1]), Number(match[2]), Number(match[3])) : null;
  if (ms === null) throw new DomainError('invalid', 'invalid_date');
  return ms;
}

/** Null for days that the calendar does not have, and for years before 1000 or after 9998, which nothing here can mean. */
function utcMs(year: number, month: number, day: number): number | null {
  if (year < 1000 || year > 9998) return null;
  const ms = Date.UTC(year, month - 1, day);
  const back = new Date(ms);
  return back.getUTCMonth() === month - 1 && back.getUTCDate() === day ? ms : null;
}

const INSTANT =
  /^(\d{4})-(\d{2})-(\d{2})[Tt]([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(?:\.(\d{1,9}))?(?:([Zz])|([+-])([01]\d|2[0-3]):([0-5]\d))?$/;

/**
 * Reads an RFC 3339 instant; fractions beyond milliseconds are cut. Refuses `offset_required` (a date-time without an offset means a
 * different instant to everybody) and `invalid_instant`.
 */
export function parseInstant(text: string): Date {
  const match = text.length <= 40 ? INSTANT.exec(text) : null;
  const day = match && utcMs(Number(match[1]), Number(match[2]), Number(match[3]));
  if (!match || day === null) throw new DomainError('invalid', 'invalid_instant');
  if (!match[8] && !match[9]) throw new DomainError('invalid', 'offset_required');
  const seconds = Number(match[4]) * 3600 + Number(match[5]) * 60 + Number(match[6]);
  const fraction = Number((match[7] ?? '').padEnd(3, '0').slice(0, 3));
  const offsetMinutes = match[9] ? Number(match[10]) * 60 + Number(match[11]) : 0;
  const sign = match[9] === '-' ? 1 : -1;
  return new Date(day + seconds * 1000 + fraction + sign * offsetMinutes * MINUTE_MS);
}
