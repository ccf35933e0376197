/** What ICU answers about a region: a method since V8 12, an accessor before, and as TypeScript's own library knows neither. */
interface Region {
  getTimeZones?(): string[] | undefined;
  timeZones?: string[];
}

/** Islands whose mobile numbers cannot be told from those of the country: the ranges are the same. */
const SAME_MOBILE_NUMBERS: Readonly<Record<string, readonly string[]>> = { AU: ['CC', 'CX'] };
/** Two letters alone: `001`, the region of numbers that belong to no country, has zones to ICU. */
const COUNTRY = /^[A-Z]{2}$/;

/**
 * The IANA zones in which a number of a country (ISO 3166-1 alpha-2) may ring, from the tables that Node comes with. None where they
 * know none: Ascension, Tristan da Cunha and Kosovo have numbers and no zone of their own.
 */
export function zonesOfCountry(country: string): string[] {
  if (!COUNTRY.test(country)) return [];
  return [country, ...(SAME_MOBILE_NUMBERS[country] ?? [])].flatMap(zonesOfRegion);
}

function zonesOfRegion(code: string): string[] {
  const region = new Intl.Locale(`und-${code}`) as Region;
  return region.getTimeZones?.() ?? region.timeZones ?? [];
}
