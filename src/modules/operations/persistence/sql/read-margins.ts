import type { Statement } from '../../../../database/database.js';

export const MARGIN_GROUPS = ['day', 'provider', 'route', 'account'] as const;
export type MarginGroup = (typeof MARGIN_GROUPS)[number];

const KEYS: Record<MarginGroup, string> = {
  day: `to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD')`,
  provider: 'provider_id::text',
  route: `provider_id || ' ' || COALESCE(prefix, '')`,
  account: 'account_id::text',
};

const LABELS: Record<MarginGroup, string> = {
  day: 'NULL',
  provider: 'min(code)',
  route: `min(code) || ' ' || COALESCE(min(prefix), '')`,
  account: '(SELECT name FROM accounts a WHERE a.id = (min(account_id::text))::uuid)',
};

/**
 * What was sent in a period, what it brought and what it cost. The cost of a message is what the provider's answer said, else the
 * purchase price of its prefix when it was submitted, else nobody knows (null); over a provider that an account owns it is nothing,
 * because the account pays that. Reads the rows of the period: for staff, not for hot paths. Several modules' rows, as the audit does.
 *
 * $1, $2 bounds of the message ids, $3 account, $4 provider (null: all), $5..$7 the last key of the page before, $8 how many.
 */
export const READ_MARGINS = Object.fromEntries(MARGIN_GROUPS.map((group) => [group, statement(group)])) as Record<
  MarginGroup,
  Statement
>;

function statement(group: MarginGroup): Statement {
  return {
    name: `operations.read-margins-${group}`,
    text: `
    WITH named AS MATERIALIZED (
      SELECT account_id, message_id, sum(cost_micros)::bigint AS micros, min(cost_currency) AS currency
        FROM attempt_parts
       WHERE attempt_id >= $1 AND cost_micros IS NOT NULL AND ($3::uuid IS NULL OR account_id = $3)
       GROUP BY 1, 2
    ), sent AS (
      SELECT m.account_id, m.provider_id, m.created_at, m.parts, m.currency, p.code, l.prefix,
             CASE WHEN m.charge_state = 'captured' THEN m.price_micros ELSE 0 END AS revenue,
             CASE WHEN p.owner_account_id IS NOT NULL THEN 0 ELSE COALESCE(n.micros, l.price_micros * m.parts) END AS cost,
             CASE WHEN p.owner_account_id IS NOT NULL THEN m.currency ELSE COALESCE(n.currency, l.currency) END AS cost_currency
        FROM messages m
        JOIN providers p ON p.id = m.provider_id
        LEFT JOIN named n ON n.account_id = m.account_id AND n.message_id = m.id
        LEFT JOIN LATERAL (
          SELECT prefix, price_micros, currency FROM purchase_prices c
           WHERE c.provider_id = m.provider_id AND starts_with(m.recipient, c.prefix)
             AND c.valid_from <= COALESCE(m.submitted_at, m.state_at)
           ORDER BY length(c.prefix) DESC, c.valid_from DESC LIMIT 1) l ON p.owner_account_id IS NULL
       WHERE m.id >= $1 AND m.id < $2 AND ($3::uuid IS NULL OR m.account_id = $3) AND ($4::uuid IS NULL OR m.provider_id = $4)
         AND (m.submitted_at IS NOT NULL OR m.state IN ('delivered', 'undelivered'))
    ), grouped AS (
      SELECT ${KEYS[group]} AS key, ${LABELS[group]} AS label, currency::text AS currency,
             COALESCE(cost_currency, '')::text AS "costCurrency", count(*)::int AS messages, sum(parts)::int AS parts,
             sum(revenue)::bigint AS revenue, COALESCE(sum(cost), 0)::bigint AS cost
        FROM sent
       GROUP BY 1, currency, 4
    )
    SELECT * FROM grouped
     WHERE (key, currency, "costCurrency") > ($5, $6, $7)
     ORDER BY key, currency, "costCurrency" LIMIT $8`,
  };
}
