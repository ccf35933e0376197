import { expectFew } from '../../../../database/expect-few.js';
import type { Statement } from '../../../../database/database.js';

/** Gives queued messages another due time, without spending an attempt. The rows are locked. $1 accounts, $2 messages, $3 times. */
export const SNOOZE_QUEUED: Statement = {
  name: 'messages.snooze-queued',
  text: `
    UPDATE message_queue q
       SET due_at = i.due_at
      FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[]) AS i (account_id, message_id, due_at)
     WHERE q.account_id = i.account_id AND q.message_id = i.message_id AND ${expectFew('i.account_id')}`,
};

/** Takes messages that will not be sent out of the queue. The rows are locked. $1 accounts, $2 messages. */
export const REMOVE_QUEUED: Statement = {
  name: 'messages.remove-queued',
  text: `
    DELETE FROM message_queue q
     USING unnest($1::uuid[], $2::uuid[]) AS i (account_id, message_id)
     WHERE q.account_id = i.account_id AND q.message_id = i.message_id AND ${expectFew('i.account_id')}`,
};
