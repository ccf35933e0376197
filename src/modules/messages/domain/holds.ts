import { instantOf } from '../../../kernel/ids.js';
import type { Micros, Money } from '../../../kernel/money.js';
import type { AcceptResult, OnInsufficientFunds } from './accept-request.js';
import { block, type MessageDraft, toAcceptedItem } from './message-draft.js';

/** What the ledger decided about one message. */
export type FundsDecision =
  | { held: true; walletId: string; holdEntryId: string | null }
  | { held: false; code: 'no_funds'; shortfallMicros: Micros };

/**
 * Records decisions in the drafts and returns what was lacking to accept the refused ones as well, or null. Together with
 * `partial` and `wait` that is their price less what the decisions left in the wallet; with `reject` each decision says it itself.
 */
export function applyHolds(
  drafts: readonly MessageDraft[],
  decisions: ReadonlyMap<string, FundsDecision>,
  onInsufficientFunds: OnInsufficientFunds,
): Money | null {
  let refused = 0n;
  let left = 0n;
  let last: (Money & { shortfallMicros: Micros }) | undefined;
  for (const draft of drafts) {
    if (draft.state === 'blocked') continue;
    const decision = decisions.get(draft.id);
    if (!decision) throw new Error('a message was neither held nor refused');
    const { priceMicros: micros, currency } = draft;
    if (decision.held) {
      draft.walletId = decision.walletId;
      draft.holdEntryId = decision.holdEntryId;
      left -= micros;
    } else {
      if (onInsufficientFunds === 'wait') letWait(draft);
      else block(draft, 'no_funds');
      refused += micros;
      left = micros - decision.shortfallMicros;
      last = { micros, currency, shortfallMicros: decision.shortfallMicros };
    }
  }
  if (!last) return null;
  return { micros: onInsufficientFunds === 'reject' ? last.shortfallMicros : refused - left, currency: last.currency };
}

/** Whoever waits for an opening as well is looked at anew when there is money: somebody may have changed the hours meanwhile. */
function letWait(draft: MessageDraft): void {
  if (draft.reason === 'window') draft.notBefore ??= instantOf(draft.id);
  draft.state = 'waiting_funds';
  draft.reason = 'no_funds';
}

/** What the caller is told, in request order. */
export function toResult(drafts: readonly MessageDraft[], shortfall: Money | null): AcceptResult {
  const items = drafts.map(toAcceptedItem);
  return { items, accepted: items.filter(({ status }) => status !== 'blocked').length, shortfall };
}
