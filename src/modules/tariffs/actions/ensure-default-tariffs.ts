import type { Database, Tx } from '../../../database/database.js';
import { newId } from '../../../kernel/ids.js';
import { type Currency, parseMicros } from '../../../kernel/money.js';
import {
  DEFAULT_FEATURES,
  DEFAULT_PRICES,
  DEFAULT_PRICES_FROM,
  DEFAULT_TARIFF_CURRENCIES,
  OWN_TRAFFIC_CURRENCIES,
} from '../domain/default-tariffs.js';
import type { Traffic } from '../domain/price-list.js';

/**
 * Gives every currency that has no default tariff the standard one, and one for traffic over the accounts' own providers. Safe with any number of processes at once; what the
 * operator changed since is left alone.
 */
export async function ensureDefaultTariffs(database: Database, now: Date): Promise<void> {
  const rows = await database.query<{ currency: Currency; traffic: Traffic }>(
    `SELECT currency, traffic FROM tariffs WHERE is_default`,
  );
  const present = new Set(rows.map(({ currency, traffic }) => `${currency} ${traffic}`));
  const wanted = [
    ...DEFAULT_TARIFF_CURRENCIES.map((currency) => standard(currency)),
    ...OWN_TRAFFIC_CURRENCIES.map((currency) => ownTraffic(currency)),
  ];
  for (const tariff of wanted)
    if (!present.has(`${tariff.currency} ${tariff.traffic}`))
      await database.transaction((tx) => createDefault(tx, tariff, now));
}

interface DefaultTariff {
  code: string;
  name: string;
  currency: Currency;
  traffic: Traffic;
  features: readonly string[];
  prices: readonly { prefix: string; amount: string }[];
}

function standard(currency: (typeof DEFAULT_TARIFF_CURRENCIES)[number]): DefaultTariff {
  const prices = DEFAULT_PRICES.map((price) => ({ prefix: price.prefix, amount: price[currency] }));
  const [code, name] = [`standard-${currency.toLowerCase()}`, `Standard ${currency}`];
  return { code, name, currency, traffic: 'platform', features: DEFAULT_FEATURES, prices };
}

function ownTraffic(currency: Currency): DefaultTariff {
  const [code, name] = [`own-providers-${currency.toLowerCase()}`, `Own providers ${currency}`];
  return { code, name, currency, traffic: 'own', features: [], prices: [{ prefix: '', amount: '0' }] };
}

async function createDefault(
  tx: Tx,
  { code, name, currency, traffic, features, prices }: DefaultTariff,
  now: Date,
): Promise<void> {
  const [created] = await tx.query<{ id: string }>(
    `INSERT INTO tariffs (id, code, name, currency, charge_on, refund_undelivered, is_default, traffic, features, created_at)
     VALUES ($1, $2, $3, $4, 'submit', true, true, $5, $6, $7)
     ON CONFLICT DO NOTHING
     RETURNING id`,
    [newId(now), code, name, currency, traffic, features, now],
  );
  if (!created) return;
  await tx.query(
    `INSERT INTO tariff_prices (tariff_id, prefix, valid_from, price_micros)
     SELECT $1, prefix, $2, price FROM unnest($3::text[], $4::bigint[]) AS p (prefix, price)`,
    [
      created.id,
      DEFAULT_PRICES_FROM,
      prices.map(({ prefix }) => prefix),
      prices.map(({ amount }) => parseMicros(amount)),
    ],
  );
}
