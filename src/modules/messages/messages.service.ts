import { Injectable } from '@nestjs/common';
import type { Tx } from '../../database/database.js';
import type { AcceptRequest, AcceptResult, QuoteResult } from './domain/accept-request.js';
import type { CreateGroup, GroupState, MessageGroup } from './domain/message-group.js';
import type { MessageState } from './domain/message.js';

/** The one door for everything that sends. */
@Injectable()
export class MessagesService {
  /**
   * Prices, pays and queues a batch. Calls that come within about 2 ms share a transaction; one caller's refusal never
   * touches its neighbours. Refused items are rows with a reason. Refuses the whole call: `account_suspended`,
   * `group_not_open`, `too_many_items`, `overloaded`; when nothing at all was accepted `nothing_accepted` (invalid) or
   * `insufficient_funds` (payment_required) with the written items in `extension.items`.
   */
  accept(_request: AcceptRequest): Promise<AcceptResult> {
    throw new Error('not written yet');
  }

  /** The same inside the caller's transaction, which it never commits. Nothing accepted is a result here, not an error. */
  acceptIn(_tx: Tx, _request: AcceptRequest): Promise<AcceptResult> {
    throw new Error('not written yet');
  }

  /** The pure steps only: what a batch would become and cost. Not limited to 1,000 items; reads, never writes. */
  quote(_request: AcceptRequest): Promise<QuoteResult> {
    throw new Error('not written yet');
  }

  createGroup(_tx: Tx, _group: CreateGroup): Promise<MessageGroup> {
    throw new Error('not written yet');
  }

  /** Pauses, opens, closes or cancels a group. Cancelling cancels what waits, in batches that release their holds. */
  setGroupState(_tx: Tx, _accountId: string, _groupId: string, _state: GroupState): Promise<void> {
    throw new Error('not written yet');
  }

  /** Messages of a group by state. */
  groupCounts(_accountId: string, _groupId: string): Promise<Partial<Record<MessageState, number>>> {
    throw new Error('not written yet');
  }
}
