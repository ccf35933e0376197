import { block, type MessageDraft } from './message-draft.js';

/** Most messages that one account may send to one number within {@link CAP_HOURS}: far above any use, far below a flood. */
export const MAX_PER_NUMBER = 100;
export const CAP_HOURS = 24;

/**
 * Blocks (`capped`) what goes past the cap, in request order. `sent` tells how many messages a number was sent lately, absent
 * is none; the drafts themselves are counted on top. A guard against loops and floods, not against a race of two calls.
 */
export function capMessages(drafts: Iterable<MessageDraft>, sent: Map<string, number>): void {
  for (const draft of drafts) {
    if (draft.state === 'blocked') continue;
    const count = (sent.get(draft.recipient) ?? 0) + 1;
    if (count > MAX_PER_NUMBER) block(draft, 'capped');
    else sent.set(draft.recipient, count);
  }
}
