import { DomainError, type FieldError } from './domain-error.js';
import { isTimeZone, zoneReader, type WallClock } from './zoned-time.js';

/** Half-open: `from` is inside, `to` is not. `HH:MM`; `to` may be `24:00`; `from` after `to` runs over midnight. */
export interface LocalRange {
  from: string;
  to: string;
}

export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** Hours by the wall clock of whoever is meant. A weekday that is left out is closed. A range over midnight belongs to the day on which it begins. */
export interface WeeklyHours {
  days: Partial<Record<Weekday, LocalRange[]>>;
}

/** When sending is allowed, by the wall clock of an IANA zone. */
export interface WeeklyWindow extends WeeklyHours {
  timeZone: string;
}

/** The same hours on every day. */
export function daily(from: string, to: string, timeZone: string): WeeklyWindow {
  return { timeZone, days: Object.fromEntries(WEEKDAYS.map((day) => [day, [{ from, to }]])) };
}

/** A window made ready for many questions. Fails closed: an unknown zone or a malformed range is never open. */
export interface CompiledWindow {
  /** A comparison of numbers as long as questions stay near each other in time. */
  isOpen(ms: number): boolean;
  /** The instant itself while open, else the next opening; null: none within three weeks, so never. */
  nextOpening(ms: number): number | null;
}

const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;
const DAY_MINUTES = 1440;
const WEEKS_AHEAD = 3;
const REMEMBERED_WEEKS = 6;
const MAX_RANGES_PER_DAY = 12;
const TIME = /^(?:([01]\d|2[0-3]):([0-5]\d)|(24):(00))$/;

const NEVER: CompiledWindow = { isOpen: () => false, nextOpening: () => null };
const compiled = new WeakMap<WeeklyWindow, CompiledWindow>();

/** Compiles once per object; the object must not be changed afterwards. */
export function compileWindow(window: WeeklyWindow): CompiledWindow {
  let result = compiled.get(window);
  if (!result) compiled.set(window, (result = compileEverywhere(window, [window.timeZone])));
  return result;
}

export function isOpen(window: WeeklyWindow, instant: Date): boolean {
  return compileWindow(window).isOpen(instant.getTime());
}

/** The instant itself while open, else the next opening; null: never. */
export function nextOpening(window: WeeklyWindow, instant: Date): Date | null {
  const ms = compileWindow(window).nextOpening(instant.getTime());
  return ms === null ? null : new Date(ms);
}

/** The first instant from `instant` on at which all windows are open; null: none within the horizon. No windows: at once. */
export function nextCommonOpening(
  windows: readonly (WeeklyWindow | CompiledWindow)[],
  instant: Date,
  horizonDays = 21,
): Date | null {
  const all = windows.map((window) => ('timeZone' in window ? compileWindow(window) : window));
  const limit = instant.getTime() + horizonDays * DAY_MS;
  let ms = instant.getTime();
  for (let agreeing = 0, index = 0; agreeing < all.length; index = (index + 1) % all.length) {
    const next = all[index]!.nextOpening(ms);
    if (next === null || next > limit) return null;
    agreeing = next === ms ? agreeing + 1 : 1;
    ms = next;
  }
  return new Date(ms);
}

/** A range in minutes of its day; `to` past 1440 ends on the next day. */
interface Minutes {
  from: number;
  to: number;
}

/** Open while the hours are open in every one of the zones at once; in no zone at all, or in one that is unknown, never. */
export function compileEverywhere(hours: WeeklyHours, timeZones: readonly string[]): CompiledWindow {
  const zones = timeZones.map((name) => (typeof name === 'string' ? zoneReader(name) : null));
  const days = WEEKDAYS.map((day) => hours.days?.[day] ?? []);
  if (zones.length === 0 || zones.includes(null) || !days.every(Array.isArray)) return NEVER;
  const minutes = days.map((ranges) => ranges.map(toMinutes));
  if (minutes.flat().includes(null)) return NEVER;
  return new WeeklyEvaluator(
    minutes as Minutes[][],
    zones.map((zone) => zone!.toInstant),
  );
}

function toMinutes(range: LocalRange): Minutes | null {
  const from = minutesOf(range?.from);
  const to = minutesOf(range?.to);
  if (from === null || to === null || from === to || from === DAY_MINUTES) return null;
  return { from, to: to > from ? to : to + DAY_MINUTES };
}

function minutesOf(time: unknown): number | null {
  const match = typeof time === 'string' ? TIME.exec(time) : null;
  return match && Number(match[1] ?? match[3]) * 60 + Number(match[2] ?? match[4]);
}

/** The open intervals that touch one UTC week, ascending and apart: open at i while starts[i] <= ms < ends[i]. */
interface Week extends Intervals {
  from: number;
}

interface Intervals {
  starts: number[];
  ends: number[];
}

/**
 * Lays the weekly pattern out as instants, one UTC week at a time, so that a day of 23 or 25 hours is nothing special; on several wall
 * clocks, as the instants that are open on all of them. Both edges of a range are local times read by the rule of {@link localTimeToInstant}: an edge inside the spring gap moves out of it by
 * the gap's length, an edge inside the autumn overlap is met once, the first time.
 */
class WeeklyEvaluator implements CompiledWindow {
  private readonly weeks = new Map<number, Week>();
  /** The interval around the last question, open or closed. */
  private from = Infinity;
  private to = -Infinity;
  private open = false;

  constructor(
    private readonly days: readonly (readonly Minutes[])[],
    private readonly clocks: readonly WallClock[],
  ) {}

  isOpen(ms: number): boolean {
    if (ms >= this.from && ms < this.to) return this.open;
    return this.look(ms);
  }

  nextOpening(ms: number): number | null {
    if (this.isOpen(ms)) return ms;
    for (let ahead = 0; ahead <= WEEKS_AHEAD; ahead++) {
      const start = this.week(Math.floor(ms / WEEK_MS) + ahead).starts.find((start) => start > ms);
      if (start !== undefined) return start;
    }
    return null;
  }

  private look(ms: number): boolean {
    if (!Number.isFinite(ms)) return false;
    const { from, starts, ends } = this.week(Math.floor(ms / WEEK_MS));
    const index = starts.findLastIndex((start) => start <= ms);
    this.open = index >= 0 && ms < ends[index]!;
    this.from = this.open ? starts[index]! : Math.max(from, ends[index] ?? from);
    const next = this.open ? ends[index]! : (starts[index + 1] ?? Infinity);
    this.to = Math.min(next, from + WEEK_MS);
    return this.open;
  }

  private week(number: number): Week {
    let week = this.weeks.get(number);
    if (!week) {
      if (this.weeks.size >= REMEMBERED_WEEKS) this.weeks.clear();
      this.weeks.set(number, (week = this.layOut(number * WEEK_MS)));
    }
    return week;
  }

  private layOut(from: number): Week {
    const [first, ...others] = this.clocks.map((toInstant) => this.layOutOn(toInstant, from));
    return { from, ...others.reduce(intersect, first!) };
  }

  /** Days two before and after the UTC week are enough for every offset and for ranges over midnight. */
  private layOutOn(toInstant: WallClock, from: number): Intervals {
    const firstDay = Math.floor(from / DAY_MS) - 2;
    const week: Intervals = { starts: [], ends: [] };
    const intervals: [number, number][] = [];
    for (let day = firstDay; day < firstDay + 11; day++)
      for (const range of this.days[(((day + 3) % 7) + 7) % 7]!)
        intervals.push([toInstant(day, range.from), toInstant(day, range.to)]);
    for (const [start, end] of intervals.sort((a, b) => a[0] - b[0])) {
      if (end <= start || end <= from || start >= from + WEEK_MS) continue;
      const last = week.ends.length - 1;
      if (last >= 0 && start <= week.ends[last]!) week.ends[last] = Math.max(week.ends[last]!, end);
      else {
        week.starts.push(start);
        week.ends.push(end);
      }
    }
    return week;
  }
}

/** What is open in both. All that comes in touches the week, so what comes out does, too. */
function intersect(one: Intervals, other: Intervals): Intervals {
  const both: Intervals = { starts: [], ends: [] };
  for (let i = 0, j = 0; i < one.starts.length && j < other.starts.length;) {
    const start = Math.max(one.starts[i]!, other.starts[j]!);
    const end = Math.min(one.ends[i]!, other.ends[j]!);
    if (start < end) {
      both.starts.push(start);
      both.ends.push(end);
    }
    if (one.ends[i]! < other.ends[j]!) i++;
    else j++;
  }
  return both;
}

/**
 * Reads a window from untrusted input, or refuses it: `invalid_window`, with a pointer for each bad member. Weekdays that are left
 * out are closed; a window that is never open is refused.
 */
export function parseWindow(input: unknown): WeeklyWindow {
  const errors: FieldError[] = [];
  const window = readWindow(input, errors);
  if (errors.length > 0) throw new DomainError('invalid', 'invalid_window', { errors });
  return window;
}

/** The same for hours that name no zone. */
export function parseHours(input: unknown): WeeklyHours {
  const errors: FieldError[] = [];
  const hours = readHours(asRecord(input, '', errors), errors);
  if (errors.length > 0) throw new DomainError('invalid', 'invalid_window', { errors });
  return hours;
}

function readWindow(input: unknown, errors: FieldError[]): WeeklyWindow {
  const { timeZone, ...hours } = asRecord(input, '', errors);
  if (typeof timeZone !== 'string' || !isTimeZone(timeZone))
    errors.push({ pointer: '/timeZone', code: 'unknown_time_zone' });
  return { timeZone: timeZone as string, ...readHours(hours, errors) };
}

function readHours({ days, ...rest }: Record<string, unknown>, errors: FieldError[]): WeeklyHours {
  for (const key of Object.keys(rest)) errors.push({ pointer: `/${escapePointer(key)}`, code: 'unknown_field' });
  const byDay = asRecord(days, '/days', errors);
  for (const key of Object.keys(byDay))
    if (!(WEEKDAYS as readonly string[]).includes(key))
      errors.push({ pointer: `/days/${escapePointer(key)}`, code: 'unknown_field' });
  const named = WEEKDAYS.filter((day) => byDay[day] !== undefined);
  const read = named.map((day) => [day, readDay(byDay[day], `/days/${day}`, errors)] as const);
  if (errors.length === 0 && read.every(([, ranges]) => ranges.length === 0))
    errors.push({ pointer: '/days', code: 'never_open' });
  return { days: Object.fromEntries(read) };
}

function readDay(input: unknown, pointer: string, errors: FieldError[]): LocalRange[] {
  if (!Array.isArray(input) || input.length > MAX_RANGES_PER_DAY) {
    errors.push({ pointer, code: Array.isArray(input) ? 'too_many' : 'array_expected' });
    return [];
  }
  const ranges = input.map((range, index) => readRange(range, `${pointer}/${index}`, errors));
  const sorted = ranges.flatMap((range) => toMinutes(range) ?? []).sort((a, b) => a.from - b.from);
  if (sorted.some((range, index) => index > 0 && range.from < sorted[index - 1]!.to))
    errors.push({ pointer, code: 'ranges_overlap' });
  return ranges;
}

function readRange(input: unknown, pointer: string, errors: FieldError[]): LocalRange {
  const { from, to, ...rest } = asRecord(input, pointer, errors);
  for (const key of Object.keys(rest))
    errors.push({ pointer: `${pointer}/${escapePointer(key)}`, code: 'unknown_field' });
  const bad = errors.length;
  if (minutesOf(from) === null || from === '24:00') errors.push({ pointer: `${pointer}/from`, code: 'invalid_time' });
  if (minutesOf(to) === null) errors.push({ pointer: `${pointer}/to`, code: 'invalid_time' });
  if (errors.length === bad && from === to) errors.push({ pointer, code: 'empty_range' });
  return { from: from as string, to: to as string };
}

function asRecord(input: unknown, pointer: string, errors: FieldError[]): Record<string, unknown> {
  if (typeof input === 'object' && input !== null && !Array.isArray(input)) return input as Record<string, unknown>;
  errors.push({ pointer, code: 'object_expected' });
  return {};
}

function escapePointer(key: string): string {
  return key.slice(0, 64).replaceAll('~', '~0').replaceAll('/', '~1');
}

export { addDays, isTimeZone, localDateAt, localTimeAt, localTimeToInstant, parseInstant } from './zoned-time.js';
