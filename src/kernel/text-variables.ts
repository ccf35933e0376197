import { normaliseText } from './sms-parts.js';

/** How a template writes its variables: `[klient]`, `{{name}}` (blanks inside allowed) or `{name}`. */
export const SPELLINGS = ['brackets', 'mustache', 'braces'] as const;
export type Spelling = (typeof SPELLINGS)[number];

/** Longest name of a variable, and longest text behind its `|`. */
export const MAX_VARIABLE_NAME = 64;
export const MAX_FALLBACK = 200;

export type VariableValues = Readonly<Record<string, string>>;

/** A template made ready for many recipients. Pure; safe to share. */
export interface CompiledTemplate {
  readonly spelling: Spelling;
  /** Names in the order in which they first occur, each once. */
  readonly variables: readonly string[];
  /** Those of `variables` that must be given: somewhere they stand without a fallback. */
  readonly required: readonly string[];
  /** The required ones that `values` does not give. An empty string is a value. */
  missing(values: VariableValues): string[];
  /**
   * Substitutes in a single pass: what a value holds is never read as a variable. A variable with a fallback (`[klient|Szanowni
   * Państwo]`) takes it when its value is absent or blank. One that is {@link missing} stays as it is written, so ask before. The
   * result is not normalised; counting and sending do that.
   */
  render(values: VariableValues): string;
}

interface Slot {
  name: string;
  fallback: string | undefined;
  /** As it stands in the body. */
  written: string;
  /** The text between this slot and the next. */
  after: string;
}

const NAME = `([\\p{L}\\p{M}\\p{N}_-]{1,${MAX_VARIABLE_NAME}})`;
const fallback = (not: string) => `(?:\\|([^${not}]{0,${MAX_FALLBACK}}))?`;

const PATTERNS: Record<Spelling, RegExp> = {
  brackets: new RegExp(`\\[${NAME}${fallback('\\[\\]')}\\]`, 'gu'),
  mustache: new RegExp(`\\{\\{[ \\t]{0,8}${NAME}[ \\t]{0,8}${fallback('{}')}\\}\\}`, 'gu'),
  braces: new RegExp(`\\{${NAME}${fallback('{}')}\\}`, 'gu'),
};

/** The spelling of the variables that a body holds; without any: brackets. `{{name}}` wins over `[name]` over `{name}`. */
export function detectSpelling(body: string): Spelling {
  return (
    (['mustache', 'brackets', 'braces'] as const).find((spelling) => body.search(PATTERNS[spelling]) >= 0) ?? 'brackets'
  );
}

/**
 * Compiles a body. Brackets that are not closed, hold no name (letters, digits, `_`, `-`), or name something outside `known` (when
 * it is given) are literal text.
 */
export function compileTemplate(
  body: string,
  spelling: Spelling = detectSpelling(body),
  known?: ReadonlySet<string>,
): CompiledTemplate {
  const { lead, slots } = parse(normaliseText(body), spelling, known);
  const variables = [...new Set(slots.map(({ name }) => name))];
  const required = variables.filter((name) => slots.some((slot) => slot.name === name && slot.fallback === undefined));
  return {
    spelling,
    variables,
    required,
    missing: (values) => required.filter((name) => valueOf(values, name) === undefined),
    render: (values) => {
      let text = lead;
      for (const slot of slots) text += fill(slot, values) + slot.after;
      return text;
    },
  };
}

function parse(body: string, spelling: Spelling, known?: ReadonlySet<string>): { lead: string; slots: Slot[] } {
  const matches = [...body.matchAll(PATTERNS[spelling])].filter(([, name]) => known?.has(name!) ?? true);
  const slots = matches.map((match, index) => ({
    name: match[1]!,
    fallback: match[2],
    written: match[0],
    after: body.slice(match.index + match[0].length, matches[index + 1]?.index),
  }));
  return { lead: body.slice(0, matches[0]?.index), slots };
}

function fill(slot: Slot, values: VariableValues): string {
  const value = valueOf(values, slot.name);
  if (slot.fallback === undefined) return value ?? slot.written;
  return value === undefined || value.trim() === '' ? slot.fallback : value;
}

/** Only what was really given: names such as `constructor` are variables like any other. */
function valueOf(values: VariableValues, name: string): string | undefined {
  if (!Object.hasOwn(values, name)) return undefined;
  const value: unknown = values[name];
  return typeof value === 'string' ? value : undefined;
}
