import type { Tx } from '../../../database/database.js';
import type { AccountSnapshot } from '../../accounts/index.js';
import type { RateGate } from '../../providers/index.js';
import { gateOf, type SenderRates, UNPACED } from '../../senders/index.js';
import type { OpenStream } from '../domain/stream-turns.js';
import type { ClaimedMessage } from '../persistence/claimed-message.js';
import { openStreams } from '../persistence/sql/open-streams.js';
import { QUEUE_UNDER_RATE } from '../persistence/sql/release-claimed.js';

/** What paces some streams beside the link; streams of the same pace share a shelf. */
export interface OwnPace {
  /** The account that has a rate of its own; null: none. */
  accountId: string | null;
  /** The number of the sender's rate, or {@link UNPACED}. */
  pacedBy: number;
  gates: readonly RateGate[];
}

/** A stream under a rate that was taken away meanwhile is like any other. */
export function ownPaceOf(
  { accountId, pacedBy }: OpenStream,
  accounts: ReadonlyMap<string, AccountSnapshot>,
  rates: SenderRates,
): OwnPace {
  const perSecond = accounts.get(accountId)?.ratePerSecond ?? null;
  const sender = rates.get(pacedBy);
  return {
    accountId: perSecond === null ? null : accountId,
    pacedBy: sender?.number ?? UNPACED,
    gates: [
      ...(perSecond === null ? [] : [{ gate: `account:${accountId}`, perSecond }]),
      ...(sender ? [{ gate: gateOf(sender), perSecond: sender.perSecond }] : []),
    ],
  };
}

/** The number of the rate that a message is under by the name that it shows. */
export function rateOf(message: ClaimedMessage, account: AccountSnapshot | undefined, rates: SenderRates): number {
  const { accountId, source, country } = message;
  return rates.of({ accountId, source, country, sender: message.sender ?? account?.defaultSender ?? '' });
}

/** A claimed message that is not under the rate that its shelf keeps, and the one that it is under. */
export interface Misplaced {
  message: ClaimedMessage;
  pacedBy: number;
}

/** Takes messages off the line, unwritten, and queues each under the rate of its sender: there it is claimed again, for its own shelf. */
export async function queueUnderRates(
  tx: Tx,
  lineId: string,
  misplaced: readonly Misplaced[],
  now: Date,
): Promise<void> {
  const rows = await tx.query<{ messageId: string }>(QUEUE_UNDER_RATE, [
    misplaced.map(({ message }) => message.accountId),
    misplaced.map(({ message }) => message.id),
    misplaced.map(({ message }) => message.fence),
    lineId,
    misplaced.map(({ pacedBy }) => pacedBy),
  ]);
  const moved = new Set(rows.map(({ messageId }) => messageId));
  const streams = misplaced
    .filter(({ message }) => moved.has(message.id))
    .map(({ message, pacedBy }) => ({ ...message, lane: message.laneNo, pacedBy, readyAt: message.dueAt }));
  await openStreams(tx, streams, now);
}
