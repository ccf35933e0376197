import type { CountedMessage } from '../domain/changes.js';
import type { GroupState } from '../domain/message-group.js';
import type { ChargePolicy, DeliveryPolicy, MessageState } from '../domain/message.js';
import type { SmsEncoding } from '../../../kernel/sms-parts.js';
import type { CompiledWindow, WeeklyWindow } from '../../../kernel/time-window.js';

/** A message with all that may decide about its price. */
export interface PricedMessage extends CountedMessage, ChargePolicy {
  id: string;
  walletId: string;
  /** What its row says where that is behind: a message that is being submitted waits there. */
  rowState?: MessageState;
}

/** A row of the queue, locked or claimed, with its message. `providerId` is the one it is queued for. */
export interface ClaimedMessage extends PricedMessage {
  providerId: string;
  laneNo: number;
  groupId: string;
  /** The rate of a sender that it is queued under; 0: none. */
  pacedBy: number;
  dueAt: Date;
  validUntil: Date;
  tries: number;
  /** Its number in the line that claimed it last. */
  fence: bigint;
  /** Set by the first claim; a try that was provably not sent, wholly or in part, goes on under the same id. */
  attemptId: string | null;
  attemptNo: number;
  repeatReason: 'at_least_once' | 'forced' | null;
  /** Parts that left in this attempt already, or may have. */
  partsGone: number[] | null;
  recipient: string;
  sender: string | null;
  body: string;
  encoding: SmsEncoding;
  deliveryPolicy: DeliveryPolicy;
  windowAction: 'wait' | 'drop';
  /** JSON text of a weekly window, so that equal ones are parsed once. */
  sendingWindow: string | null;
  groupState: GroupState | null;
  groupWindow: string | null;
  /** The hours that bind it, as they were looked at last. */
  hours?: readonly (WeeklyWindow | CompiledWindow)[];
}

/** Of a message `m`, what {@link PricedMessage} needs except the provider. */
export const PRICED_COLUMNS = `
      m.account_id AS "accountId", m.id, m.created_at AS "createdAt", m.source, m.lane, m.country, m.state,
      m.charge_state AS "chargeState", m.currency, m.parts::int AS parts, m.price_micros AS "priceMicros",
      m.wallet_id AS "walletId", m.charge_on AS "chargeOn", m.refund_undelivered AS "refundUndelivered"`;

/**
 * Columns of {@link ClaimedMessage}, for a statement that has a queue row `q` and {@link CLAIMED_JOINS}. `continued`: the condition
 * under which an earlier try may have left parts behind.
 */
export const claimedColumns = (continued: string): string => `${PRICED_COLUMNS},
      q.provider_id AS "providerId", q.lane AS "laneNo", q.group_id AS "groupId", q.paced_by AS "pacedBy", q.due_at AS "dueAt",
      q.valid_until AS "validUntil", q.tries, q.fence, q.attempt_id AS "attemptId", q.attempt_no AS "attemptNo",
      q.repeat_reason AS "repeatReason",
      CASE WHEN ${continued} THEN (
        SELECT array_agg(p.part_no::int) FROM attempt_parts p
         WHERE p.account_id = q.account_id AND p.attempt_id = q.attempt_id AND p.state <> 'not_sent') END AS "partsGone",
      m.recipient, m.sender, m.body, m.encoding, m.delivery_policy AS "deliveryPolicy", m.window_action AS "windowAction",
      m.sending_window::text AS "sendingWindow", g.state AS "groupState", g.sending_window::text AS "groupWindow"`;

export const CLAIMED_COLUMNS = claimedColumns('q.attempt_id IS NOT NULL');

export const CLAIMED_JOINS = `
     CROSS JOIN LATERAL (
       SELECT * FROM messages m WHERE m.account_id = q.account_id AND m.id = q.message_id LIMIT 1) m
      LEFT JOIN LATERAL (
       SELECT g.state, g.sending_window FROM message_groups g
        WHERE g.account_id = q.account_id AND g.id = q.group_id LIMIT 1) g ON true`;
