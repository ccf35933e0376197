/**
 * What is queued for one provider in one lane, of one account and group, and under one rate of a sender, if that has one: the unit
 * in which dispatch takes turns.
 */
export interface QueueStream {
  providerId: string;
  /** 0 otp, 1 transactional, 2 bulk. */
  lane: number;
  accountId: string;
  /** `NIL_ID` where the message belongs to none. */
  groupId: string;
  /** The number of the rate, 0: none. */
  pacedBy: number;
  /** When the earliest of what is being queued is due. */
  readyAt: Date;
}
