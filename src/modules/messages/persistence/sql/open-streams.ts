import { expectFew } from '../../../../database/expect-few.js';
import type { Statement, Tx } from '../../../../database/database.js';
import type { QueueStream } from '../../domain/queue-stream.js';

/**
 * Tells dispatch that a stream has something. Run by whoever inserts into `message_queue`, or gives a row back to it, in the
 * same transaction, after wallets were locked (lock order: …, wallets, streams in key order). The lock on the row is held
 * until the commit even where nothing changes: a stream is only put away by someone who could lock it and then, with a new
 * snapshot, found nothing due. So a message is never queued on a stream that nobody walks.
 *
 * A paused stream stays paused. New streams of a paused group start paused.
 */
const OPEN_STREAMS: Statement = {
  name: 'messages.open-streams',
  text: `
    INSERT INTO message_streams AS s (provider_id, lane, account_id, group_id, paced_by, state, ready_at)
    SELECT n.provider_id, n.lane, n.account_id, n.group_id, n.paced_by,
           CASE WHEN g.state = 'paused' THEN 'paused' WHEN n.ready_at <= $7 THEN 'open' ELSE 'parked' END, n.ready_at
      FROM unnest($1::uuid[], $2::smallint[], $3::uuid[], $4::uuid[], $5::int[], $6::timestamptz[])
             AS n (provider_id, lane, account_id, group_id, paced_by, ready_at)
      LEFT JOIN message_groups g ON g.account_id = n.account_id AND g.id = n.group_id
     WHERE ${expectFew('n.account_id')}
     ORDER BY n.provider_id, n.lane, n.account_id, n.group_id, n.paced_by
    ON CONFLICT (provider_id, lane, account_id, group_id, paced_by) DO UPDATE
       SET ready_at = LEAST(s.ready_at, EXCLUDED.ready_at),
           state = CASE WHEN s.state = 'parked' THEN EXCLUDED.state ELSE s.state END
     WHERE EXCLUDED.ready_at < s.ready_at OR (s.state = 'parked' AND EXCLUDED.state <> 'parked')`,
};

/** @see OPEN_STREAMS. One statement for any number of streams; streams given twice are merged. */
export async function openStreams(tx: Tx, streams: Iterable<QueueStream>, now: Date): Promise<void> {
  const merged = mergeStreams(streams);
  if (merged.length === 0) return;
  await tx.query(OPEN_STREAMS, [
    merged.map((stream) => stream.providerId),
    merged.map((stream) => stream.lane),
    merged.map((stream) => stream.accountId),
    merged.map((stream) => stream.groupId),
    merged.map((stream) => stream.pacedBy),
    merged.map((stream) => stream.readyAt),
    now,
  ]);
}

function mergeStreams(streams: Iterable<QueueStream>): QueueStream[] {
  const merged = new Map<string, QueueStream>();
  for (const stream of streams) {
    const key = `${stream.providerId}/${stream.lane}/${stream.accountId}/${stream.groupId}/${stream.pacedBy}`;
    const known = merged.get(key);
    if (!known || stream.readyAt < known.readyAt) merged.set(key, stream);
  }
  return [...merged.values()];
}
