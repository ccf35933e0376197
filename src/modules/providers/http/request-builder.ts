import type { Encoding } from '../sms-provider.js';
import { HmacSigner } from './hmac.js';
import type { HttpBody, HttpSettings } from './http-settings.js';
import { isObject } from './shape-reader.js';
import { EACH, isEach } from './shared-values.js';
import { asIs, type Escape, forForm, forUrl, forXml, Template, type TemplateValues } from './template.js';

/** A request that is ready to be written. */
export interface BuiltRequest {
  method: 'GET' | 'POST' | 'PUT';
  origin: string;
  /** Path and query, encoded. */
  path: string;
  /** Names in lower case. */
  headers: Record<string, string>;
  body: string | null;
}

/** A value cannot be written where the description wants it, such as a line break in a header. */
export class UnwritableRequestError extends Error {}

/** What a request is about; secrets and the callback's address are the builder's own. */
export interface RequestValues {
  to: string;
  text: string;
  sender: string;
  reference: string;
  encoding: Encoding;
  partNo: number;
  partsTotal: number;
  concatReference: number;
  validUntil: Date | null;
}

export interface BuilderContext {
  /** By name, without `secret.`. */
  secrets: Readonly<Record<string, string>>;
  callbackUrl: string | null;
}

/** Builds requests from one description, whose templates are cut once. */
export class RequestBuilder {
  readonly origin: string;
  private readonly path: Template;
  private readonly query: [name: string, value: Template][];
  private readonly headers: [name: string, value: Template][];
  private readonly body: BodyWriter;
  private readonly signer: HmacSigner | null;
  private readonly constants: Record<string, string | null>;

  constructor(
    private readonly settings: Pick<HttpSettings, 'request' | 'auth'>,
    context: BuilderContext,
  ) {
    const { request } = settings;
    const [, origin, path] = /^(https?:\/\/[^/?]+)(.*)$/.exec(request.url) as unknown as [string, string, string];
    this.origin = new URL(origin).origin;
    this.path = new Template(path.startsWith('/') ? path : `/${path}`);
    this.query = Object.entries(request.query).map(([name, value]) => [forUrl(name), new Template(value)]);
    this.headers = headersOf(settings);
    this.body = bodyWriter(request.body);
    this.signer = request.signature && new HmacSigner(request.signature);
    this.constants = { callbackUrl: context.callbackUrl };
    for (const [name, value] of Object.entries(context.secrets)) this.constants[`secret.${name}`] = value;
  }

  /** Throws {@link UnwritableRequestError}. */
  build(messages: readonly RequestValues[], now: Date): BuiltRequest {
    const each = messages.map((message) => ({ ...this.constants, ...this.valuesOf(message, now) }));
    const values = each.length === 1 ? each[0]! : { ...each[0]!, to: this.numbersOf(messages) };
    const path = this.pathOf(values);
    const body = this.body(values, each);
    const headers: Record<string, string> = {};
    for (const [name, value] of this.headers) setHeader(headers, name, value.render(values));
    if (this.signer) {
      const signed = { ...values, path, body: body ?? '' };
      setHeader(headers, this.signer.header, this.signer.sign(signed));
    }
    if (this.settings.auth?.type === 'basic') headers['authorization'] = basic(this.settings.auth, values);
    return { method: this.settings.request.method, origin: this.origin, path, headers, body };
  }

  private numbersOf(messages: readonly RequestValues[]): string {
    return messages.map(({ to }) => to).join(this.settings.request.batch?.separator ?? ',');
  }

  private pathOf(values: TemplateValues): string {
    const path = this.path.render(values, forUrl);
    if (path === null) throw new UnwritableRequestError('a value of the URL is missing');
    const pairs = this.query.flatMap(([name, template]) => {
      const value = template.render(values);
      return value === null ? [] : [`${name}=${forUrl(value)}`];
    });
    if (pairs.length === 0) return path;
    return `${path}${path.includes('?') ? '&' : '?'}${pairs.join('&')}`;
  }

  private bound(seconds: number): number {
    const { minValiditySeconds = 0, maxValiditySeconds = Infinity } = this.settings.request;
    return Math.min(maxValiditySeconds, Math.max(minValiditySeconds, seconds));
  }

  private valuesOf(message: RequestValues, now: Date): Record<string, string | null> {
    const { validUntil } = message;
    const left = validUntil && this.bound(Math.floor((validUntil.getTime() - now.getTime()) / 1_000));
    return {
      to: message.to,
      text: message.text,
      sender: message.sender,
      e164Sender: PHONE_NUMBER.test(message.sender) ? `+${message.sender}` : message.sender,
      reference: message.reference,
      encoding: this.settings.request.encodings[message.encoding],
      partNo: String(message.partNo),
      partsTotal: String(message.partsTotal),
      concatReference: String(message.concatReference),
      validitySeconds: left === null ? null : String(left),
      validityHours: left === null ? null : String(Math.max(1, Math.floor(left / 3_600))),
      validityMinutes: left === null ? null : String(Math.max(1, Math.floor(left / 60))),
      validityMilliseconds: left === null ? null : String(left * 1_000),
      validUntil: validUntil && validUntil.toISOString(),
      validUntilUnix: left === null ? null : String(Math.floor(now.getTime() / 1_000) + left),
      timestamp: String(Math.floor(now.getTime() / 1_000)),
    };
  }
}

/** As opposed to names and short codes. */
const PHONE_NUMBER = /^[1-9]\d{6,14}$/;

const CONTENT_TYPES = { json: 'application/json', form: 'application/x-www-form-urlencoded' } as const;

function headersOf({ request, auth }: Pick<HttpSettings, 'request' | 'auth'>): [string, Template][] {
  const headers = new Map<string, string>();
  const { body } = request;
  if (body) headers.set('content-type', 'contentType' in body ? body.contentType : CONTENT_TYPES[body.type]);
  headers.set('accept', '*/*');
  for (const [name, value] of Object.entries(request.headers)) headers.set(name.toLowerCase(), value);
  if (auth?.type === 'bearer') headers.set('authorization', `Bearer ${auth.token}`);
  if (auth?.type === 'header') headers.set(auth.name.toLowerCase(), auth.value);
  return [...headers].map(([name, value]) => [name, new Template(value)]);
}

function basic(auth: { username: string; password: string }, values: TemplateValues): string {
  const part = (source: string) => new Template(source).render(values) ?? '';
  return `Basic ${Buffer.from(`${part(auth.username)}:${part(auth.password)}`, 'utf8').toString('base64')}`;
}

/** A header holds visible ASCII and blanks; anything else could end it and begin another. */
function setHeader(headers: Record<string, string>, name: string, value: string | null): void {
  if (value === null) return;
  if (!/^[\t -~]*$/.test(value)) throw new UnwritableRequestError(`the header ${name} cannot hold this value`);
  headers[name] = value;
}

/** `each`: of the messages that share the request. */
type BodyWriter = (values: TemplateValues, each: readonly TemplateValues[]) => string | null;

function bodyWriter(body: HttpBody | null): BodyWriter {
  if (!body) return () => null;
  if (body.type === 'json') {
    const write = jsonWriter(body.content);
    return (values, each) => JSON.stringify(write(values, each) ?? null);
  }
  if (body.type === 'form') {
    const fields = Object.entries(body.fields).map(([name, value]) => [forForm(name), new Template(value)] as const);
    return (values) =>
      fields
        .map(([name, template]) => [name, template.render(values)] as const)
        .flatMap(([name, value]) => (value === null ? [] : [`${name}=${forForm(value)}`]))
        .join('&');
  }
  const template = new Template(body.content);
  const escape: Escape = body.type === 'xml' ? forXml : asIs;
  return (values) => template.render(values, escape);
}

type JsonWriter = (values: TemplateValues, each: readonly TemplateValues[]) => unknown;

/**
 * Strings are templates; a member without a value is left out, `{{number:x}}` alone becomes a number. An item `{"{{each}}": …}` of an
 * array becomes as many as there are messages.
 */
function jsonWriter(content: unknown): JsonWriter {
  if (typeof content === 'string') return stringWriter(content);
  if (Array.isArray(content)) {
    const writers = content.map(itemWriter);
    return (values, each) => writers.flatMap((write) => write(values, each)).filter((item) => item !== undefined);
  }
  if (isObject(content)) {
    const writers = Object.entries(content).map(([key, value]) => [key, jsonWriter(value)] as const);
    return (values, each) => Object.fromEntries(writers.map(([key, write]) => [key, write(values, each)]));
  }
  return () => content;
}

function itemWriter(item: unknown): (values: TemplateValues, each: readonly TemplateValues[]) => unknown[] {
  const write = jsonWriter(isEach(item) ? item[EACH] : item);
  if (!isEach(item)) return (values, each) => [write(values, each)];
  return (_values, each) => each.map((values) => write(values, [values]));
}

function stringWriter(source: string): JsonWriter {
  const [, name] = /^\{\{number:([^{}]+)\}\}$/.exec(source) ?? [];
  if (name) {
    return (values) => {
      const value = values[name.trim()];
      return value == null ? undefined : Number(value);
    };
  }
  const template = new Template(source);
  return (values) => template.render(values) ?? undefined;
}
