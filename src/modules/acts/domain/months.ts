import { localDateAt, localTimeToInstant } from '../../../kernel/zoned-time.js';

/** The first day of a month, `YYYY-MM-01`; months are compared as texts. */
export type Month = string;

/** The month that it is at an instant in a zone. */
export function monthAt(instant: Date, zone: string): Month {
  return `${localDateAt(instant, zone).slice(0, 7)}-01`;
}

export function nextMonth(month: Month): Month {
  return shift(month, 1);
}

export function previousMonth(month: Month): Month {
  return shift(month, -1);
}

/** From one month to another, both included; none when the second comes first. */
export function monthsBetween(first: Month, last: Month): Month[] {
  const months: Month[] = [];
  for (let month = first; month <= last; month = nextMonth(month)) months.push(month);
  return months;
}

/** The instant at which a month begins in a zone. */
export function beginningOf(month: Month, zone: string): Date {
  return localTimeToInstant(month, '00:00', zone);
}

/** `YYYY-MM-DD`. */
export function lastDayOf(month: Month): string {
  const [year, number] = month.split('-').map(Number) as [number, number];
  return new Date(Date.UTC(year, number, 0)).toISOString().slice(0, 10);
}

function shift(month: Month, by: number): Month {
  const [year, number] = month.split('-').map(Number) as [number, number];
  return new Date(Date.UTC(year, number - 1 + by, 1)).toISOString().slice(0, 10);
}
