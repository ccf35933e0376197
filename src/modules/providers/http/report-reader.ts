import { DomainError } from '../../../kernel/domain-error.js';
import type { ProviderReport, ReportStatus } from '../sms-provider.js';
import { readCost } from './cost.js';
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

/** Turns calls of a provider into reports by one description. Pure. */
export class ReportReader {
  private readonly readers: [field: keyof ReportFields, read: ReturnType<typeof pointerReader>][];
  private readonly list: ReturnType<typeof pointerReader> | null;
  private readonly statuses: Map<string, ReportStatus>;
  private readonly signer: HmacSigner | null;

  constructor(
    private readonly settings: ReportSettings,
    private readonly secrets: TemplateValues,
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
    const parameters = this.parametersOf(call);
    this.checkSignature(call, parameters);
    const root = parameters ? Object.fromEntries(parameters) : parseBody(call.body);
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

  private parametersOf({ url, body }: ReportCall): [string, string][] | null {
    if (this.settings.format === 'json') return null;
    const text = this.settings.format === 'form' ? body : url.slice(url.indexOf('?') + 1 || url.length);
    return [...new URLSearchParams(text)];
  }

  private checkSignature(call: ReportCall, parameters: [string, string][] | null): void {
    if (!this.signer) return;
    const given = [call.headers[this.signer.header]].flat()[0];
    const sortedFields = (parameters ?? [])
      .toSorted(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0))
      .flat()
      .join('');
    const values = { ...this.secrets, body: call.body, url: call.url, sortedFields };
    if (!given || !this.signer.verify(values, given))
      throw new DomainError('unauthenticated', 'report_signature_wrong');
  }

  private itemsOf(spoken: Spoken): unknown[] {
    const found = this.list ? this.list(spoken, {}) : spoken.root;
    if (Array.isArray(found)) return found;
    if (this.list || !isObject(found)) throw unreadableReport();
    return [found];
  }

  private readOne(spoken: Spoken, receivedAt: Date): ProviderReport | null {
    const found: Partial<Record<keyof ReportFields, string>> = {};
    for (const [field, read] of this.readers) {
      const value = read(spoken, {});
      if (['string', 'number', 'boolean'].includes(typeof value)) found[field] = String(value).trim().slice(0, 255);
    }
    if ((!found.messageId && !found.reference) || !found.status) return null;
    // A word that nobody described is kept for people to read and changes nothing.
    const status = this.statuses.get(found.status.toLowerCase());
    const costMicros = readCost(found.cost ?? null);
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
      ...(costMicros !== undefined && this.settings.currency && { costMicros, currency: this.settings.currency }),
      ...(found.operator && { operator: found.operator }),
    };
  }
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
