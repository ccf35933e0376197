import { expectFew } from '../../../../database/expect-few.js';
import type { Statement } from '../../../../database/database.js';

/**
 * Writes a batch: messages, their queue rows and the external ids they take. What messages of a batch have in common stands
 * once, in the profiles ($1–$27), which the messages ($29–$34) point to by number: a thousand equal texts to one country are
 * a thousand ids and numbers and one profile.
 *
 * An external id that somebody else took a moment ago fails the statement (`message_external_ids_pk`).
 */
export const WRITE_MESSAGES: Statement = {
  name: 'messages.write-messages',
  text: `
    WITH profile AS MATERIALIZED (
      SELECT * FROM unnest(
        $1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::smallint[], $6::text[], $7::text[], $8::text[], $9::smallint[],
        $10::bigint[], $11::text[], $12::uuid[], $13::text[], $14::boolean[], $15::uuid[], $16::uuid[], $17::text[],
        $18::uuid[], $19::text[], $20::text[], $21::uuid[], $22::text[], $23::jsonb[], $24::text[], $25::timestamptz[],
        $26::timestamptz[], $27::int[]) WITH ORDINALITY AS p (
          account_id, group_id, source, lane, lane_no, country, sender, encoding, parts,
          price_micros, currency, tariff_id, charge_on, refund_undelivered, wallet_id, reservation_id, charge_state,
          hold_entry_id, state, reason, provider_id, delivery_policy, sending_window, window_action, due_at,
          valid_until, paced_by, no)
      WHERE ${expectFew('p.account_id')}
    ), item AS MATERIALIZED (
      SELECT p.*, i.id, i.recipient, i.body, i.reference, i.external_id
      FROM unnest($29::int[], $30::uuid[], $31::text[], $32::text[], $33::text[], $34::text[])
             AS i (profile_no, id, recipient, body, reference, external_id)
      JOIN profile p ON p.no = i.profile_no
      WHERE ${expectFew('i.id')}
    ), written AS (
      INSERT INTO messages (
        account_id, id, group_id, source, lane, recipient, country, sender, body, encoding, parts, price_micros, currency,
        tariff_id, charge_on, refund_undelivered, wallet_id, reservation_id, charge_state, hold_entry_id, state, reason,
        provider_id, delivery_policy, sending_window, window_action, reference, external_id, due_at, valid_until, created_at,
        state_at, final_at)
      SELECT
        account_id, id, group_id, source, lane, recipient, country, sender, body, encoding, parts, price_micros, currency,
        tariff_id, charge_on, refund_undelivered, wallet_id, reservation_id, charge_state, hold_entry_id, state, reason,
        provider_id, delivery_policy, sending_window, window_action, reference, external_id, due_at, valid_until, $28::timestamptz,
        $28::timestamptz, CASE WHEN state = 'blocked' THEN $28::timestamptz END
      FROM item
    ), queued AS (
      INSERT INTO message_queue (account_id, message_id, provider_id, lane, group_id, due_at, valid_until, paced_by)
      SELECT account_id, id, provider_id, lane_no, COALESCE(group_id, '00000000-0000-0000-0000-000000000000'), due_at,
             valid_until, paced_by
      FROM item WHERE state IN ('queued', 'scheduled')
    )
    INSERT INTO message_external_ids (account_id, external_id, message_id)
    SELECT account_id, external_id, id FROM item WHERE external_id IS NOT NULL AND state <> 'blocked'`,
};
