import { expectFew } from '../../../database/expect-few.js';
import type { Tx } from '../../../database/database.js';
import type { DeliveryPolicy } from '../domain/message.js';
import { PRICED_COLUMNS, type PricedMessage } from './claimed-message.js';

/** A message whose row this transaction has locked. */
export interface LockedMessage extends PricedMessage {
  groupId: string | null;
  recipient: string;
  sender: string | null;
  deliveryPolicy: DeliveryPolicy;
  dueAt: Date;
  validUntil: Date;
}

const LOCK_MESSAGES = {
  name: 'messages.lock-messages',
  text: `
    SELECT ${PRICED_COLUMNS}, m.provider_id AS "providerId", m.group_id AS "groupId", m.recipient, m.sender,
           m.delivery_policy AS "deliveryPolicy", m.due_at AS "dueAt", m.valid_until AS "validUntil"
      FROM unnest($1::uuid[], $2::uuid[]) AS k (account_id, id)
     CROSS JOIN LATERAL (
       SELECT * FROM messages m WHERE m.account_id = k.account_id AND m.id = k.id FOR NO KEY UPDATE OF m LIMIT 1) m
     WHERE ${expectFew('k.account_id')}`,
};

/**
 * Locks messages in the order of their keys; what is read in a later statement is younger than the locks. Reports and the
 * resolution of unknown outcomes begin with this, before wallets.
 */
export async function lockMessages(
  tx: Tx,
  keys: readonly { accountId: string; messageId: string }[],
): Promise<Map<string, LockedMessage>> {
  if (keys.length === 0) return new Map();
  const unique = [...new Map(keys.map((key) => [key.messageId, key])).values()];
  const sorted = unique.sort((a, b) => compare(a.accountId, b.accountId) || compare(a.messageId, b.messageId));
  const rows = await tx.query<LockedMessage>(LOCK_MESSAGES, [
    sorted.map(({ accountId }) => accountId),
    sorted.map(({ messageId }) => messageId),
  ]);
  return new Map(rows.map((row) => [row.id, row]));
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
