import type { AuditCheck } from '../../domain/violation.js';

/** Invariants 2, 3 and 4: messages, subscriptions and ledger, each recomputed from the other, down to single entries. */
export const CHARGE_CHECKS: readonly AuditCheck[] = [
  {
    invariant: '2.held',
    text: `
      WITH wanted AS (
        SELECT account_id, wallet_id, sum(micros) AS micros
        FROM (
          SELECT account_id, wallet_id, price_micros AS micros FROM messages WHERE charge_state = 'held'
          UNION ALL
          SELECT account_id, wallet_id, remaining_micros FROM reservations) s
        GROUP BY account_id, wallet_id)
      SELECT w.account_id AS "accountId", 'wallet:' || w.id AS subject, COALESCE(s.micros, 0)::text AS expected,
             w.held_micros::text AS actual
      FROM wallets w LEFT JOIN wanted s ON s.account_id = w.account_id AND s.wallet_id = w.id
      WHERE w.held_micros <> COALESCE(s.micros, 0)`,
  },
  {
    // What was set aside is still there, was lent to messages, or went back.
    invariant: '2.reservation',
    text: `
      WITH lent AS (
        SELECT account_id, reservation_id, sum(price_micros) AS micros
        FROM messages WHERE reservation_id IS NOT NULL AND charge_state <> 'none'
        GROUP BY account_id, reservation_id
      ), moved AS (
        SELECT e.account_id, (e.details ->> 'reservationId')::uuid AS reservation_id,
               COALESCE(sum(p.amount_micros) FILTER (WHERE e.kind = 'reserve'), 0) AS reserved,
               COALESCE(-sum(p.amount_micros) FILTER (WHERE e.kind = 'unreserve'), 0) AS returned
        FROM ledger_entries e
        JOIN postings p ON p.account_id = e.account_id AND p.entry_id = e.id AND p.ledger_account = 'held'
        WHERE e.kind IN ('reserve', 'unreserve')
        GROUP BY 1, 2)
      SELECT r.account_id AS "accountId", 'reservation:' || r.id AS subject,
             concat('reserved ', r.amount_micros, ', left ', r.remaining_micros) AS expected,
             concat('reserved ', COALESCE(m.reserved, 0), ', left ',
                    COALESCE(m.reserved, 0) - COALESCE(m.returned, 0) - COALESCE(l.micros, 0)) AS actual
      FROM reservations r
      LEFT JOIN lent l ON l.account_id = r.account_id AND l.reservation_id = r.id
      LEFT JOIN moved m ON m.account_id = r.account_id AND m.reservation_id = r.id
      WHERE r.amount_micros <> COALESCE(m.reserved, 0)
         OR r.remaining_micros <> r.amount_micros - COALESCE(m.returned, 0) - COALESCE(l.micros, 0)`,
  },
  {
    invariant: '3.revenue',
    text: `
      WITH earned AS (
        SELECT account_id, currency, sum(price_micros) AS micros
        FROM messages WHERE charge_state = 'captured' GROUP BY account_id, currency
      ), posted AS (
        SELECT p.account_id, p.currency, sum(p.amount_micros) AS micros
        FROM postings p JOIN ledger_entries e ON e.account_id = p.account_id AND e.id = p.entry_id
        WHERE p.ledger_account = 'revenue' AND e.kind IN ('capture', 'refund')
        GROUP BY p.account_id, p.currency)
      SELECT COALESCE(e.account_id, p.account_id) AS "accountId", 'revenue:' || COALESCE(e.currency, p.currency) AS subject,
             COALESCE(e.micros, 0)::text AS expected, COALESCE(p.micros, 0)::text AS actual
      FROM earned e FULL JOIN posted p ON p.account_id = e.account_id AND p.currency = e.currency
      WHERE COALESCE(e.micros, 0) <> COALESCE(p.micros, 0)`,
  },
  {
    // What services cost is revenue of its own: each purchase is one period of a subscription, and pays for no message.
    invariant: '3.purchases',
    text: `
      WITH posted AS (
        SELECT e.account_id, e.id, e.subject_id, p.currency, p.amount_micros AS micros
        FROM ledger_entries e
        JOIN postings p ON p.account_id = e.account_id AND p.entry_id = e.id AND p.ledger_account = 'revenue'
        WHERE e.kind = 'purchase')
      SELECT COALESCE(s.account_id, p.account_id) AS "accountId", 'entry:' || COALESCE(s.entry_id, p.id) AS subject,
             concat_ws(' ', s.subscription_id, COALESCE(s.price_micros, 0), s.currency) AS expected,
             concat_ws(' ', p.subject_id, COALESCE(p.micros, 0), p.currency) AS actual
      FROM (SELECT * FROM subscription_periods WHERE entry_id IS NOT NULL) s
      FULL JOIN posted p ON p.account_id = s.account_id AND p.id = s.entry_id
      WHERE p.id IS NULL OR s.entry_id IS NULL OR p.micros <> s.price_micros OR p.currency <> s.currency
         OR p.subject_id <> s.subscription_id::text`,
  },
  {
    // A subscription says of itself what its periods say: as many as were charged, the last one its own, each where the one before it ended.
    invariant: '3.periods',
    text: `
      WITH charged AS (
        SELECT account_id, subscription_id, count(*) AS periods, max(period_no) AS last, max(ends_at) AS ends_at,
               bool_and(begins_at_end) AS contiguous
        FROM (
          SELECT *, starts_at = COALESCE(lag(ends_at) OVER subscription, starts_at) AS begins_at_end
          FROM subscription_periods
          WINDOW subscription AS (PARTITION BY account_id, subscription_id ORDER BY period_no)) p
        GROUP BY account_id, subscription_id)
      SELECT s.account_id AS "accountId", 'subscription:' || s.id AS subject,
             concat_ws(' ', s.period_no, 'periods to', s.period_end) AS expected,
             concat_ws(' ', COALESCE(c.periods, 0), 'periods to', c.ends_at, CASE WHEN NOT c.contiguous THEN 'with a gap' END) AS actual
      FROM subscriptions s
      LEFT JOIN charged c ON c.account_id = s.account_id AND c.subscription_id = s.id
      WHERE c.periods IS DISTINCT FROM s.period_no OR c.last <> s.period_no OR c.ends_at <> s.period_end OR NOT c.contiguous`,
  },
  {
    // Each hold, capture, release and refund is the sum of the messages that name it, and of as many as it says.
    invariant: '4.entry_messages',
    text: `
      WITH named AS (
        SELECT m.account_id, n.entry_id, n.kind, m.wallet_id, sum(m.price_micros) AS micros, count(*) AS messages
        FROM messages m
        CROSS JOIN LATERAL (VALUES
          (m.hold_entry_id, 'hold'),
          (m.settle_entry_id, CASE WHEN m.charge_state = 'released' THEN 'release' ELSE 'capture' END),
          (m.refund_entry_id, 'refund')) n (entry_id, kind)
        WHERE n.entry_id IS NOT NULL
        GROUP BY m.account_id, n.entry_id, n.kind, m.wallet_id
      ), posted AS (
        SELECT e.account_id, e.id, e.kind, e.wallet_id, abs(p.amount_micros) AS micros, e.item_count
        FROM ledger_entries e
        JOIN postings p ON p.account_id = e.account_id AND p.entry_id = e.id
          AND p.ledger_account = CASE e.kind WHEN 'refund' THEN 'available' ELSE 'held' END
        WHERE e.kind IN ('hold', 'capture', 'release', 'refund'))
      SELECT COALESCE(n.account_id, p.account_id) AS "accountId", 'entry:' || COALESCE(n.entry_id, p.id) AS subject,
             concat_ws(' ', n.kind, COALESCE(n.micros, 0), 'of', COALESCE(n.messages, 0)) AS expected,
             concat_ws(' ', p.kind, COALESCE(p.micros, 0), 'of', COALESCE(p.item_count, 0)) AS actual
      FROM named n
      FULL JOIN posted p
        ON p.account_id = n.account_id AND p.id = n.entry_id AND p.kind = n.kind AND p.wallet_id = n.wallet_id
      WHERE n.entry_id IS NULL OR p.id IS NULL OR n.micros <> p.micros OR n.messages <> p.item_count`,
  },
  {
    // Which entries a message must name follows from its charge state; what is free is in none.
    invariant: '4.charge_entries',
    text: `
      SELECT account_id AS "accountId", 'message:' || id AS subject, charge_state || ': ' || wanted AS expected, named AS actual
      FROM (
        SELECT account_id, id, charge_state,
               CASE WHEN price_micros = 0 OR charge_state = 'none' THEN ''
                    ELSE concat_ws(',', CASE WHEN reservation_id IS NULL THEN 'hold' END,
                                        CASE WHEN charge_state <> 'held' THEN 'settle' END,
                                        CASE WHEN charge_state = 'refunded' THEN 'refund' END) END AS wanted,
               concat_ws(',', CASE WHEN hold_entry_id IS NOT NULL THEN 'hold' END,
                              CASE WHEN settle_entry_id IS NOT NULL THEN 'settle' END,
                              CASE WHEN refund_entry_id IS NOT NULL THEN 'refund' END) AS named
        FROM messages) m
      WHERE named <> wanted`,
  },
  {
    // Final states absorb: money that is still held there would never leave.
    invariant: '4.final_still_held',
    text: `
      SELECT account_id AS "accountId", 'message:' || id AS subject, 'nothing held when ' || state AS expected,
             price_micros || ' held' AS actual
      FROM messages
      WHERE charge_state = 'held' AND state IN ('delivered', 'undelivered', 'expired', 'rejected', 'cancelled', 'blocked')`,
  },
  {
    // What waits for funds is found by its row alone: without it nobody would ever release or end it.
    invariant: '4.waiting_funds',
    text: `
      SELECT COALESCE(m.account_id, w.account_id) AS "accountId", 'message:' || COALESCE(m.id, w.message_id) AS subject,
             'waiting for funds, with a row of its own and nothing held' AS expected,
             concat_ws(', ', COALESCE(m.state, 'not waiting'), m.charge_state,
                       CASE WHEN w.message_id IS NULL THEN 'without a row' END) AS actual
      FROM message_waits w
      FULL JOIN (SELECT account_id, id, state, charge_state FROM messages WHERE state = 'waiting_funds') m
             ON m.account_id = w.account_id AND m.id = w.message_id
      WHERE m.id IS NULL OR w.message_id IS NULL OR m.charge_state <> 'none'`,
  },
];
