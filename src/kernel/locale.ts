/** The languages in which the product speaks to people. */
export const LOCALES = ['en', 'ru', 'pl', 'el'] as const;
export type Locale = (typeof LOCALES)[number];
