/**
 * The roll-up as the rows of messages say it: the same combinations, from nothing. A message that is being written counts as
 * queued, as it does in the events. $1 account, $2 and $3 bounds of the hours, $4 and $5 the same bounds as message ids.
 */
const COUNTED = `
  SELECT m.account_id, date_trunc('hour', m.created_at, 'UTC') AS hour, m.source, m.lane, COALESCE(m.country, '') AS country,
         COALESCE(m.provider_id, '00000000-0000-0000-0000-000000000000') AS provider_id,
         CASE m.state WHEN 'submitting' THEN 'queued' ELSE m.state END AS state, m.charge_state, m.currency,
         count(*) AS messages, sum(m.parts) AS parts, sum(m.price_micros) AS micros
    FROM messages m
   WHERE m.account_id = $1 AND m.created_at >= $2 AND m.created_at < $3 AND m.id >= $4 AND m.id < $5
   GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9`;

/** Replaces the account's hours by what {@link COUNTED} says. */
export const RECOUNT = {
  remove: `DELETE FROM message_statistics WHERE account_id = $1 AND hour >= $2 AND hour < $3`,
  insert: `INSERT INTO message_statistics ${COUNTED}`,
};

/** Where the roll-up and the rows differ: combinations with both counts. For the audit and tests. */
export const COMPARE = `
  SELECT COALESCE(s.hour, c.hour) AS hour, COALESCE(s.source, c.source) AS source, COALESCE(s.state, c.state) AS state,
         COALESCE(s.charge_state, c.charge_state) AS "chargeState", COALESCE(s.messages, 0)::text AS "rolledUp",
         COALESCE(c.messages, 0)::text AS counted
    FROM (SELECT * FROM message_statistics WHERE account_id = $1 AND hour >= $2 AND hour < $3
             AND (messages <> 0 OR parts <> 0 OR micros <> 0)) s
    FULL JOIN (${COUNTED}) c
      ON c.hour = s.hour AND c.source = s.source AND c.lane = s.lane AND c.country = s.country AND c.provider_id = s.provider_id
     AND c.state = s.state AND c.charge_state = s.charge_state AND c.currency = s.currency
   WHERE s.messages IS DISTINCT FROM c.messages OR s.parts IS DISTINCT FROM c.parts OR s.micros IS DISTINCT FROM c.micros
   ORDER BY 1, 2, 3, 4
   LIMIT 100`;
