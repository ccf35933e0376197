import type { Statement } from '../../../../database/database.js';

/**
 * What a stretch of a wallet's history says was used, by service and by the month in which it was captured or bought. Refunds are taken off the month of their
 * capture, which the refunded messages name; what they name no more is taken off the month of the refund.
 *
 * $1 account, $2 wallet, $3 after this number of its history, $4 up to this one, $5 instants at which months begin. `bucket` counts them
 * from 1; what is older than the first counts there.
 */
export const READ_USAGE: Statement = {
  name: 'acts.read-usage',
  text: `
    WITH settled AS MATERIALIZED (
      SELECT e.id, e.kind, e.created_at, abs(p.amount_micros) AS micros,
             CASE e.kind WHEN 'purchase' THEN 'services' ELSE 'sms' END AS service,
             CASE e.kind WHEN 'purchase' THEN 1 ELSE COALESCE((e.details ->> 'parts')::bigint, e.item_count) END AS quantity
      FROM postings p
      JOIN ledger_entries e ON e.account_id = p.account_id AND e.id = p.entry_id
      WHERE p.account_id = $1 AND p.wallet_id = $2 AND p.wallet_seq > $3 AND p.wallet_seq <= $4
        AND (p.ledger_account, e.kind) IN (('held', 'capture'), ('available', 'refund'), ('available', 'purchase'))
    ), refunded AS (
      SELECT s.id, c.created_at, sum(m.price_micros)::bigint AS micros, sum(m.parts) AS quantity
      FROM settled s
      JOIN messages m ON m.account_id = $1 AND m.refund_entry_id = s.id
      JOIN ledger_entries c ON c.account_id = $1 AND c.id = m.settle_entry_id
      WHERE s.kind = 'refund'
      GROUP BY s.id, c.id, c.created_at
    ), moved AS (
      SELECT created_at, service, micros, quantity FROM settled WHERE kind <> 'refund'
      UNION ALL
      SELECT created_at, 'sms', -micros, -quantity FROM refunded
      UNION ALL
      SELECT s.created_at, s.service, COALESCE(r.micros, 0) - s.micros, COALESCE(r.quantity, 0) - s.quantity
      FROM settled s
      LEFT JOIN (SELECT id, sum(micros) AS micros, sum(quantity) AS quantity FROM refunded GROUP BY id) r ON r.id = s.id
      WHERE s.kind = 'refund' AND s.micros <> COALESCE(r.micros, 0)
    )
    SELECT GREATEST(width_bucket(created_at, $5::timestamptz[]), 1) AS bucket, service, sum(micros)::bigint AS micros,
           sum(quantity)::bigint AS quantity
    FROM moved GROUP BY 1, 2 ORDER BY 1, 2`,
};

export interface UsedRow {
  bucket: number;
  service: string;
  micros: bigint;
  quantity: bigint;
}
