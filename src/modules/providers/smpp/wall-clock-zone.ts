import { parseWallClock, type WallClock } from './receipt.js';

const DAY_MS = 86_400_000;

/**
 * Turns the wall clocks of one provider into instants. Reports of one minute carry the same date, and asking a zone for its
 * offset costs more than all the rest of reading a report, so the last answer is kept.
 */
export class WallClockZone {
  private readonly format: Intl.DateTimeFormat | null;
  private last: { text: string; at: Date | null } = { text: '', at: null };

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

  /** Null for what is no date. */
  read(text: string): Date | null {
    if (text !== this.last.text) {
      const clock = parseWallClock(text);
      this.last = { text, at: clock && this.toDate(clock) };
    }
    return this.last.at;
  }

  /** A time inside a spring gap is read with the offset before it; of an autumn overlap the first one counts. */
  private toDate(clock: WallClock): Date {
    const asUtc = Date.UTC(clock.year, clock.month - 1, clock.day, clock.hour, clock.minute, clock.second);
    return new Date(this.format ? asUtc - this.offsetFor(this.format, asUtc) : asUtc);
  }

  /** Milliseconds that the zone is ahead of UTC at a wall clock time. */
  private offsetFor(format: Intl.DateTimeFormat, asUtc: number): number {
    const before = offsetAt(format, asUtc - DAY_MS);
    const after = offsetAt(format, asUtc + DAY_MS);
    if (before === after || offsetAt(format, asUtc - before) === before) return before;
    return offsetAt(format, asUtc - after) === after ? after : before;
  }
}

function offsetAt(format: Intl.DateTimeFormat, instant: number): number {
  const parts: Record<string, number> = {};
  for (const { type, value } of format.formatToParts(instant)) parts[type] = Number(value);
  const { year, month, day, hour, minute, second } = parts;
  return Date.UTC(year!, month! - 1, day, hour, minute, second) - Math.floor(instant / 1000) * 1000;
}
