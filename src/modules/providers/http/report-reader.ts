import type { ProviderReport, ReportStatus } from '../sms-provider.js';
import { type CallCheck, CallReader, type ProviderCall } from './call-reader.js';
import { ISO_CURRENCY, readCost } from './cost.js';
import type { ReportFields, ReportSettings } from './http-settings.js';
import { pointerReader, type Spoken } from './source-reader.js';
import type { TemplateValues } from './template.js';

const RAW_LENGTH = 4_000;

export interface ReadReports {
  reports: ProviderReport[];
  /** Which of the call's reports could not be read, from 0. */
  unreadable: number[];
}

/** A check of a call that no template can describe. */
export type ReportCheck = CallCheck;

/** Turns calls of a provider into reports by one description. Pure. */
export class ReportReader {
  private readonly readers: [field: keyof ReportFields, read: ReturnType<typeof pointerReader>][];
  private readonly calls: CallReader;
  private readonly statuses: Map<string, ReportStatus>;

  constructor(
    private readonly settings: ReportSettings,
    secrets: TemplateValues,
    check: ReportCheck | null = null,
  ) {
    const fields = Object.entries(settings.fields) as [keyof ReportFields, string][];
    this.readers = fields.map(([field, pointer]) => [field, pointerReader(pointer)]);
    const splitBy = (settings.fields.messageId ?? settings.fields.reference ?? '').slice(1);
    this.calls = new CallReader(settings, secrets, check, splitBy);
    this.statuses = new Map(Object.entries(settings.statuses).map(([word, status]) => [word.toLowerCase(), status]));
  }

  /**
   * Refuses a call as a whole: `report_signature_wrong`, `report_unreadable`, `too_many_reports`. Single reports that cannot be
   * read are named, so that the others are kept.
   */
  read(call: ProviderCall, receivedAt: Date): ReadReports {
    const reports: ProviderReport[] = [];
    const unreadable: number[] = [];
    for (const [index, item] of this.calls.read(call).entries()) {
      const report = this.readOne(item, receivedAt);
      if (report) reports.push(report);
      else unreadable.push(index);
    }
    return { reports, unreadable };
  }

  private statusOf({ status, statusGroup }: Partial<ReportFields>): ReportStatus | undefined {
    const own = this.statuses.get((status ?? '').toLowerCase());
    return own ?? this.statuses.get((statusGroup ?? '').toLowerCase());
  }

  private saysOptedOut({ status, errorCode }: Partial<ReportFields>): boolean {
    const { optOutCodes = [] } = this.settings;
    return [status, errorCode].some((code) => code !== undefined && optOutCodes.includes(code));
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
      ...(this.saysOptedOut(found) && { optedOut: true as const }),
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
