import { Database, type Tx } from '../../../database/database.js';
import { cursorId, cursorInstant, cursorText, decodeCursor, type Page, toPage } from '../../../database/page.js';
import { newId } from '../../../kernel/ids.js';
import type { Currency } from '../../../kernel/money.js';
import {
  type ChargeOn,
  NUMBER_PREFIX,
  type Tariff,
  TARIFF_CODE,
  type TariffPrice,
  type Traffic,
} from '../domain/price-list.js';
import { TARIFF_COLUMNS } from './sql/load-price-lists.js';

type Reader = Pick<Tx, 'query'>;

export interface NewTariff {
  code: string;
  name: string;
  currency: Currency;
  chargeOn: ChargeOn;
  refundUndelivered: boolean;
  traffic?: Traffic;
  features?: readonly string[];
}

/** Null when the code is taken. */
export async function insertTariff(tx: Tx, tariff: NewTariff, now: Date): Promise<Tariff | null> {
  const [row] = await tx.query<Tariff>(
    `INSERT INTO tariffs (id, code, name, currency, charge_on, refund_undelivered, traffic, features, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
     ON CONFLICT ON CONSTRAINT tariffs_code DO NOTHING
     RETURNING ${TARIFF_COLUMNS}`,
    [
      newId(now),
      tariff.code,
      tariff.name,
      tariff.currency,
      tariff.chargeOn,
      tariff.refundUndelivered,
      tariff.traffic ?? 'platform',
      tariff.features ?? [],
      now,
    ],
  );
  return row ?? null;
}

export async function findTariff(on: Reader, id: string): Promise<Tariff | null> {
  const [row] = await on.query<Tariff>(`SELECT ${TARIFF_COLUMNS} FROM tariffs WHERE id = $1`, [id]);
  return row ?? null;
}

/** By code. */
export async function listTariffs(
  database: Database,
  { limit, cursor }: { limit: number; cursor?: string },
): Promise<Page<Tariff>> {
  const [after] = decodeCursor(cursor, cursorText(TARIFF_CODE), cursorId) ?? [''];
  const rows = await database.query<Tariff>(
    `SELECT ${TARIFF_COLUMNS} FROM tariffs WHERE code > $1 ORDER BY code LIMIT $2`,
    [after, limit + 1],
  );
  return toPage(
    rows,
    limit,
    ({ code, id }) => [code, id],
    (tariff) => tariff,
  );
}

/** Writes what is given. Null when the row has another version by now. */
export async function changeTariff(
  tx: Tx,
  { id, version }: Pick<Tariff, 'id' | 'version'>,
  { name, features }: { name?: string; features?: readonly string[] },
): Promise<Tariff | null> {
  const [row] = await tx.query<Tariff>(
    `UPDATE tariffs SET name = COALESCE($3, name), features = COALESCE($4::text[], features), version = version + 1
     WHERE id = $1 AND version = $2 RETURNING ${TARIFF_COLUMNS}`,
    [id, version, name ?? null, features ?? null],
  );
  return row ?? null;
}

/** Makes it the default of its currency and traffic instead of the one that was. Null when the row has another version by now. */
export async function makeDefault(tx: Tx, id: string, version: number): Promise<Tariff | null> {
  await tx.query(
    `UPDATE tariffs SET is_default = false, version = version + 1
     WHERE is_default AND id <> $1
       AND (currency, traffic) = (SELECT currency, traffic FROM tariffs WHERE id = $1 AND version = $2)`,
    [id, version],
  );
  const [row] = await tx.query<Tariff>(
    `UPDATE tariffs SET is_default = true, version = version + 1 WHERE id = $1 AND version = $2 RETURNING ${TARIFF_COLUMNS}`,
    [id, version],
  );
  return row ?? null;
}

/** Adds dated prices; one that stands for the same prefix and instant is replaced. */
export async function upsertPrices(tx: Tx, tariffId: string, prices: readonly TariffPrice[]): Promise<void> {
  await tx.query(
    `INSERT INTO tariff_prices (tariff_id, prefix, valid_from, price_micros)
     SELECT $1, * FROM unnest($2::text[], $3::timestamptz[], $4::bigint[])
     ON CONFLICT ON CONSTRAINT tariff_prices_pk DO UPDATE SET price_micros = EXCLUDED.price_micros`,
    [
      tariffId,
      prices.map(({ prefix }) => prefix),
      prices.map(({ validFrom }) => validFrom),
      prices.map(({ priceMicros }) => priceMicros),
    ],
  );
}

/** By prefix, each with its history, oldest first. */
export async function listPrices(
  database: Database,
  tariffId: string,
  { limit, cursor }: { limit: number; cursor?: string },
): Promise<Page<TariffPrice>> {
  const [prefix, validFrom] = decodeCursor(cursor, cursorText(NUMBER_PREFIX), cursorInstant) ?? ['', '-infinity'];
  const rows = await database.query<TariffPrice>(
    `SELECT prefix, valid_from AS "validFrom", price_micros AS "priceMicros"
     FROM tariff_prices
     WHERE tariff_id = $1 AND (prefix, valid_from) > ($2, $3::timestamptz)
     ORDER BY prefix, valid_from
     LIMIT $4`,
    [tariffId, prefix, validFrom, limit + 1],
  );
  return toPage(
    rows,
    limit,
    (price) => [price.prefix, price.validFrom.toISOString()],
    (price) => price,
  );
}

export interface AccountTariff {
  tariff: Tariff;
  validFrom: Date;
}

/** From an instant on an account has a tariff for its traffic; a plan for the same instant is replaced. */
export async function assignTariff(
  tx: Tx,
  accountId: string,
  { id, traffic }: Pick<Tariff, 'id' | 'traffic'>,
  validFrom: Date,
): Promise<void> {
  await tx.query(
    `INSERT INTO account_tariffs (account_id, traffic, valid_from, tariff_id) VALUES ($1, $2, $3, $4)
     ON CONFLICT ON CONSTRAINT account_tariffs_pk DO UPDATE SET tariff_id = EXCLUDED.tariff_id`,
    [accountId, traffic, validFrom, id],
  );
}

/** What an account had, has and will have; newest first, the last hundred. */
export async function listAccountTariffs(database: Database, accountId: string): Promise<AccountTariff[]> {
  const rows = await database.query<Tariff & { validFrom: Date }>(
    `SELECT ${TARIFF_COLUMNS}, "validFrom"
     FROM (SELECT tariff_id, valid_from AS "validFrom" FROM account_tariffs WHERE account_id = $1) a
     JOIN tariffs ON id = tariff_id
     ORDER BY "validFrom" DESC, traffic DESC
     LIMIT 100`,
    [accountId],
  );
  return rows.map(({ validFrom, ...tariff }) => ({ tariff, validFrom }));
}
