import type { Statement } from '../../../../database/database.js';
import { expectFew } from '../../../../database/expect-few.js';

/**
 * Writes entries, their postings and the new balances of their wallets, all in one statement. Idempotent: an entry whose
 * key the account already has is left out of everything, and out of the answer.
 *
 * The wallets must have been locked by an earlier statement of the same transaction: then this one's snapshot sees their
 * last committed rows, and every balance and sequence number can be worked out beforehand from what it reads. Entries of
 * one wallet follow each other in the order given. `created_at` never runs backwards within a wallet, whatever clocks the
 * callers have, so that a statement ordered by time is also ordered by sequence number.
 *
 * Each entry carries a link: a hash over what it says and over the link before it in its wallet, so that a past which somebody changed
 * no longer fits. What it says stands in an order that never changes (see the migration `chain-entries`, and the audit).
 *
 * $1 account ids, $2 wallet ids, $3 entry ids, $4 kinds, $5 idempotency keys, $6 subject kinds, $7 subject ids, $8 item
 * counts, $9 details (JSON texts), $10 available and $11 held deltas, $12 counter accounts, $13 now.
 */
export const POST_ENTRIES: Statement = {
  name: 'wallets.post-entries',
  text: `
    WITH numbered AS MATERIALIZED (
      SELECT i.*, w.currency, w.credit_limit_micros, w.last_link,
             GREATEST($13::timestamptz, w.last_entry_at) AS created_at,
             w.last_seq + row_number() OVER wallet AS seq,
             w.available_micros + (sum(i.available) OVER wallet)::bigint AS available_after,
             w.held_micros + (sum(i.held) OVER wallet)::bigint AS held_after
      FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::integer[], $9::text[],
                  $10::bigint[], $11::bigint[], $12::text[]) WITH ORDINALITY
           AS i (account_id, wallet_id, entry_id, kind, idempotency_key, subject_kind, subject_id, item_count, details,
                 available, held, counter, n)
      JOIN wallets w ON w.account_id = i.account_id AND w.id = i.wallet_id
      WHERE ${expectFew('i.account_id')} AND NOT EXISTS (
        SELECT FROM ledger_entries e WHERE e.account_id = i.account_id AND e.idempotency_key = i.idempotency_key)
      WINDOW wallet AS (PARTITION BY i.account_id, i.wallet_id ORDER BY i.n)
    ), fresh AS MATERIALIZED (
      SELECT e.*, chain(e.last_link, convert_to(json_build_array(
               account_id, wallet_id, seq, entry_id, kind, idempotency_key, subject_kind, subject_id, item_count, details::jsonb,
               (extract(epoch FROM created_at) * 1000000)::bigint, currency, available, held,
               CASE WHEN available + held <> 0 THEN counter END,
               CASE WHEN available <> 0 THEN credit_limit_micros END)::text, 'UTF8'))
             OVER (PARTITION BY account_id, wallet_id ORDER BY seq) AS link
      FROM numbered e
    ), entries AS (
      INSERT INTO ledger_entries (account_id, id, wallet_id, wallet_seq, kind, idempotency_key, subject_kind, subject_id,
                                  item_count, details, created_at, link)
      SELECT account_id, entry_id, wallet_id, seq, kind, idempotency_key, subject_kind, subject_id,
             item_count, details::jsonb, created_at, link
      FROM fresh
    ), legs AS (
      INSERT INTO postings (account_id, entry_id, leg, ledger_account, wallet_id, currency, amount_micros, wallet_seq,
                            balance_after_micros, credit_limit_micros)
      SELECT f.account_id, f.entry_id, l.leg, l.ledger_account, l.wallet_id, f.currency, l.amount, l.seq, l.balance_after,
             l.credit_limit
      FROM fresh f
      CROSS JOIN LATERAL (VALUES
        (1::smallint, 'available', f.wallet_id, f.available, f.seq, f.available_after, f.credit_limit_micros),
        (2::smallint, 'held', f.wallet_id, f.held, f.seq, f.held_after, NULL::bigint),
        (3::smallint, f.counter, NULL::uuid, -(f.available + f.held), NULL::bigint, NULL::bigint, NULL::bigint)
      ) AS l (leg, ledger_account, wallet_id, amount, seq, balance_after, credit_limit)
      WHERE l.amount <> 0
    ), balances AS (
      UPDATE wallets w
      SET available_micros = f.available_after, held_micros = f.held_after, last_seq = f.seq, last_entry_at = f.created_at,
          last_link = f.link
      FROM (SELECT DISTINCT ON (account_id, wallet_id) * FROM fresh ORDER BY account_id, wallet_id, seq DESC) f
      WHERE w.account_id = f.account_id AND w.id = f.wallet_id
    )
    SELECT account_id AS "accountId", idempotency_key AS "idempotencyKey", entry_id AS "entryId" FROM fresh`,
};
