/** Codes that the region data knows but that are no countries. */
const NO_COUNTRIES = new Set(['EU', 'EZ', 'UN', 'QO', 'XA', 'XB', 'ZZ', 'AC', 'CP', 'CQ', 'DG', 'EA', 'IC', 'TA']);
const regions = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' });

/** ISO 3166-1 alpha-2, upper case. */
export function isCountry(text: string): boolean {
  return /^[A-Z]{2}$/.test(text) && !NO_COUNTRIES.has(text) && regions.of(text) !== undefined;
}

const ALPHANUMERIC_SENDER = /^(?=.*[A-Za-z])[A-Za-z0-9 ._&-]{1,11}$/;
const NUMERIC_SENDER = /^\d{3,15}$/;

/** What phones and operators take for a sender: at most 11 GSM characters with a letter among them, or a number. */
export function isSender(text: string): boolean {
  return text === text.trim() && (ALPHANUMERIC_SENDER.test(text) || NUMERIC_SENDER.test(text));
}
