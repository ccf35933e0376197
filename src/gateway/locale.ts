import { LOCALES, type Locale } from '../kernel/locale.js';

export { LOCALES, type Locale };

export function isLocale(value: string): value is Locale {
  return (LOCALES as readonly string[]).includes(value);
}

/** The best of our languages for an `Accept-Language` header (RFC 9110 weights); English when none fits. */
export function negotiateLocale(header: string | undefined): Locale {
  if (!header) return 'en';
  const wanted = header
    .slice(0, 200)
    .split(',')
    .map((range, index) => {
      const [tag = '', ...parameters] = range.trim().split(';');
      const weight = parameters.map((parameter) => /^\s*q=([01](?:\.\d{1,3})?)\s*$/.exec(parameter)?.[1]).find(Boolean);
      return { language: tag.toLowerCase().split('-')[0]!, weight: weight === undefined ? 1 : Number(weight), index };
    })
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight || a.index - b.index);
  return wanted.map(({ language }) => language).find(isLocale) ?? 'en';
}
