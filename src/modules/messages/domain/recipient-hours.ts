import { zonesOfCountry } from '../../../kernel/country-zones.js';
import { type CompiledWindow, compileEverywhere, type WeeklyHours } from '../../../kernel/time-window.js';

/** Accounts mostly keep to a handful of hours; more than this is somebody who plays with them. */
const MAX_HOURS = 500;

type Countries = Map<string, CompiledWindow>;

/** An account's hours come anew with every snapshot of it; what they are ready for is kept by what they say. */
const byObject = new WeakMap<WeeklyHours, Countries>();
const byText = new Map<string, Countries>();

/**
 * When hours by the recipient's own clock are open for a number of a country. Its prefix tells no more than the country, so they have to
 * be open in every zone of it. A number whose zone cannot be told is never written to: no country, or one without zones.
 */
export function recipientWindow(hours: WeeklyHours, country: string | null): CompiledWindow {
  const countries = countriesOf(hours);
  const key = country ?? '';
  let window = countries.get(key);
  if (!window) countries.set(key, (window = compileEverywhere(hours, zonesOfCountry(key))));
  return window;
}

function countriesOf(hours: WeeklyHours): Countries {
  let countries = byObject.get(hours);
  if (!countries) byObject.set(hours, (countries = countriesOfText(JSON.stringify(hours))));
  return countries;
}

function countriesOfText(text: string): Countries {
  let countries = byText.get(text);
  if (!countries) {
    if (byText.size >= MAX_HOURS) byText.clear();
    byText.set(text, (countries = new Map()));
  }
  return countries;
}
