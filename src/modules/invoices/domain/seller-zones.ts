import { zonesOfCountry } from '../../../kernel/country-zones.js';

/** Countries of several zones whose companies keep their books by one of them. */
const BOOKKEEPING_ZONES: Readonly<Record<string, string>> = {
  DE: 'Europe/Berlin',
  CY: 'Asia/Nicosia',
  ES: 'Europe/Madrid',
  PT: 'Europe/Lisbon',
  RU: 'Europe/Moscow',
};

/** The zone by which a company of a country dates its documents; null where it has to say so itself. */
export function zoneOfSeller(country: string): string | null {
  const zones = zonesOfCountry(country);
  return BOOKKEEPING_ZONES[country] ?? (zones.length === 1 ? zones[0]! : null);
}
