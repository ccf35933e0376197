import type { InboxReport } from '../report-inbox.js';
import type { ReportStatus } from '../sms-provider.js';

export interface InboxRow {
  id: string;
  provider_id: string;
  provider_message_id: string;
  status: ReportStatus;
  intermediate: boolean;
  client_reference: string | null;
  part_no: number | null;
  sender: string | null;
  recipient: string | null;
  error_code: string | null;
  done_at: Date | null;
  cost_micros: bigint | null;
  currency: string | null;
  operator: string | null;
  raw: string;
  received_at: Date;
  tries: number;
  opted_out: boolean;
}

export function toInboxReport(row: InboxRow): InboxReport {
  return {
    id: row.id,
    providerId: row.provider_id,
    providerMessageId: row.provider_message_id,
    status: row.status,
    intermediate: row.intermediate,
    errorCode: row.error_code,
    doneAt: row.done_at,
    receivedAt: row.received_at,
    raw: row.raw,
    tries: row.tries,
    ...(row.opted_out && { optedOut: true as const }),
    ...(row.client_reference !== null && { clientReference: row.client_reference }),
    ...(row.part_no !== null && { partNo: row.part_no }),
    ...(row.sender !== null && { from: row.sender }),
    ...(row.recipient !== null && { to: row.recipient }),
    ...(row.cost_micros !== null && { costMicros: row.cost_micros }),
    ...(row.currency !== null && { currency: row.currency }),
    ...(row.operator !== null && { operator: row.operator }),
  };
}
