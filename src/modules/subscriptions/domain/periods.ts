import { addDays, localDateAt, localTimeToInstant } from '../../../kernel/zoned-time.js';

/** By what the periods of a subscription are counted; kept for its life, whatever becomes of the account's zone. */
export interface Anchor {
  /** Local day of the purchase, `YYYY-MM-DD`. */
  day: string;
  /** IANA name. */
  timeZone: string;
}

export function anchorAt(now: Date, timeZone: string): Anchor {
  return { day: localDateAt(now, timeZone), timeZone };
}

/** The same day some months later, or the last one of a month that is shorter: 31 January + 1 is 28 or 29 February, + 2 is 31 March. */
export function addMonths(day: string, months: number): string {
  const [year, month, dayOfMonth] = day.split('-').map(Number) as [number, number, number];
  const first = Date.UTC(year, month - 1 + months, 1);
  const lastDay = new Date(Date.UTC(year, month + months, 0)).getUTCDate();
  const yearMonth = new Date(first).toISOString().slice(0, 8);
  return yearMonth + String(Math.min(dayOfMonth, lastDay)).padStart(2, '0');
}

/** Where the n-th monthly period ends and the next one begins: local midnight, or when the day begins where midnight is skipped. */
export function monthlyPeriodEnd({ day, timeZone }: Anchor, periodNo: number): Date {
  return localTimeToInstant(addMonths(day, periodNo), '00:00', timeZone);
}

/** When a one-off is over: midnight after so many days, the day of the purchase not counted. */
export function oneOffEnd({ day, timeZone }: Anchor, validDays: number): Date {
  return localTimeToInstant(addDays(day, validDays + 1), '00:00', timeZone);
}
