import type { Tx } from '../../../database/database.js';
import type { ClaimedMessage } from '../persistence/claimed-message.js';
import { openStreams } from '../persistence/sql/open-streams.js';
import { RELEASE_CLAIMED } from '../persistence/sql/release-claimed.js';

/**
 * Gives messages back that a line claimed and nobody wrote: they keep their place and lose no attempt. Answers the ids of those
 * that the line still had; they stay locked.
 */
export async function release(tx: Tx, lineId: string, messages: readonly ClaimedMessage[]): Promise<Set<string>> {
  if (messages.length === 0) return new Set();
  const rows = await tx.query<{ messageId: string }>(RELEASE_CLAIMED, [
    messages.map(({ accountId }) => accountId),
    messages.map(({ id }) => id),
    messages.map(({ fence }) => fence),
    lineId,
  ]);
  return new Set(rows.map(({ messageId }) => messageId));
}

/** The same, for whoever comes next: their streams are opened again. */
export async function giveBack(tx: Tx, lineId: string, messages: readonly ClaimedMessage[], now: Date): Promise<void> {
  const released = await release(tx, lineId, messages);
  const streams = messages
    .filter(({ id }) => released.has(id))
    .map((message) => ({ ...message, lane: message.laneNo, readyAt: message.dueAt }));
  await openStreams(tx, streams, now);
}
