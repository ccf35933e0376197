import { DomainError } from '../../../kernel/domain-error.js';
import type { ProviderReport, ReportStatus } from '../sms-provider.js';
import { ISO_CURRENCY, readCost } from './cost.js';
import { HmacSigner } from './hmac.js';
import type { ReportFields, ReportSettings } from './http-settings.js';
import { parseLosslessJson } from './lossless-json.js';
import { pointerReader, type Spoken } from './source-reader.js';
import { isObject } from './shape-reader.js';
import type { TemplateValues } from './template.js';

/** More in one call is a mistake or an attack; providers cut their batches long before. */
const MOST_REPORTS = 1_000;
const RAW_LENGTH = 4_000;

/** A call of the provider to our callback address. */
export interface ReportCall {
  /** As the provider knows it, with the query. */
  url: string;
  /** Names in lower case. */
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: string;
}

export interface ReadReports {
  reports: ProviderReport[];
  /** Which of the call's reports could not be read, from 0. */
  unreadable: number[];
}

/** What was found in a call: its JSON, or the parameters of its address and of its form. */
interface Found {
  json: unknown;
  parameters: [string, string][] | null;
  /** Those of the form alone, or of the address where there is no form: what signatures are made over. */
  own: [string, string][];
}

/** A check of a call that no template can describe. */
export type ReportCheck = (parameters: readonly [string, string][], secrets: TemplateValues) => boolean;

/** Turns calls of a provider into reports by one description. Pure. */
export class ReportReader {
  private readonly readers: [field: keyof ReportFields, read: ReturnType<typeof pointerReader>][];
  private readonly list: ReturnType<typeof pointerReader> | null;
  private readonly statuses: Map<string, ReportStatus>;
  private readonly signer: HmacSigner | null;

  constructor(
    private readonly settings: ReportSettings,
    private readonly secrets: TemplateValues,
    private readonly check: ReportCheck | null = null,
  ) {
    const fields = Object.entries(settings.fields) as [keyof ReportFields, string][];
    this.readers = fields.map(([field, pointer]) => [field, pointerReader(pointer)]);
    this.list = settings.list === null ? null : pointerReader(settings.list);
    this.statuses = new Map(Object.entries(settings.statuses).map(([word, status]) => [word.toLowerCase(), status]));
    this.signer = settings.signature && new HmacSigner(settings.signature);
  }

  /**
   * Refuses a call as a whole: `report_signature_wrong`, `report_unreadable`, `too_many_reports`. Single reports that cannot be
   * read are named, so that the others are kept.
   */
  read(call: ReportCall, receivedAt: Date): ReadReports {
    const found = this.find(call);
    this.checkSignature(call, found.own);
    const root = found.parameters ? Object.fromEntries(found.parameters) : found.json;
    const items = this.itemsOf({ text: call.body, root, item: root, headers: call.headers });
    if (items.length > MOST_REPORTS) throw new DomainError('too_large', 'too_many_reports');
    const reports: ProviderReport[] = [];
    const unreadable: number[] = [];
    for (const [index, item] of items.entries()) {
      const report = this.readOne({ text: call.body, root, item, headers: call.headers }, receivedAt);
      if (report) reports.push(report);
      else unreadable.push(index);
    }
    if (items.length === 0) throw unreadableReport();
    return { reports, unreadable };
  }

  private find({ url, body }: ReportCall): Found {
    const { format } = this.settings;
    if (format === 'json' || (format === 'any' && /^\s*[[{]/.test(body))) {
      const json = parseBody(body);
      return { json, parameters: null, own: isObject(json) ? scalarsOf(json) : [] };
    }
    const query = [...new URLSearchParams(url.slice(url.indexOf('?') + 1 || url.length))];
    const form = format === 'query' ? [] : [...new URLSearchParams(body)];
    return { json: null, parameters: [...query, ...form], own: format === 'form' || form.length > 0 ? form : query };
  }

  private checkSignature(call: ReportCall, parameters: [string, string][]): void {
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
    if (this.list || !isObject(found)) throw unreadableReport();
    const { separator, fields } = this.settings;
    return separator ? splitItem(found, separator, (fields.messageId ?? fields.reference)!.slice(1)) : [found];
  }

  private statusOf({ status, statusGroup }: Partial<ReportFields>): ReportStatus | undefined {
    const own = this.statuses.get((status ?? '').toLowerCase());
    return own ?? this.statuses.get((statusGroup ?? '').toLowerCase());
  }

  private readOne(spoken: Spoken, receivedAt: Date): ProviderReport | null {
    const found: Partial<Record<keyof ReportFields, string>> = {};
    for (const [field, read] of this.readers) {
      const value = read(spoken, {});
      if (['string', 'number', 'boolean'].includes(typeof value)) found[field] = String(value).trim().slice(0, 255);
    }
    if ((!found.messageId && !found.reference) || !found.status) return null;
    // A word that nobody described is kept for people to read and changes nothing.
    const status = this.statusOf(found);
    const costMicros = readCost(found.cost ?? null);
    const currency = ISO_CURRENCY.test(found.currency ?? '') ? found.currency : this.settings.currency;
    const partNo = /^[1-9]\d{0,2}$/.test(found.partNo ?? '') ? Number(found.partNo) : undefined;
    return {
      providerMessageId: found.messageId ?? '',
      status: status ?? 'unknown',
      intermediate: status === undefined || status === 'submitted',
      errorCode: found.errorCode && !this.settings.noErrorCodes.includes(found.errorCode) ? found.errorCode : null,
      doneAt: readInstant(found.doneAt, this.settings.doneAtFormat),
      receivedAt,
      raw: rawOf(spoken),
      ...(found.reference && { clientReference: found.reference }),
      ...(found.from && { from: found.from }),
      ...(found.to && { to: found.to.replace(/^\+|^00/, '') }),
      ...(partNo !== undefined && { partNo }),
      ...(costMicros !== undefined && currency && { costMicros, currency }),
      ...(found.operator && { operator: found.operator }),
    };
  }
}

function scalarsOf(json: Record<string, unknown>): [string, string][] {
  return Object.entries(json).flatMap(([name, value]) =>
    ['string', 'number', 'boolean'].includes(typeof value) ? [[name, String(value)] satisfies [string, string]] : [],
  );
}

/** `id=1,2&status=a,b&by=x,y,z` is two reports: a value that has not as many parts as there are ids is of all of them. */
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

function wrongSignature(): DomainError {
  return new DomainError('unauthenticated', 'report_signature_wrong');
}

function parseBody(body: string): unknown {
  try {
    return parseLosslessJson(body);
  } catch {
    throw unreadableReport();
  }
}

function rawOf({ item }: Spoken): string {
  return JSON.stringify(item).slice(0, RAW_LENGTH);
}

/** Null for what is no instant in that format: a report is not refused for its date. */
function readInstant(text: string | undefined, format: ReportSettings['doneAtFormat']): Date | null {
  if (!text) return null;
  if (format === 'iso') {
    // Without an offset it is nobody's time; the provider's zone is unknown here.
    const instant = /(?:Z|[+-]\d{2}:?\d{2})$/i.test(text) ? new Date(text.replace(' ', 'T')) : new Date(NaN);
    return Number.isNaN(instant.getTime()) ? null : instant;
  }
  if (!/^\d{1,14}(\.\d+)?$/.test(text)) return null;
  const instant = new Date(Number(text) * (format === 'unix' ? 1_000 : 1));
  return Number.isNaN(instant.getTime()) ? null : instant;
}

function unreadableReport(): DomainError {
  return new DomainError('invalid', 'report_unreadable');
}
