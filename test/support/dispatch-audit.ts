import type { Database } from '../../src/database/database.js';

/** Messages by state, as the rows say; `submitting` is what the mark of its line is past. */
export async function statesOf(database: Database): Promise<Record<string, number>> {
  const rows = await database.query<{ state: string; count: number }>(
    `SELECT CASE WHEN q.fence <= l.mark THEN 'submitting' ELSE m.state END AS state, count(*)::int AS count
       FROM messages m
       LEFT JOIN message_queue q ON q.account_id = m.account_id AND q.message_id = m.id
       LEFT JOIN sending_lines l ON l.id = q.claimed_by
      GROUP BY 1 ORDER BY 1`,
  );
  return Object.fromEntries(rows.map(({ state, count }) => [state, count]));
}

/** What design.md promises about money and attempts, asked of the rows; empty when it holds. */
export async function violations(database: Database): Promise<string[]> {
  const found: string[] = [];
  for (const [name, sql] of Object.entries(CHECKS)) {
    const rows = await database.query<Record<string, unknown>>(sql);
    for (const row of rows)
      found.push(
        `${name}: ${JSON.stringify(row, (_key, value) => (typeof value === 'bigint' ? String(value) : value))}`,
      );
  }
  return found;
}

const CHECKS: Record<string, string> = {
  'entries sum to zero': `
    SELECT account_id, entry_id, sum(amount_micros)::text AS sum FROM postings GROUP BY 1, 2, currency HAVING sum(amount_micros) <> 0`,
  'held is what messages hold': `
    SELECT w.account_id, w.held_micros::text AS held, COALESCE(sum(m.price_micros), 0)::text AS messages
      FROM wallets w LEFT JOIN messages m ON m.account_id = w.account_id AND m.wallet_id = w.id AND m.charge_state = 'held'
     GROUP BY w.account_id, w.id, w.held_micros HAVING w.held_micros <> COALESCE(sum(m.price_micros), 0)`,
  'revenue is what messages were charged': `
    SELECT w.account_id, r.revenue::text, c.captured::text
      FROM wallets w
     CROSS JOIN LATERAL (SELECT COALESCE(-sum(amount_micros), 0) AS revenue FROM postings p
                          WHERE p.account_id = w.account_id AND p.ledger_account = 'revenue') r
     CROSS JOIN LATERAL (SELECT COALESCE(sum(price_micros), 0) AS captured FROM messages m
                          WHERE m.account_id = w.account_id AND m.charge_state = 'captured') c
     WHERE abs(r.revenue) <> c.captured`,
  'charged messages name their entry': `
    SELECT id, state, charge_state FROM messages
     WHERE price_micros > 0 AND (charge_state IN ('captured', 'released') AND settle_entry_id IS NULL
        OR charge_state = 'refunded' AND (settle_entry_id IS NULL OR refund_entry_id IS NULL))`,
  'one attempt that may have left': `
    SELECT account_id, message_id, count(*) FROM attempts
     WHERE state <> 'not_sent' AND repeat_reason IS NULL GROUP BY 1, 2 HAVING count(*) > 1`,
  'waiting messages stand in the queue, others do not': `
    SELECT m.id, m.state, q.message_id IS NOT NULL AS queued
      FROM messages m LEFT JOIN message_queue q ON q.account_id = m.account_id AND q.message_id = m.id
     WHERE (m.state IN ('queued', 'scheduled')) <> (q.message_id IS NOT NULL)`,
  'what is claimed has a line': `
    SELECT message_id, claimed_by FROM message_queue q
     WHERE claimed_by IS NOT NULL AND NOT EXISTS (SELECT FROM sending_lines l WHERE l.id = q.claimed_by)`,
  'every queued message has a stream': `
    SELECT q.message_id FROM message_queue q
     WHERE q.claimed_by IS NULL AND NOT EXISTS (
       SELECT FROM message_streams s WHERE s.provider_id = q.provider_id AND s.lane = q.lane
          AND s.account_id = q.account_id AND s.group_id = q.group_id AND s.paced_by = q.paced_by
          AND (s.state <> 'parked' OR s.ready_at <= q.due_at))`,
  'unknown is explained later': `
    SELECT m.id FROM messages m LEFT JOIN unknown_outcomes u ON u.account_id = m.account_id AND u.message_id = m.id
     WHERE (m.state = 'unknown') <> (u.message_id IS NOT NULL)`,
  'sent messages have all their parts': `
    SELECT m.id, m.state
      FROM messages m
      LEFT JOIN (
        SELECT account_id, message_id, count(DISTINCT part_no) AS parts FROM attempt_parts GROUP BY 1, 2) p
        ON p.account_id = m.account_id AND p.message_id = m.id
     WHERE m.state IN ('submitted', 'delivered') AND m.parts <> COALESCE(p.parts, 0)`,
};
