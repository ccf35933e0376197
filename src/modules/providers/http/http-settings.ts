import type { ReportStatus } from '../sms-provider.js';

/*
 * An HTTP provider, described as data. Texts marked "template" may hold placeholders, see {@link MESSAGE_PLACEHOLDERS};
 * README.md shows a whole description.
 */

/** Where a value is found in an answer or a report. */
export type Source =
  /** RFC 6901 from the recipient's object (`/status`), or from the root (`#/balance`). May hold placeholders. */
  | { pointer: string }
  /** A regular expression over the answer's text; its first group is the value. */
  | { pattern: string }
  /** A header of the answer. */
  | { header: string }
  /** A template: where the provider knows the message by something that we sent (`{{reference}}`). */
  | { value: string };

export type HttpBody =
  | { type: 'json'; content: unknown }
  | { type: 'form'; fields: Record<string, string> }
  | { type: 'xml' | 'text'; content: string; contentType: string };

export type HttpAuth =
  | { type: 'basic'; username: string; password: string }
  | { type: 'bearer'; token: string }
  | { type: 'header'; name: string; value: string };

export interface HmacSettings {
  header: string;
  algorithm: 'sha256' | 'sha512' | 'sha1';
  encoding: 'hex' | 'base64';
  /** Template; secrets only. */
  secret: string;
  /** Template of what is signed. */
  content: string;
  /** Stands before the signature in the header, such as `sha256=`. */
  prefix: string;
}

/** What an answer that is not a success means; see the table in README.md. */
export const MEANINGS = [
  'refused',
  'opted_out',
  'throttled',
  'unavailable',
  'no_funds',
  'credentials',
  'unknown',
] as const;
export type Meaning = (typeof MEANINGS)[number];

export interface ErrorRule {
  /** HTTP statuses; absent: any. */
  statuses?: number[];
  /** The recipient's own error codes; absent: any, also none. */
  codes?: string[];
  means: Meaning;
}

export interface ReportFields {
  messageId?: string;
  reference?: string;
  status: string;
  /** A coarser word, looked up in the same list where `status` is not in it. */
  statusGroup?: string;
  errorCode?: string;
  doneAt?: string;
  to?: string;
  from?: string;
  partNo?: string;
  cost?: string;
  /** Goes before the report settings' own `currency`. */
  currency?: string;
  operator?: string;
}

export interface ReportSettings {
  /** Fields of a form are joined by those in the address that we gave; `any` takes whichever of the three comes. */
  format: 'json' | 'form' | 'query' | 'any';
  /** Pointer to an array of reports; absent: the body is one, or an array of them. */
  list: string | null;
  /** Of forms and queries that bring several reports in one call: what stands between their values. */
  separator?: string | null;
  /** Pointers, as in {@link Source}. Fields of forms and queries are members of one object: `/status`. */
  fields: ReportFields;
  /** The provider's words, without regard to case. A word that is not listed is kept as an intermediate `unknown`. */
  statuses: Record<string, ReportStatus>;
  /** Error codes that say "no error". */
  noErrorCodes: string[];
  /** Error codes by which the recipient does not want our messages; the words of `status` count, too. */
  optOutCodes?: string[];
  doneAtFormat: 'iso' | 'unix' | 'unix_ms';
  /** Of `cost`; ISO 4217. */
  currency: string | null;
  /** What the provider wants to hear when we have stored the reports. */
  answer: { status: number; contentType: string; body: string };
  signature: HmacSettings | null;
}

export interface InboundFields {
  from: string;
  to: string;
  text: string;
  messageId?: string;
  /** Of providers that hand over the parts of a long message: what they have in common, which one, of how many. */
  concatReference?: string;
  partNo?: string;
  partsTotal?: string;
}

/** How the provider tells of messages from phones, at `<callback address>/inbound`. */
export interface InboundSettings {
  format: ReportSettings['format'];
  list: string | null;
  /** Pointers, as in {@link ReportSettings.fields}. */
  fields: InboundFields;
  answer: ReportSettings['answer'];
  signature: HmacSettings | null;
}

export interface BalanceSettings {
  method: 'GET' | 'POST';
  /** Template; secrets only. Scheme, host and port are literal. */
  url: string;
  query: Record<string, string>;
  headers: Record<string, string>;
  amount: Source;
  /** Found in the answer, or `{"value": "EUR"}`, or the provider's word for its unit. */
  currency: Source;
}

/**
 * How several messages share one request. With `separator` they are those of one text and sender, and `{{to}}` is all their numbers; without,
 * each has a copy of what stands under the key `{{each}}` in an array of the JSON body, and a text of its own.
 */
export interface BatchSettings {
  most: number;
  separator: string | null;
  /** Pointer to the object that answers for one of them, by its `{{to}}` or `{{reference}}`. */
  recipient: string;
}

export interface HttpLimits {
  connectTimeoutMs: number;
  /** From the request to the end of its answer; after this it is `unknown`. */
  timeoutMs: number;
  /** Requests that may wait for an answer at once. */
  maxConcurrent: number;
  /** Messages in one request, where `request.batch` allows several. */
  maxBatch: number;
  maxAnswerBytes: number;
  /** Bounds of the pauses after failures, and after "too fast"; they double and have jitter. */
  retryMinMs: number;
  retryMaxMs: number;
  throttleMinMs: number;
  throttleMaxMs: number;
  /** Ambiguous outcomes in a row after which the link pauses. */
  unknownsBeforePause: number;
}

export interface HttpSettings {
  request: {
    method: 'GET' | 'POST' | 'PUT';
    /** Template; scheme, host and port are literal. */
    url: string;
    query: Record<string, string>;
    headers: Record<string, string>;
    body: HttpBody | null;
    /** `message`: the whole text in one request. `part`: a request for each part. */
    unit: 'message' | 'part';
    /** Several messages may share a request; null or absent: each has its own. */
    batch?: BatchSettings | null;
    /** What `{{encoding}}` becomes. */
    encodings: { gsm7: string; ucs2: string };
    /** Bounds of the validity as the provider is told it. */
    minValiditySeconds?: number;
    maxValiditySeconds?: number;
    signature: HmacSettings | null;
  };
  auth: HttpAuth | null;
  answer: {
    format: 'json' | 'text';
    /**
     * Pointer to the recipient's own object, such as `/messages/0` or `/{{to}}`. With `{{partIndex}}` (from 0) each part of a message
     * that was sent whole has an object, and an id, of its own.
     */
    recipient: string;
    successStatuses: number[];
    /** The field that says whether this recipient was taken; absent: it was, when there is no error code. */
    success: { source: Source; values: string[] } | null;
    messageId: Source | null;
    errorCode: Source | null;
    errorText: Source | null;
    /** `currencyIn` goes before `currency` where the answer names one. */
    cost: { source: Source; currency: string; currencyIn?: Source | null } | null;
    operator: Source | null;
    /** How many parts the provider counts, and bills. */
    parts?: Source | null;
  };
  /** How the balance is asked for; null: it cannot be. */
  balance?: BalanceSettings | null;
  errors: ErrorRule[];
  reports: ReportSettings | null;
  /** Null or absent: it tells of none. */
  inbound?: InboundSettings | null;
  limits: HttpLimits;
}

/** Somebody calls us: with reports, or with messages from phones. */
export function takesCallbacks({ reports, inbound }: HttpSettings): boolean {
  return Boolean(reports || inbound);
}

/** Values that a template may name besides `secret.<name>`. */
export const MESSAGE_PLACEHOLDERS = [
  'to',
  'text',
  'sender',
  'e164Sender',
  'reference',
  'callbackUrl',
  'encoding',
  'partNo',
  'partsTotal',
  'concatReference',
  'validitySeconds',
  'validityHours',
  'validityMinutes',
  'validityMilliseconds',
  'validUntil',
  'validUntilUnix',
  'timestamp',
] as const;

export const DEFAULT_LIMITS: HttpLimits = {
  connectTimeoutMs: 5_000,
  timeoutMs: 15_000,
  maxConcurrent: 16,
  maxBatch: 1_000,
  maxAnswerBytes: 65_536,
  retryMinMs: 500,
  retryMaxMs: 30_000,
  throttleMinMs: 500,
  throttleMaxMs: 60_000,
  unknownsBeforePause: 5,
};
