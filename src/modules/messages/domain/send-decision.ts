import type { CompiledWindow, WeeklyWindow } from '../../../kernel/time-window.js';
import type { GroupState } from './message-group.js';
import type { MessageState } from './message.js';

/** What is looked at before a message may leave, read when it is about to. */
export interface SendGuards {
  /** Null: the account is not known. */
  accountStatus: 'active' | 'suspended' | 'closed' | null;
  groupState: GroupState | null;
  /**
   * The next instant at which every window that applies is open: `now` itself when all are, null when that is never, or cannot
   * be told.
   */
  opensAt: Date | null;
}

export interface QueuedFacts {
  state: MessageState;
  validUntil: Date;
  windowAction: 'wait' | 'drop';
}

/**
 * `wait`: snoozed until then, no attempt is spent. `leave`: untouched, the whole stream rests (`group`: until it is resumed,
 * `account`: a while). `stray`: a queue row whose message is not waiting, which must not exist.
 */
export type SendDecision =
  | { kind: 'send' }
  | { kind: 'wait'; until: Date }
  | { kind: 'leave'; why: 'group' | 'account' }
  | { kind: 'expire' }
  | { kind: 'drop' }
  | { kind: 'cancel'; reason: 'group_cancelled' | 'account_closed' | 'requested' }
  | { kind: 'stray' };

/** Decides about one claimed message, the strongest reason first. */
export function decideSending(message: QueuedFacts, guards: SendGuards, now: Date): SendDecision {
  if (message.state !== 'queued' && message.state !== 'scheduled') return { kind: 'stray' };
  if (guards.groupState === 'cancelled') return { kind: 'cancel', reason: 'group_cancelled' };
  if (guards.accountStatus === 'closed') return { kind: 'cancel', reason: 'account_closed' };
  if (message.validUntil <= now) return { kind: 'expire' };
  if (guards.groupState === 'paused') return { kind: 'leave', why: 'group' };
  if (guards.accountStatus !== 'active') return { kind: 'leave', why: 'account' };
  if (guards.opensAt !== null && guards.opensAt <= now) return { kind: 'send' };
  if (message.windowAction === 'drop') return { kind: 'drop' };
  // What never opens within its validity waits for the expiry, which is recorded; it is not sent early, and not looked at again.
  const { opensAt } = guards;
  return { kind: 'wait', until: opensAt === null || opensAt > message.validUntil ? message.validUntil : opensAt };
}

export interface Windows extends Record<'provider' | 'account' | 'group' | 'message', WeeklyWindow | null> {
  /** The hours that the account keeps for whom it writes to, by the recipient's own clock. */
  recipient: CompiledWindow | null;
}

/** Which windows bind a message: one-time codes ignore the account's and the recipient's, everything obeys the provider's and its own. */
export function windowsOf(lane: number, windows: Windows): (WeeklyWindow | CompiledWindow)[] {
  const { provider, account, recipient, group, message } = windows;
  const binding = lane === OTP ? [provider, group, message] : [provider, account, recipient, group, message];
  return binding.filter((window) => window !== null);
}

const OTP = 0;
