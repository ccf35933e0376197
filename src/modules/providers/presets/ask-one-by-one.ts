import { DomainError } from '../../../kernel/domain-error.js';
import type { HttpAnswer } from '../http/answer-reader.js';
import type { ReportSettings } from '../http/http-settings.js';
import type { AskContext, StatusAsker } from '../http/http-traits.js';
import { ReportReader } from '../http/report-reader.js';
import type { BuiltRequest } from '../http/request-builder.js';
import type { ProviderReport, StatusQuery } from '../sms-provider.js';

/** What differs between APIs that are asked about one message at a time. */
export interface OneByOne {
  /** How the state reads: as JSON, in the words of `statuses`. */
  answer: Pick<ReportSettings, 'fields' | 'statuses'> & Partial<ReportSettings>;
  request(query: StatusQuery, context: AskContext): BuiltRequest | null;
  /** Our reference alone is enough. */
  byReference?: boolean;
  /** The answer says that there is no such message. */
  knowsNothing(answer: HttpAnswer): boolean;
}

const DEFAULTS = {
  format: 'json',
  list: null,
  noErrorCodes: ['0'],
  doneAtFormat: 'iso',
  currency: null,
  answer: { status: 200, contentType: 'text/plain', body: '' },
  signature: null,
} as const satisfies Partial<ReportSettings>;

/** An asker for APIs that tell the state of one message at a time, and tell it much as they report it. */
export function askOneByOne(api: OneByOne): StatusAsker {
  // Whose state it is, is known; an answer need not repeat it.
  const fields = { reference: api.answer.fields.status, ...api.answer.fields };
  const reader = new ReportReader({ ...DEFAULTS, noErrorCodes: [...DEFAULTS.noErrorCodes], ...api.answer, fields }, {});
  return {
    most: 1,
    byReference: api.byReference ?? false,
    request: ([query], context) => api.request(query!, context),
    read: (answer, [query], receivedAt) => {
      const result = api.knowsNothing(answer) ? 'not_found' : readState(reader, answer, query!, receivedAt);
      return [{ clientReference: query!.clientReference, result }];
    },
  };
}

/** The query knows whose state it is, whatever the answer repeats of it. */
function readState(
  reader: ReportReader,
  { status, text }: HttpAnswer,
  { clientReference, providerMessageId, to }: StatusQuery,
  receivedAt: Date,
): ProviderReport | null {
  if (status !== 200) return null;
  try {
    const [report] = reader.read({ url: '', headers: {}, body: text }, receivedAt).reports;
    return report
      ? { ...report, providerMessageId: providerMessageId || report.providerMessageId, clientReference, to }
      : null;
  } catch (error) {
    if (error instanceof DomainError) return null;
    throw error;
  }
}
