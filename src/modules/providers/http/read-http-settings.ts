import {
  type BalanceSettings,
  type BatchSettings,
  DEFAULT_LIMITS,
  type ErrorRule,
  type HmacSettings,
  type HttpAuth,
  type HttpBody,
  type HttpLimits,
  type HttpSettings,
  type InboundFields,
  type InboundSettings,
  MEANINGS,
  MESSAGE_PLACEHOLDERS,
  type ReportFields,
  type ReportSettings,
  type Source,
} from './http-settings.js';
import { ISO_CURRENCY } from './cost.js';
import { at, isObject, ShapeReader } from './shape-reader.js';
import { EACH, hasEach, sharedPlaceholders } from './shared-values.js';
import { Template } from './template.js';

const STATUSES = ['submitted', 'delivered', 'undelivered', 'expired', 'rejected', 'unknown'] as const;
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const POINTER = /^#?(\/[^/]*)*$/;

/** Headers that frame the request; they belong to the connection. */
const OWN_HEADERS = ['host', 'content-length', 'transfer-encoding', 'connection', 'upgrade', 'expect', 'te', 'trailer'];

/** Values that may stand in a header: what can only be visible ASCII. */
const HEADER_PLACEHOLDERS = ['to', 'reference', 'callbackUrl', 'timestamp', 'encoding'];

/** Sizes that stand for a person's mistake rather than a provider's need. */
const TEMPLATE_LENGTH = { max: 8_000 };

const VALIDITY_KEYS = ['minValiditySeconds', 'maxValiditySeconds'];
const ROOT_KEYS = ['request', 'auth', 'answer', 'errors', 'reports', 'inbound', 'balance', 'limits'];

interface Scope {
  shape: ShapeReader;
  secrets: ReadonlySet<string>;
}

/**
 * Fills in what is not said and refuses what cannot work: DomainError `invalid_provider_settings` with a pointer to each bad,
 * missing or unknown field. `secrets` are the names of the credentials, so that a template that names another is refused.
 */
export function readHttpSettings(input: unknown, secrets: ReadonlySet<string>): HttpSettings {
  const shape = new ShapeReader();
  const scope = { shape, secrets };
  const root = shape.object(input, '', ROOT_KEYS) ?? {};
  const settings: HttpSettings = {
    request: readRequest(scope, root['request']),
    auth: optional(root['auth'], (value) => readAuth(scope, value)),
    answer: readAnswer(scope, root['answer'] ?? {}),
    errors: shape.list(root['errors'] ?? [], '/errors', 100, (rule, pointer) => readErrorRule(shape, rule, pointer)),
    reports: optional(root['reports'], (value) => readReports(scope, value)),
    inbound: optional(root['inbound'], (value) => readInbound(scope, value)),
    balance: optional(root['balance'], (value) => readBalance(scope, value)),
    limits: readLimits(shape, root['limits'] ?? {}),
  };
  shape.finish();
  return settings;
}

function optional<T>(value: unknown, read: (value: unknown) => T): T | null {
  return value === undefined || value === null ? null : read(value);
}

function readRequest(scope: Scope, input: unknown): HttpSettings['request'] {
  const { shape } = scope;
  const keys = ['method', 'url', 'query', 'headers', 'body', 'unit', 'batch', 'encodings', 'signature'].concat(
    VALIDITY_KEYS,
  );
  const request = shape.object(input, '/request', keys) ?? {};
  const method = shape.oneOf(request['method'] ?? 'POST', '/request/method', ['POST', 'GET', 'PUT'] as const);
  const body = optional(request['body'], (value) => readBody(scope, value));
  if (method === 'GET' && body) shape.fail('/request/body', 'no_body_with_get');
  const seconds = (key: string) => shape.int(request[key], at('/request', key), 1, 31_536_000);
  const encodings = shape.object(request['encodings'] ?? {}, '/request/encodings', ['gsm7', 'ucs2']) ?? {};
  return {
    method,
    url: readUrl(scope, request['url'], '/request/url'),
    query: shape.map(request['query'] ?? {}, '/request/query', (value, pointer) => template(scope, value, pointer)),
    headers: shape.map(request['headers'] ?? {}, '/request/headers', (value, pointer, name) => {
      checkHeaderName(shape, name, pointer);
      return template(scope, value, pointer, HEADER_PLACEHOLDERS);
    }),
    body,
    unit: shape.oneOf(request['unit'] ?? 'message', '/request/unit', ['message', 'part'] as const),
    batch: optional(request['batch'], (value) => readBatch(scope, value, request)),
    encodings: {
      gsm7: shape.text(encodings['gsm7'] ?? 'gsm7', '/request/encodings/gsm7', { max: 50 }),
      ucs2: shape.text(encodings['ucs2'] ?? 'ucs2', '/request/encodings/ucs2', { max: 50 }),
    },
    ...(request['minValiditySeconds'] !== undefined && { minValiditySeconds: seconds('minValiditySeconds') }),
    ...(request['maxValiditySeconds'] !== undefined && { maxValiditySeconds: seconds('maxValiditySeconds') }),
    signature: optional(request['signature'], (value) =>
      readHmac(scope, value, '/request/signature', ['body', 'path', 'timestamp', 'to', 'reference']),
    ),
  };
}

function readBatch(scope: Scope, input: unknown, request: Record<string, unknown>): BatchSettings {
  const { shape } = scope;
  const batch = shape.object(input, '/request/batch', ['most', 'separator', 'recipient']) ?? {};
  const separator = optional(batch['separator'], (value) =>
    shape.text(value, '/request/batch/separator', { max: 5, pattern: /^\D+$/ }),
  );
  const { batch: _batch, ...written } = request;
  const shared = sharedPlaceholders(written, separator);
  const isOneForAll = shared.has('reference') || (separator === null && shared.has('to'));
  if (request['unit'] === 'part') shape.fail('/request/batch', 'only_with_unit_message');
  // One reference cannot stand for several messages, and one text cannot be several.
  if (separator === null && !hasEach(isObject(request['body']) ? request['body']['content'] : null))
    shape.fail('/request/batch', 'separator_or_each_expected');
  else if (isOneForAll) shape.fail('/request/batch', 'one_reference_for_several');
  const recipient = pointerText(scope, batch['recipient'], '/request/batch/recipient');
  if (!/\{\{(to|reference)\}\}/.test(recipient)) shape.fail('/request/batch/recipient', 'invalid_value');
  return { most: shape.int(batch['most'], '/request/batch/most', 2, 1_000), separator, recipient };
}

/** Where the request goes is fixed by ops: no value can change scheme, host or port. */
function readUrl(scope: Scope, input: unknown, pointer: string, allowed?: readonly string[]): string {
  const { shape } = scope;
  const url = template(scope, input, pointer, allowed);
  if (!url) return url;
  const sample = new Template(url).render(new Proxy({}, { get: () => 'x' })) ?? '';
  const fixed = /^https?:\/\/[^/?#{}@\\\s]+(?=[/?]|$)/.test(url);
  if (!fixed || !URL.canParse(sample) || url.includes('#') || /[\s\\]/.test(sample)) shape.fail(pointer, 'invalid_url');
  return url;
}

function readBody(scope: Scope, input: unknown): HttpBody {
  const { shape } = scope;
  const body = shape.object(input, '/request/body', ['type', 'content', 'fields', 'contentType']) ?? {};
  const type = shape.oneOf(body['type'], '/request/body/type', ['json', 'form', 'xml', 'text'] as const);
  if (type === 'json') {
    checkJsonTemplates(scope, body['content'], '/request/body/content', 0);
    return { type, content: body['content'] };
  }
  if (type === 'form') {
    const fields = shape.map(body['fields'], '/request/body/fields', (value, pointer) =>
      template(scope, value, pointer),
    );
    return { type, fields };
  }
  const fallback = type === 'xml' ? 'application/xml; charset=utf-8' : 'text/plain; charset=utf-8';
  return {
    type,
    content: template(scope, body['content'], '/request/body/content'),
    contentType: shape.text(body['contentType'] ?? fallback, '/request/body/contentType', {
      max: 100,
      pattern: /^[\w.+-]+\/[\w.+-]+(;[ -~]*)?$/,
    }),
  };
}

function checkJsonTemplates(scope: Scope, value: unknown, pointer: string, depth: number): void {
  const { shape } = scope;
  if (depth > 20) shape.fail(pointer, 'too_deep');
  else if (typeof value === 'string') template(scope, value.replace('{{number:', '{{'), pointer, undefined, 0);
  else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) checkJsonTemplates(scope, item, at(pointer, String(index)), depth + 1);
  } else if (isObject(value)) {
    // What stands beside it would be lost.
    if (EACH in value && Object.keys(value).length > 1) shape.fail(pointer, 'each_stands_alone');
    for (const [key, item] of Object.entries(value)) checkJsonTemplates(scope, item, at(pointer, key), depth + 1);
  } else if (value === undefined) shape.fail(pointer, 'required');
}

function readAuth(scope: Scope, input: unknown): HttpAuth {
  const { shape } = scope;
  const type = shape.oneOf(isObject(input) ? input['type'] : undefined, '/auth/type', ['basic', 'bearer', 'header']);
  const keys = { basic: ['username', 'password'], bearer: ['token'], header: ['name', 'value'] }[type];
  const auth = shape.object(input, '/auth', ['type', ...keys]) ?? {};
  const secret = (key: string) => template(scope, auth[key], at('/auth', key), []);
  if (type === 'basic') return { type, username: secret('username'), password: secret('password') };
  if (type === 'bearer') return { type, token: secret('token') };
  const name = shape.text(auth['name'], '/auth/name', { max: 100 });
  checkHeaderName(shape, name, '/auth/name');
  return { type: 'header', name, value: secret('value') };
}

function checkHeaderName(shape: ShapeReader, name: string, pointer: string): void {
  if (!HEADER_NAME.test(name) || OWN_HEADERS.includes(name.toLowerCase())) shape.fail(pointer, 'header_not_allowed');
}

function readHmac(scope: Scope, input: unknown, pointer: string, names: readonly string[]): HmacSettings {
  const { shape } = scope;
  const hmac = shape.object(input, pointer, ['header', 'algorithm', 'encoding', 'secret', 'content', 'prefix']) ?? {};
  const header = shape.text(hmac['header'], at(pointer, 'header'), { max: 100 });
  checkHeaderName(shape, header, at(pointer, 'header'));
  const headers = template(scope, hmac['content'] ?? '{{body}}', at(pointer, 'content'), names);
  return {
    header,
    algorithm: shape.oneOf(hmac['algorithm'] ?? 'sha256', at(pointer, 'algorithm'), ['sha256', 'sha512', 'sha1']),
    encoding: shape.oneOf(hmac['encoding'] ?? 'hex', at(pointer, 'encoding'), ['hex', 'base64']),
    secret: template(scope, hmac['secret'], at(pointer, 'secret'), []),
    content: headers,
    prefix: shape.text(hmac['prefix'] ?? '', at(pointer, 'prefix'), { min: 0, max: 50, pattern: /^[!-~]*$/ }),
  };
}

function readAnswer(scope: Scope, input: unknown): HttpSettings['answer'] {
  const { shape } = scope;
  const keys = 'format recipient successStatuses success messageId errorCode errorText cost operator parts'.split(' ');
  const answer = shape.object(input, '/answer', keys) ?? {};
  const format = shape.oneOf(answer['format'] ?? 'json', '/answer/format', ['json', 'text'] as const);
  const source = (key: string) =>
    optional(answer[key], (value) => readSource(scope, value, at('/answer', key), format === 'json'));
  return {
    format,
    recipient: pointerText(scope, answer['recipient'] ?? '', '/answer/recipient'),
    successStatuses: shape.list(
      answer['successStatuses'] ?? [200, 201, 202],
      '/answer/successStatuses',
      20,
      (item, at_) => shape.int(item, at_, 200, 299),
    ),
    success: optional(answer['success'], (value) => {
      const rule = shape.object(value, '/answer/success', ['source', 'values']) ?? {};
      return {
        source: readSource(scope, rule['source'], '/answer/success/source', format === 'json'),
        values: shape.list(rule['values'], '/answer/success/values', 50, (item, at_) =>
          shape.text(item, at_, { max: 100 }),
        ),
      };
    }),
    messageId: source('messageId'),
    errorCode: source('errorCode'),
    errorText: source('errorText'),
    cost: optional(answer['cost'], (value) => {
      const cost = shape.object(value, '/answer/cost', ['source', 'currency', 'currencyIn']) ?? {};
      return {
        source: readSource(scope, cost['source'], '/answer/cost/source', format === 'json'),
        currencyIn: optional(cost['currencyIn'], (source) =>
          readSource(scope, source, '/answer/cost/currencyIn', format === 'json'),
        ),
        currency: shape.text(cost['currency'], '/answer/cost/currency', { pattern: ISO_CURRENCY }),
      };
    }),
    operator: source('operator'),
    parts: source('parts'),
  };
}

function readBalance(scope: Scope, input: unknown): BalanceSettings {
  const { shape } = scope;
  const keys = ['method', 'url', 'query', 'headers', 'amount', 'currency'];
  const balance = shape.object(input, '/balance', keys) ?? {};
  const secrets = (value: unknown, pointer: string) => template(scope, value, pointer, ['timestamp']);
  return {
    method: shape.oneOf(balance['method'] ?? 'GET', '/balance/method', ['GET', 'POST'] as const),
    url: readUrl(scope, balance['url'], '/balance/url', ['timestamp']),
    query: shape.map(balance['query'] ?? {}, '/balance/query', secrets),
    headers: shape.map(balance['headers'] ?? {}, '/balance/headers', (value, pointer, name) => {
      checkHeaderName(shape, name, pointer);
      return secrets(value, pointer);
    }),
    amount: readSource(scope, balance['amount'], '/balance/amount', true),
    currency: readSource(scope, balance['currency'], '/balance/currency', true),
  };
}

function readSource(scope: Scope, input: unknown, pointer: string, json: boolean): Source {
  const { shape } = scope;
  const kinds = json ? ['pointer', 'pattern', 'header', 'value'] : ['pattern', 'header', 'value'];
  const source = shape.object(input, pointer, kinds) ?? {};
  const [kind, ...more] = Object.keys(source);
  if (!kind || more.length > 0) {
    shape.fail(pointer, 'one_source_expected', { values: kinds.join(', ') });
    return { value: '' };
  }
  const value = source[kind];
  if (kind === 'pointer') return { pointer: pointerText(scope, value, at(pointer, kind)) };
  if (kind === 'pattern') return { pattern: patternText(shape, value, at(pointer, kind)) };
  if (kind === 'header') return { header: shape.text(value, at(pointer, kind), { max: 100, pattern: HEADER_NAME }) };
  return { value: template(scope, value, at(pointer, kind), ['reference', 'to']) };
}

function pointerText(scope: Scope, value: unknown, pointer: string): string {
  const text = template(scope, value, pointer, ['to', 'reference', 'partIndex'], 0);
  if (!POINTER.test(text)) scope.shape.fail(pointer, 'invalid_pointer');
  return text;
}

/**
 * Patterns run over what a stranger sends, so those that can take for ever are refused: a repeated group that itself repeats
 * something, and back references.
 */
function patternText(shape: ShapeReader, value: unknown, pointer: string): string {
  const text = shape.text(value, pointer, { max: 300 });
  try {
    if (text && new RegExp(`${text}|`, 'u').exec('')!.length < 2) shape.fail(pointer, 'group_expected');
  } catch {
    shape.fail(pointer, 'invalid_pattern');
  }
  const plain = text.replace(/\\\\/g, '').replace(/\[(?:\\.|[^\]\\])*\]/g, 'x');
  if (/\([^()]*[+*{][^()]*\)[+*{]/.test(plain) || /\)[+*]\)*[+*{]/.test(plain) || /\\[1-9k]/.test(plain))
    shape.fail(pointer, 'pattern_too_complex');
  return text;
}

function readErrorRule(shape: ShapeReader, input: unknown, pointer: string): ErrorRule {
  const rule = shape.object(input, pointer, ['statuses', 'codes', 'means']) ?? {};
  if (rule['statuses'] === undefined && rule['codes'] === undefined) shape.fail(pointer, 'statuses_or_codes_expected');
  return {
    ...(rule['statuses'] !== undefined && {
      statuses: shape.list(rule['statuses'], at(pointer, 'statuses'), 100, (item, at_) =>
        shape.int(item, at_, 200, 599),
      ),
    }),
    ...(rule['codes'] !== undefined && {
      codes: shape.list(rule['codes'], at(pointer, 'codes'), 500, (item, at_) => shape.text(item, at_, { max: 100 })),
    }),
    means: shape.oneOf(rule['means'], at(pointer, 'means'), MEANINGS),
  };
}

function readReports(scope: Scope, input: unknown): ReportSettings {
  const { shape } = scope;
  const keys = 'format list separator fields statuses noErrorCodes optOutCodes doneAtFormat currency answer'.split(' ');
  const reports = shape.object(input, '/reports', [...keys, 'signature']) ?? {};
  const format = shape.oneOf(reports['format'], '/reports/format', ['json', 'form', 'query', 'any'] as const);
  if (format !== 'json' && reports['list'] != null) shape.fail('/reports/list', 'only_with_json');
  return {
    format,
    list: optional(reports['list'], (value) => plainPointer(shape, value, '/reports/list')),
    separator: optional(reports['separator'], (value) => shape.text(value, '/reports/separator', { max: 5 })),
    fields: readReportFields(shape, reports['fields']),
    statuses: shape.map(reports['statuses'], '/reports/statuses', (value, at_) => shape.oneOf(value, at_, STATUSES)),
    noErrorCodes: shape.list(reports['noErrorCodes'] ?? ['0', '000'], '/reports/noErrorCodes', 20, (item, at_) =>
      shape.text(item, at_, { max: 50 }),
    ),
    optOutCodes: shape.list(reports['optOutCodes'] ?? [], '/reports/optOutCodes', 50, (item, at_) =>
      shape.text(item, at_, { max: 100 }),
    ),
    doneAtFormat: shape.oneOf(reports['doneAtFormat'] ?? 'iso', '/reports/doneAtFormat', ['iso', 'unix', 'unix_ms']),
    currency: optional(reports['currency'], (value) =>
      shape.text(value, '/reports/currency', { pattern: ISO_CURRENCY }),
    ),
    answer: readCallAnswer(shape, reports['answer'] ?? {}, '/reports/answer'),
    signature: optional(reports['signature'], (value) =>
      readHmac(scope, value, '/reports/signature', ['body', 'url', 'sortedFields']),
    ),
  };
}

function readReportFields(shape: ShapeReader, input: unknown): ReportFields {
  const keys = 'messageId reference status statusGroup errorCode doneAt to from partNo cost currency operator'.split(
    ' ',
  );
  const fields = shape.object(input, '/reports/fields', keys) ?? {};
  if (fields['messageId'] === undefined && fields['reference'] === undefined)
    shape.fail('/reports/fields', 'message_id_or_reference_expected');
  if (fields['status'] === undefined) shape.fail('/reports/fields/status', 'required');
  const read = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    read.map(([key, value]) => [key, plainPointer(shape, value, at('/reports/fields', key))]),
  ) as unknown as ReportFields;
}

function plainPointer(shape: ShapeReader, value: unknown, pointer: string): string {
  const text = shape.text(value, pointer, { min: 0, max: 300 });
  if (!POINTER.test(text)) shape.fail(pointer, 'invalid_pointer');
  return text;
}

function readCallAnswer(shape: ShapeReader, input: unknown, pointer: string): ReportSettings['answer'] {
  const answer = shape.object(input, pointer, ['status', 'contentType', 'body']) ?? {};
  return {
    status: shape.int(answer['status'] ?? 200, at(pointer, 'status'), 200, 299),
    contentType: shape.text(answer['contentType'] ?? 'text/plain; charset=utf-8', at(pointer, 'contentType'), {
      max: 100,
      pattern: /^[\w.+-]+\/[\w.+-]+(;[ -~]*)?$/,
    }),
    body: shape.text(answer['body'] ?? 'OK', at(pointer, 'body'), { min: 0, max: 1_000 }),
  };
}

const INBOUND_NEEDED = ['from', 'to', 'text'];
const INBOUND_FIELDS = [...INBOUND_NEEDED, 'messageId', 'concatReference', 'partNo', 'partsTotal'];

function readInbound(scope: Scope, input: unknown): InboundSettings {
  const { shape } = scope;
  const inbound = shape.object(input, '/inbound', ['format', 'list', 'fields', 'answer', 'signature']) ?? {};
  const format = shape.oneOf(inbound['format'], '/inbound/format', ['json', 'form', 'query', 'any'] as const);
  if (format !== 'json' && inbound['list'] != null) shape.fail('/inbound/list', 'only_with_json');
  const fields = shape.object(inbound['fields'], '/inbound/fields', INBOUND_FIELDS) ?? {};
  const named = INBOUND_FIELDS.filter((name) => fields[name] !== undefined || INBOUND_NEEDED.includes(name));
  return {
    format,
    list: optional(inbound['list'], (value) => plainPointer(shape, value, '/inbound/list')),
    fields: Object.fromEntries(
      named.map((name) => [name, plainPointer(shape, fields[name], at('/inbound/fields', name))]),
    ) as unknown as InboundFields,
    answer: readCallAnswer(shape, inbound['answer'] ?? {}, '/inbound/answer'),
    signature: optional(inbound['signature'], (value) =>
      readHmac(scope, value, '/inbound/signature', ['body', 'url', 'sortedFields']),
    ),
  };
}

function readLimits(shape: ShapeReader, input: unknown): HttpLimits {
  const limits = shape.object(input, '/limits', Object.keys(DEFAULT_LIMITS)) ?? {};
  const read = (key: keyof HttpLimits, min: number, max: number) =>
    shape.int(limits[key] ?? DEFAULT_LIMITS[key], at('/limits', key), min, max);
  return {
    connectTimeoutMs: read('connectTimeoutMs', 100, 60_000),
    timeoutMs: read('timeoutMs', 100, 120_000),
    maxConcurrent: read('maxConcurrent', 1, 500),
    maxBatch: read('maxBatch', 1, 1_000),
    maxAnswerBytes: read('maxAnswerBytes', 256, 4_194_304),
    retryMinMs: read('retryMinMs', 10, 60_000),
    retryMaxMs: read('retryMaxMs', 10, 600_000),
    throttleMinMs: read('throttleMinMs', 10, 60_000),
    throttleMaxMs: read('throttleMaxMs', 10, 600_000),
    unknownsBeforePause: read('unknownsBeforePause', 1, 1_000),
  };
}

/** A template that names only what there is; `allowed` besides secrets, all message values unless told. */
function template(
  { shape, secrets }: Scope,
  input: unknown,
  pointer: string,
  allowed: readonly string[] = MESSAGE_PLACEHOLDERS,
  min = 1,
): string {
  const source = shape.text(input, pointer, { min, ...TEMPLATE_LENGTH });
  for (const name of new Template(source).names) {
    if (allowed.includes(name)) continue;
    const [, secret] = /^secret\.([A-Za-z]\w{0,63})$/.exec(name) ?? [];
    if (secret && secrets.has(secret)) continue;
    const known = (MESSAGE_PLACEHOLDERS as readonly string[]).includes(name);
    const code = secret ? 'secret_missing' : known ? 'placeholder_not_allowed' : 'unknown_placeholder';
    shape.fail(pointer, code, { name });
  }
  return source;
}
