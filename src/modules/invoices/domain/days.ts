import { Temporal } from 'temporal-polyfill';
import type { Locale } from '../../../kernel/locale.js';

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

/** `12.01.2026`, the way documents in all our languages write it but English, which takes ISO. */
export function formatDay(day: string, locale: Locale): string {
  return locale === 'en' ? day : day.split('-').reverse().join('.');
}
