/** Where a message is. Final: delivered, undelivered, expired, rejected, cancelled, blocked. See `transitions.ts`. */
export const MESSAGE_STATES = [
  'scheduled',
  'queued',
  'waiting_funds',
  'submitting',
  'submitted',
  'delivered',
  'undelivered',
  'expired',
  'rejected',
  'unknown',
  'cancelled',
  'blocked',
] as const;
export type MessageState = (typeof MESSAGE_STATES)[number];

/** Where the money of a message is. It leaves `held` exactly once. */
export const CHARGE_STATES = ['none', 'held', 'captured', 'released', 'refunded'] as const;
export type ChargeState = (typeof CHARGE_STATES)[number];

/** Traffic classes, in the order in which they are served. Stored as their index in `message_queue` and `message_streams`. */
export const LANES = ['otp', 'transactional', 'bulk'] as const;
export type Lane = (typeof LANES)[number];

/** The number that stands for a lane in the queue: 0 otp, 1 transactional, 2 bulk. */
export function laneNumber(lane: Lane): number {
  return LANES.indexOf(lane);
}

/** Whether an unknown outcome may be sent a second time (flagged), or never. */
export type DeliveryPolicy = 'at_most_once' | 'at_least_once';

/** How a message is charged, recorded with it at accept from its tariff. */
export interface ChargePolicy {
  chargeOn: 'submit' | 'delivery';
  refundUndelivered: boolean;
}
