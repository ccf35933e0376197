import type { Tx } from '../../../database/database.js';
import { MAX_FOREIGN_ID, storable } from '../../../database/storable-text.js';
import type { DispatchSettings } from '../dispatch/dispatch-settings.js';
import type { MessageOutcome, PartOutcome } from '../domain/message-outcome.js';
import type { DeliveryPolicy } from '../domain/message.js';
import { INSERT_UNKNOWN } from '../persistence/sql/unknown-outcomes.js';
import { WRITE_ATTEMPTS } from '../persistence/sql/record-outcomes.js';

/** An attempt that ended, with what is known of the parts that it tried. */
export interface EndedAttempt {
  message: {
    accountId: string;
    id: string;
    providerId: string;
    attemptNo: number;
    repeatReason: string | null;
    recipient: string;
    deliveryPolicy: DeliveryPolicy;
    validUntil: Date;
  };
  attemptId: string;
  /** Who wrote it. */
  worker: string;
  startedAt: Date;
  outcome: MessageOutcome;
  parts: readonly PartOutcome[];
}

/** Writes how attempts ended, the parts that left or may have left, and what has to be explained later. */
export async function recordOutcomes(
  tx: Tx,
  ended: readonly EndedAttempt[],
  settings: Pick<DispatchSettings, 'unknownMs' | 'repeatAfterMs'>,
  now: Date,
): Promise<void> {
  if (ended.length === 0) return;
  const parts = ended.flatMap(({ message, attemptId, parts: all }) =>
    all.filter(({ kind }) => kind !== 'not_sent').map((part) => ({ message, attemptId, part })),
  );
  await tx.query(WRITE_ATTEMPTS, [
    ended.map(({ message }) => message.accountId),
    ended.map(({ attemptId }) => attemptId),
    ended.map(({ outcome }) => attemptState(outcome)),
    ended.map(({ outcome }) => storable(errorCode(outcome), MAX_FOREIGN_ID)),
    ended.map(({ outcome }) => ('detail' in outcome ? storable(outcome.detail, MAX_DETAIL) : null)),
    parts.map(({ message }) => message.accountId),
    parts.map(({ attemptId }) => attemptId),
    parts.map(({ part }) => part.partNo),
    parts.map(({ message }) => message.id),
    parts.map(({ message }) => message.providerId),
    parts.map(({ part, attemptId }) => acceptedAs(part, attemptId)),
    parts.map(({ part }) => part.kind),
    parts.map(({ part }) => ('code' in part ? storable(part.code, MAX_FOREIGN_ID) : null)),
    now,
    ...costsOf(parts.map(({ part }) => part)),
    ended.map(({ message }) => message.id),
    ended.map(({ message }) => message.attemptNo),
    ended.map(({ message }) => message.providerId),
    ended.map(({ message }) => message.repeatReason),
    ended.map(({ worker }) => worker),
    ended.map(({ startedAt }) => startedAt),
  ]);
  await recordUnknown(
    tx,
    ended.filter(({ outcome }) => outcome.kind === 'unknown'),
    settings,
    now,
  );
}

async function recordUnknown(
  tx: Tx,
  unknown: readonly EndedAttempt[],
  { unknownMs, repeatAfterMs }: Pick<DispatchSettings, 'unknownMs' | 'repeatAfterMs'>,
  now: Date,
): Promise<void> {
  if (unknown.length === 0) return;
  const deadline = ({ message: { deliveryPolicy, validUntil } }: EndedAttempt): Date =>
    deliveryPolicy === 'at_least_once'
      ? new Date(Math.min(now.getTime() + repeatAfterMs, validUntil.getTime()))
      : new Date(now.getTime() + unknownMs);
  await tx.query(INSERT_UNKNOWN, [
    unknown.map(({ message }) => message.accountId),
    unknown.map(({ message }) => message.id),
    unknown.map(({ attemptId }) => attemptId),
    unknown.map(({ message }) => message.providerId),
    unknown.map(({ message }) => message.recipient),
    unknown.map(({ startedAt }) => startedAt),
    unknown.map(deadline),
  ]);
}

const MAX_DETAIL = 500;

/** The id that the provider gave the part, cut as reports are cut; the attempt's own where it gave none. */
export function acceptedAs(part: PartOutcome, attemptId: string): string | null {
  return part.kind === 'submitted' ? storable(part.providerMessageId, MAX_FOREIGN_ID) || attemptId : null;
}

/** What the provider said that the parts cost, and in which currency; null where it did not. */
export function costsOf(parts: readonly PartOutcome[]): [(bigint | null)[], (string | null)[]] {
  const costs = parts.map((part) => (part.kind === 'submitted' && part.currency !== undefined ? part : null));
  return [costs.map((cost) => cost?.costMicros ?? null), costs.map((cost) => cost?.currency ?? null)];
}

function attemptState(outcome: MessageOutcome): string {
  return outcome.kind === 'expired' ? 'not_sent' : outcome.kind;
}

function errorCode(outcome: MessageOutcome): string | null {
  if (outcome.kind === 'submitted') return null;
  return outcome.kind === 'expired' ? 'validity_over' : outcome.code;
}
