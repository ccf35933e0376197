import { Temporal } from 'temporal-polyfill';

/** The calendar day of an instant in an IANA zone, `YYYY-MM-DD`: documents are dated where their customer lives. */
export function dayInZone(instant: Date, timeZone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(instant.getTime())
    .toZonedDateTimeISO(timeZone)
    .toPlainDate()
    .toString();
}

export function addDays(day: string, days: number): string {
  return Temporal.PlainDate.from(day).add({ days }).toString();
}
