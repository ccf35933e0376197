import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../database/database.js';
import { MAX_FOREIGN_ID, storable } from '../../database/storable-text.js';
import { newId } from '../../kernel/ids.js';
import {
  APPEND_INBOUND,
  FIND_INBOUND_PARTS,
  FINISH_INBOUND,
  type InboundRow,
  PARK_INBOUND,
  TAKE_INBOUND,
} from './persistence/sql/inbound-inbox.js';
import type { InboundMessage } from './sms-provider.js';

/** A message from a phone, or a part of one, that waits to be stored where it belongs. */
export interface InboxMessage extends InboundMessage {
  /** Of this row; a message that a provider repeats is a row each time. */
  id: string;
  providerId: string;
}

/** Longest address that is kept; a telephone number has 15 digits. */
const MAX_ADDRESS = 64;

/**
 * Where messages from phones are durable before a provider is told that we have them. Whoever sorts them takes a batch and
 * finishes it in one transaction; parts that wait for others are parked.
 */
@Injectable()
export class InboundInbox {
  private readonly listeners = new Set<() => void>();

  constructor(private readonly database: Database) {}

  /** Resolves when the messages are committed: acknowledge them then, and not before. One statement. */
  async append(messages: readonly (InboundMessage & { providerId: string })[], now: Date): Promise<void> {
    if (messages.length === 0) return;
    await this.database.query(APPEND_INBOUND, [
      messages.map(() => newId()),
      messages.map(({ providerId }) => providerId),
      messages.map(({ from }) => storable(from, MAX_ADDRESS)),
      messages.map(({ to }) => storable(to, MAX_ADDRESS)),
      messages.map(({ text }) => Buffer.from(text, 'utf16le')),
      messages.map(({ providerMessageId }) => storable(providerMessageId, MAX_FOREIGN_ID)),
      messages.map(({ concat }) => concat?.reference ?? null),
      messages.map(({ concat }) => concat?.partNo ?? null),
      messages.map(({ concat }) => concat?.partsTotal ?? null),
      messages.map(({ receivedAt }) => receivedAt),
      now,
    ]);
    for (const listener of this.listeners) listener();
  }

  /** A wake-up hint within this process; the inbox is polled all the same. Returns how to stop listening. */
  onAppended(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** What is due, oldest first, locked until the transaction ends. */
  async take(tx: Tx, limit: number, now: Date): Promise<InboxMessage[]> {
    return (await tx.query<InboundRow>(TAKE_INBOUND, [limit, now])).map(toInboxMessage);
  }

  /** All parts there are of the messages that these are parts of, themselves included. Locked. */
  async partsLike(tx: Tx, parts: readonly InboxMessage[]): Promise<InboxMessage[]> {
    if (parts.length === 0) return [];
    const rows = await tx.query<InboundRow>(FIND_INBOUND_PARTS, [
      parts.map(({ from }) => from),
      parts.map(({ to }) => to),
      parts.map(({ concat }) => concat!.reference),
      parts.map(({ concat }) => concat!.partsTotal),
      parts.map(({ providerId }) => providerId),
    ]);
    return rows.map(toInboxMessage);
  }

  /** Removes what is stored where it belongs. */
  async finish(tx: Tx, ids: readonly string[]): Promise<void> {
    if (ids.length > 0) await tx.query(FINISH_INBOUND, [ids]);
  }

  /** Not looked at again before that time, unless another part comes. */
  async park(tx: Tx, ids: readonly string[], until: Date): Promise<void> {
    if (ids.length > 0) await tx.query(PARK_INBOUND, [ids, until]);
  }
}

function toInboxMessage(row: InboundRow): InboxMessage {
  const { concat_reference: reference, part_no: partNo, parts_total: partsTotal } = row;
  const isPart = reference !== null && partNo !== null && partsTotal !== null;
  return {
    id: row.id,
    providerId: row.provider_id,
    from: row.sender,
    to: row.recipient,
    text: row.body_utf16.toString('utf16le'),
    receivedAt: row.received_at,
    ...(row.provider_message_id !== null && { providerMessageId: row.provider_message_id }),
    ...(isPart && { concat: { reference, partNo, partsTotal } }),
  };
}
