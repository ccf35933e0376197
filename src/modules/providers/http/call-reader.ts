import { DomainError } from '../../../kernel/domain-error.js';
import { HmacSigner } from './hmac.js';
import type { HmacSettings } from './http-settings.js';
import { parseLosslessJson } from './lossless-json.js';
import { isObject } from './shape-reader.js';
import { pointerReader, type Spoken } from './source-reader.js';
import type { TemplateValues } from './template.js';

/** More in one call is a mistake or an attack; providers cut their batches long before. */
const MOST_ITEMS = 1_000;

/** A call of the provider to our callback address. */
export interface ProviderCall {
  /** As the provider knows it, with the query. */
  url: string;
  /** Names in lower case. */
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: string;
}

/** How calls are built, whatever they tell. */
export interface CallShape {
  /** Fields of a form are joined by those in the address that we gave; `any` takes whichever of the three comes. */
  format: 'json' | 'form' | 'query' | 'any';
  /** Pointer to an array; absent: the body is one item, or an array of them. */
  list: string | null;
  /** Of forms and queries that bring several items in one call: what stands between their values. */
  separator?: string | null;
  signature: HmacSettings | null;
}

/** A check of a call that no template can describe. */
export type CallCheck = (parameters: readonly [string, string][], secrets: TemplateValues) => boolean;

/** What was found in a call: its JSON, or the parameters of its address and of its form. */
interface Found {
  json: unknown;
  parameters: [string, string][] | null;
  /** Those of the form alone, or of the address where there is no form: what signatures are made over. */
  own: [string, string][];
}

/** Takes calls of a provider apart by one description: checks the signature, finds the items. Pure. */
export class CallReader {
  private readonly list: ReturnType<typeof pointerReader> | null;
  private readonly signer: HmacSigner | null;

  /** @param splitBy the field of a form whose values say how many items there are, where a separator is given */
  constructor(
    private readonly shape: CallShape,
    private readonly secrets: TemplateValues,
    private readonly check: CallCheck | null = null,
    private readonly splitBy = '',
  ) {
    this.list = shape.list === null ? null : pointerReader(shape.list);
    this.signer = shape.signature && new HmacSigner(shape.signature);
  }

  /** Refuses a call as a whole: `report_signature_wrong`, `report_unreadable`, `too_many_reports`. */
  read(call: ProviderCall): Spoken[] {
    const found = this.find(call);
    this.checkSignature(call, found.own);
    const root = found.parameters ? Object.fromEntries(found.parameters) : found.json;
    const items = this.itemsOf({ text: call.body, root, item: root, headers: call.headers });
    if (items.length > MOST_ITEMS) throw new DomainError('too_large', 'too_many_reports');
    if (items.length === 0) throw unreadableCall();
    return items.map((item) => ({ text: call.body, root, item, headers: call.headers }));
  }

  private find({ url, body }: ProviderCall): Found {
    const { format } = this.shape;
    if (format === 'json' || (format === 'any' && /^\s*[[{]/.test(body))) {
      const json = parseBody(body);
      return { json, parameters: null, own: isObject(json) ? scalarsOf(json) : [] };
    }
    const query = [...new URLSearchParams(url.slice(url.indexOf('?') + 1 || url.length))];
    const form = format === 'query' ? [] : [...new URLSearchParams(body)];
    return { json: null, parameters: [...query, ...form], own: format === 'form' || form.length > 0 ? form : query };
  }

  private checkSignature(call: ProviderCall, parameters: [string, string][]): void {
    if (this.check && !this.check(parameters, this.secrets)) throw wrongSignature();
    if (!this.signer) return;
    const given = [call.headers[this.signer.header]].flat()[0];
    const sortedFields = parameters
      .toSorted(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0))
      .flat()
      .join('');
    const values = { ...this.secrets, body: call.body, url: call.url, sortedFields };
    if (!given || !this.signer.verify(values, given)) throw wrongSignature();
  }

  private itemsOf(spoken: Spoken): unknown[] {
    const found = this.list ? this.list(spoken, {}) : spoken.root;
    if (Array.isArray(found)) return found;
    if (this.list || !isObject(found)) throw unreadableCall();
    const { separator } = this.shape;
    return separator ? splitItem(found, separator, this.splitBy) : [found];
  }
}

function scalarsOf(json: Record<string, unknown>): [string, string][] {
  return Object.entries(json).flatMap(([name, value]) =>
    ['string', 'number', 'boolean'].includes(typeof value) ? [[name, String(value)] satisfies [string, string]] : [],
  );
}

/** `id=1,2&status=a,b&by=x,y,z` is two items: a value that has not as many parts as there are ids is of all of them. */
function splitItem(item: Record<string, unknown>, separator: string, idName: string): Record<string, unknown>[] {
  const split = (value: unknown) => (typeof value === 'string' ? value.split(separator) : [value]);
  const count = split(item[idName]).length;
  const columns = Object.entries(item).map(([name, value]) => {
    const values = split(value);
    return [name, values.length === count ? values : [value]] as const;
  });
  return Array.from({ length: count }, (_, index) =>
    Object.fromEntries(columns.map(([name, values]) => [name, values[index] ?? values[0]])),
  );
}

function parseBody(body: string): unknown {
  try {
    return parseLosslessJson(body);
  } catch {
    throw unreadableCall();
  }
}

function wrongSignature(): DomainError {
  return new DomainError('unauthenticated', 'report_signature_wrong');
}

function unreadableCall(): DomainError {
  return new DomainError('invalid', 'report_unreadable');
}
