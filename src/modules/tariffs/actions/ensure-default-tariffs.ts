import type { Database, Tx } from '../../../database/database.js';
import { newId } from '../../../kernel/ids.js';
import { type Currency, parseMicros } from '../../../kernel/money.js';
import { DEFAULT_PRICES, DEFAULT_PRICES_FROM, DEFAULT_TARIFF_CURRENCIES } from '../domain/default-tariffs.js';

/**
 * Gives every currency that has no default tariff the standard one. Safe with any number of processes at once; what the
 * operator changed since is left alone.
 */
export async function ensureDefaultTariffs(database: Database, now: Date): Promise<void> {
  const rows = await database.query<{ currency: Currency }>(`SELECT currency FROM tariffs WHERE is_default`);
  const present = new Set(rows.map((row) => row.currency));
  for (const currency of DEFAULT_TARIFF_CURRENCIES)
    if (!present.has(currency)) await database.transaction((tx) => createDefault(tx, currency, now));
}

async function createDefault(tx: Tx, currency: (typeof DEFAULT_TARIFF_CURRENCIES)[number], now: Date): Promise<void> {
  const [created] = await tx.query<{ id: string }>(
    `INSERT INTO tariffs (id, code, name, currency, charge_on, refund_undelivered, is_default, created_at)
     VALUES ($1, $2, $3, $4, 'submit', true, true, $5)
     ON CONFLICT DO NOTHING
     RETURNING id`,
    [newId(now), `standard-${currency.toLowerCase()}`, `Standard ${currency}`, currency, now],
  );
  if (!created) return;
  await tx.query(
    `INSERT INTO tariff_prices (tariff_id, prefix, valid_from, price_micros)
     SELECT $1, prefix, $2, price FROM unnest($3::text[], $4::bigint[]) AS p (prefix, price)`,
    [
      created.id,
      DEFAULT_PRICES_FROM,
      DEFAULT_PRICES.map((price) => price.prefix),
      DEFAULT_PRICES.map((price) => parseMicros(price[currency])),
    ],
  );
}
