import type { RequestValues } from './request-builder.js';
import { isObject } from './shape-reader.js';
import { Template } from './template.js';

/** The key under which an array of a JSON body says what each message has of its own. */
export const EACH = '{{each}}';

/** An item of an array that is written once for each message. */
export function isEach(item: unknown): item is Record<string, unknown> {
  return isObject(item) && EACH in item;
}

/** Whether a JSON value has such an item anywhere. */
export function hasEach(content: unknown): boolean {
  if (Array.isArray(content)) return content.some((item) => isEach(item) || hasEach(item));
  return isObject(content) && Object.values(content).some(hasEach);
}

/**
 * Placeholders of a request that are the same for all the messages it carries: with a separator all of them, else those outside of what
 * each has of its own.
 */
export function sharedPlaceholders(written: unknown, separator: string | null): Set<string> {
  const names = placeholdersIn(written, (item) => separator !== null || !isEach(item));
  return new Set(names.map((name) => name.replace(/^number:/, '').trim()));
}

function placeholdersIn(value: unknown, isShared: (item: unknown) => boolean): string[] {
  if (typeof value === 'string') return new Template(value).names;
  if (Array.isArray(value)) return value.filter(isShared).flatMap((item) => placeholdersIn(item, isShared));
  return isObject(value) ? Object.values(value).flatMap((member) => placeholdersIn(member, isShared)) : [];
}

/** What messages need to have in common so that those placeholders are true of all of them. */
export function sharedValues(names: ReadonlySet<string>): (keyof RequestValues)[] {
  const values = [...names].flatMap((name) =>
    VALUES.filter(([pattern]) => pattern.test(name)).map(([, value]) => value),
  );
  return [...new Set(values)].sort();
}

/** `to` is not among them: it becomes all the numbers. */
const VALUES: readonly [RegExp, keyof RequestValues][] = [
  [/^text$/, 'text'],
  [/^(sender|e164Sender)$/, 'sender'],
  [/^encoding$/, 'encoding'],
  [/^valid/, 'validUntil'],
  [/^partsTotal$/, 'partsTotal'],
  [/^partNo$/, 'partNo'],
  [/^concatReference$/, 'concatReference'],
];
