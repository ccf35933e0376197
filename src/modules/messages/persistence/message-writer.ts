import type { Tx } from '../../../database/database.js';
import type { WeeklyWindow } from '../../../kernel/time-window.js';
import { laneNumber, type DeliveryPolicy, type Lane } from '../domain/message.js';
import type { OnInsufficientFunds } from '../domain/accept-request.js';
import { isQueued, type MessageDraft } from '../domain/message-draft.js';
import { KEEP_WISHES } from './sql/bring-forward.js';
import { writeWaits } from './sql/message-waits.js';
import { WRITE_MESSAGES } from './sql/write-messages.js';

/** What all drafts of one call share. */
export interface DraftBatch {
  accountId: string;
  source: string;
  lane: Lane;
  groupId: string | null;
  reservationId: string | null;
  onInsufficientFunds: OnInsufficientFunds;
  deliveryPolicy: DeliveryPolicy;
  /** The batch's own window, not the account's or the provider's: those are asked again at every submit. */
  window: WeeklyWindow | null;
  windowAction: 'wait' | 'drop';
  drafts: MessageDraft[];
}

/**
 * Writes batches with their queue rows: one statement, whatever their number, and a second for the few that wait for an opening after
 * the time for which they were scheduled. Locks nothing but what it inserts.
 */
export async function writeMessages(tx: Tx, batches: readonly DraftBatch[], now: Date): Promise<void> {
  const rows = new Rows();
  for (const batch of batches) for (const draft of batch.drafts) rows.add(batch, draft);
  if (rows.items.id.length === 0) return;
  await tx.query(WRITE_MESSAGES, [...Object.values(rows.profiles), now, ...Object.values(rows.items)]);
  await writeWaits(tx, batches);
  const wishes = batches.flatMap(({ accountId, drafts }) =>
    drafts
      .filter((draft) => isQueued(draft) && draft.notBefore !== null)
      .map(({ id, notBefore }) => ({ accountId, id, notBefore })),
  );
  if (wishes.length === 0) return;
  await tx.query(KEEP_WISHES, [
    wishes.map(({ accountId }) => accountId),
    wishes.map(({ id }) => id),
    wishes.map(({ notBefore }) => notBefore),
  ]);
}

/** Columns in the order of the statement's parameters. */
class Rows {
  readonly profiles = {
    accountId: [] as string[],
    groupId: [] as (string | null)[],
    source: [] as string[],
    lane: [] as string[],
    laneNo: [] as number[],
    country: [] as (string | null)[],
    sender: [] as (string | null)[],
    encoding: [] as (string | null)[],
    parts: [] as number[],
    priceMicros: [] as bigint[],
    currency: [] as string[],
    tariffId: [] as (string | null)[],
    chargeOn: [] as (string | null)[],
    refundUndelivered: [] as (boolean | null)[],
    walletId: [] as (string | null)[],
    reservationId: [] as (string | null)[],
    chargeState: [] as string[],
    holdEntryId: [] as (string | null)[],
    state: [] as string[],
    reason: [] as (string | null)[],
    providerId: [] as (string | null)[],
    deliveryPolicy: [] as string[],
    window: [] as (string | null)[],
    windowAction: [] as string[],
    dueAt: [] as Date[],
    validUntil: [] as Date[],
    pacedBy: [] as number[],
  };
  readonly items = {
    profileNo: [] as number[],
    id: [] as string[],
    recipient: [] as string[],
    body: [] as (string | null)[],
    reference: [] as (string | null)[],
    externalId: [] as (string | null)[],
  };
  private readonly numbers = new Map<string, number>();
  private batchNo = 0;
  private batch: DraftBatch | undefined;

  add(batch: DraftBatch, draft: MessageDraft): void {
    if (batch !== this.batch) {
      this.batch = batch;
      this.batchNo++;
    }
    const { items } = this;
    items.profileNo.push(this.profileOf(batch, draft));
    items.id.push(draft.id);
    items.recipient.push(draft.recipient);
    items.body.push(draft.body);
    items.reference.push(draft.reference);
    items.externalId.push(draft.externalId);
  }

  private profileOf(batch: DraftBatch, draft: MessageDraft): number {
    const key =
      `${this.batchNo} ${draft.state} ${draft.reason} ${draft.country} ${draft.providerId} ${draft.parts} ${draft.encoding} ` +
      `${draft.priceMicros} ${draft.charge?.tariffId} ${draft.walletId} ${draft.holdEntryId} ${draft.dueAt.getTime()} ` +
      `${draft.validUntil.getTime()} ${draft.pacedBy} ${draft.sender}`;
    let number = this.numbers.get(key);
    if (number === undefined) this.numbers.set(key, (number = this.addProfile(batch, draft)));
    return number;
  }

  private addProfile(batch: DraftBatch, draft: MessageDraft): number {
    const { profiles } = this;
    const queued = isQueued(draft);
    profiles.accountId.push(batch.accountId);
    profiles.groupId.push(batch.groupId);
    profiles.source.push(batch.source);
    profiles.lane.push(batch.lane);
    profiles.laneNo.push(laneNumber(batch.lane));
    profiles.country.push(draft.country);
    profiles.sender.push(draft.sender);
    profiles.encoding.push(draft.encoding);
    profiles.parts.push(draft.parts);
    profiles.priceMicros.push(draft.priceMicros);
    profiles.currency.push(draft.currency);
    profiles.tariffId.push(draft.charge?.tariffId ?? null);
    profiles.chargeOn.push(draft.charge?.chargeOn ?? null);
    profiles.refundUndelivered.push(draft.charge?.refundUndelivered ?? null);
    profiles.walletId.push(draft.walletId);
    profiles.reservationId.push(queued ? batch.reservationId : null);
    profiles.chargeState.push(queued ? 'held' : 'none');
    profiles.holdEntryId.push(draft.holdEntryId);
    profiles.state.push(draft.state);
    profiles.reason.push(draft.reason);
    profiles.providerId.push(draft.providerId);
    profiles.deliveryPolicy.push(batch.deliveryPolicy);
    profiles.window.push(batch.window && JSON.stringify(batch.window));
    profiles.windowAction.push(batch.windowAction);
    profiles.dueAt.push(draft.dueAt);
    profiles.validUntil.push(draft.validUntil);
    profiles.pacedBy.push(draft.pacedBy);
    return profiles.accountId.length;
  }
}
