import { isBlank } from '../../../kernel/blank-text.js';
import type { FieldError } from '../../../kernel/domain-error.js';
import type { Locale } from '../../../kernel/locale.js';
import { MAX_PARTS, normaliseText } from '../../../kernel/sms-parts.js';
import {
  compileTemplate,
  detectSpelling,
  MAX_VARIABLE_NAME,
  type Spelling,
  type VariableValues,
} from '../../../kernel/text-variables.js';
import { type AlphabetPolicy, compileText } from './compiled-template.js';
import { estimateTemplate } from './estimate.js';

export const MAX_BODY = 2_000;
export const MAX_VALUE = 500;
export const MAX_VALUES = 50;

/** The part of a template that decides what is sent. */
export interface TemplateText {
  body: string;
  spelling: Spelling;
  alphabetPolicy: AlphabetPolicy;
  /** Null: any name may be used. */
  allowedVariables: string[] | null;
  samples: Record<string, string>;
}

/** A new body keeps the spelling of the one before it as long as it has variables in it; else the body shows its own. */
export function spellingFor(body: string, before: Spelling | undefined): Spelling {
  if (before && compileTemplate(body, before).variables.length > 0) return before;
  return detectSpelling(body);
}

/** Everything that is wrong with a template's text, field by field. */
export function findTextErrors(text: TemplateText, locale: Locale): FieldError[] {
  const compiled = compileText(text);
  if (isBlank(text.body)) return [{ pointer: '/body', code: 'empty_text' }];
  const allowed = text.allowedVariables;
  const unknown = allowed ? compiled.variables.filter((name) => !allowed.includes(name)) : [];
  return [
    ...unknown.map((variable) => unknownVariable('/body', variable, allowed!)),
    ...findUnknownValues(text.samples, compiled.variables, '/samples'),
    ...findLiteralErrors(text, locale),
  ];
}

/** What the text has against it whatever its values will be. */
function findLiteralErrors(text: TemplateText, locale: Locale): FieldError[] {
  const { shortest } = estimateTemplate(compileText(text), {}, {}, 'en');
  if (shortest.refusal === 'alphabet')
    return [{ pointer: '/body', code: 'forced_ucs2', params: { characters: shortest.forcedBy.join(' ') } }];
  const { parts } = estimateTemplate(compileText(text), {}, {}, locale).shortest;
  return parts > MAX_PARTS ? [{ pointer: '/body', code: 'body_too_long', params: { parts, max: MAX_PARTS } }] : [];
}

/** Reads values of variables from untrusted input. Errors are added to `errors`, one for each bad value. */
export function readValues(input: object | undefined, pointer: string, errors: FieldError[]): Record<string, string> {
  const entries: [string, unknown][] = Object.entries(input ?? {});
  if (entries.length > MAX_VALUES) {
    errors.push({ pointer, code: 'too_many_values', params: { max: MAX_VALUES } });
    return {};
  }
  const values: [string, string][] = [];
  for (const [name, value] of entries) {
    if (typeof value === 'string' && value.length <= MAX_VALUE)
      values.push([normaliseText(name), normaliseText(value)]);
    else errors.push({ pointer: pointerTo(pointer, name), code: 'value_not_text', params: { max: MAX_VALUE } });
  }
  return Object.fromEntries(values);
}

/** Values for variables that the text does not have. */
export function findUnknownValues(values: VariableValues, known: readonly string[], pointer: string): FieldError[] {
  return Object.keys(values)
    .filter((name) => !known.includes(name))
    .map((name) => unknownVariable(pointerTo(pointer, name), name, known));
}

function unknownVariable(pointer: string, variable: string, known: readonly string[]): FieldError {
  const params = { variable: variable.slice(0, MAX_VARIABLE_NAME), known: known.slice(0, 20).join(', ') || '–' };
  return { pointer, code: 'unknown_variable', params };
}

function pointerTo(pointer: string, name: string): string {
  return `${pointer}/${name.slice(0, MAX_VARIABLE_NAME).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
