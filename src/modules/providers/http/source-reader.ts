import type { Source } from './http-settings.js';
import { isObject } from './shape-reader.js';
import { asIs, forPointer, Template, type TemplateValues } from './template.js';

/** Regular expressions see no more than this of an answer. */
const PATTERN_INPUT = 4_096;
const VALUE_LENGTH = 255;

/** What a provider said: its text, and what was read from it where it is JSON. */
export interface Spoken {
  text: string;
  root: unknown;
  /** What pointers without `#` start from. */
  item: unknown;
  headers: Readonly<Record<string, string | string[] | undefined>>;
}

export type SourceReader = (spoken: Spoken, values: TemplateValues) => string | null;

/** Reads one value; null when it is not there, is empty or is no scalar. */
export function sourceReader(source: Source): SourceReader {
  if ('pointer' in source) {
    const read = pointerReader(source.pointer);
    return (spoken, values) => scalar(read(spoken, values));
  }
  if ('pattern' in source) {
    const pattern = new RegExp(source.pattern, 'u');
    return ({ text }) => scalar(pattern.exec(text.slice(0, PATTERN_INPUT))?.[1]);
  }
  if ('header' in source) {
    const name = source.header.toLowerCase();
    return ({ headers }) => scalar([headers[name]].flat()[0]);
  }
  const template = new Template(source.value);
  return (_spoken, values) => scalar(template.render(values, asIs));
}

/** Follows a pointer that may hold placeholders. Only own members: `/constructor` finds nothing. */
export function pointerReader(pointer: string): (spoken: Spoken, values: TemplateValues) => unknown {
  const fromRoot = pointer.startsWith('#');
  const template = new Template(fromRoot ? pointer.slice(1) : pointer);
  const fixed = template.names.length === 0 ? steps(template.source) : null;
  return (spoken, values) => {
    let value = fromRoot ? spoken.root : spoken.item;
    for (const step of fixed ?? steps(template.render(values, forPointer) ?? '')) value = member(value, step);
    return value;
  };
}

function steps(pointer: string): string[] {
  const parts = pointer.split('/').slice(1);
  return parts.map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** `[name=value]`: of an array, the first object with that member. */
const WITH_MEMBER = /^\[([^=\]]+)=(.*)\]$/s;

function member(value: unknown, step: string): unknown {
  if (Array.isArray(value)) return /^\d{1,4}$/.test(step) ? value[Number(step)] : withMember(value, step);
  return isObject(value) && Object.hasOwn(value, step) ? value[step] : undefined;
}

function withMember(items: readonly unknown[], step: string): unknown {
  const [, name, wanted] = WITH_MEMBER.exec(step) ?? [];
  return name && items.find((item) => scalar(member(item, name)) === wanted);
}

function scalar(value: unknown): string | null {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return null;
  const text = String(value).trim().slice(0, VALUE_LENGTH);
  return text === '' ? null : text;
}
