import type { Database, Tx } from '../../../database/database.js';
import { cursorId, cursorInstant, cursorText, decodeCursor, type Page, toPage } from '../../../database/page.js';
import { newId } from '../../../kernel/ids.js';
import { CURRENCIES, type Currency, type Micros } from '../../../kernel/money.js';
import { type Service, SERVICE_CODE, type ServicePrice } from '../domain/service.js';

type Reader = Pick<Tx, 'query'>;

export interface PageRequest {
  limit: number;
  cursor?: string;
}

const COLUMNS = `
  v.id, v.code, v.kind, v.names, v.sold_in AS "soldIn", v.self_service_in AS "selfServiceIn", v.features, v.on_top_of AS "onTopOf",
  v.valid_days AS "validDays", v.grace_days AS "graceDays", v.on_sale AS "onSale", v.version`;

export type NewService = Omit<Service, 'id' | 'version'>;
/** What may change: never code, kind and base, by which it was bought. */
export type ServiceChange = Omit<NewService, 'code' | 'kind' | 'onTopOf'>;

/** Null when the code is taken. */
export async function insertService(tx: Tx, service: NewService, now: Date): Promise<Service | null> {
  const [row] = await tx.query<Service>(
    `INSERT INTO services AS v (id, code, kind, names, sold_in, self_service_in, features, on_top_of, valid_days, grace_days, on_sale,
                                created_at, updated_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12)
     ON CONFLICT ON CONSTRAINT services_code DO NOTHING
     RETURNING ${COLUMNS}`,
    [
      newId(now),
      service.code,
      service.kind,
      JSON.stringify(service.names),
      service.soldIn,
      service.selfServiceIn,
      service.features,
      service.onTopOf,
      service.validDays,
      service.graceDays,
      service.onSale,
      now,
    ],
  );
  return row ?? null;
}

/** Writes it whole. Null when the row has another version by now. */
export async function updateService(
  tx: Tx,
  { id, version }: Pick<Service, 'id' | 'version'>,
  change: ServiceChange,
  now: Date,
): Promise<Service | null> {
  const [row] = await tx.query<Service>(
    `UPDATE services v
     SET names = $3, sold_in = $4, self_service_in = $5, features = $6, valid_days = $7, grace_days = $8, on_sale = $9,
         version = version + 1, updated_at = $10
     WHERE id = $1 AND version = $2 RETURNING ${COLUMNS}`,
    [
      id,
      version,
      JSON.stringify(change.names),
      change.soldIn,
      change.selfServiceIn,
      change.features,
      change.validDays,
      change.graceDays,
      change.onSale,
      now,
    ],
  );
  return row ?? null;
}

export async function findService(on: Reader, id: string): Promise<Service | null> {
  const [row] = await on.query<Service>(`SELECT ${COLUMNS} FROM services v WHERE id = $1`, [id]);
  return row ?? null;
}

export async function findServiceByCode(on: Reader, code: string): Promise<Service | null> {
  const [row] = await on.query<Service>(`SELECT ${COLUMNS} FROM services v WHERE code = $1`, [code]);
  return row ?? null;
}

/** Some services by their ids or codes. */
export function findServices(on: Reader, ids: readonly string[], codes: readonly string[]): Promise<Service[]> {
  return on.query<Service>(
    `SELECT ${COLUMNS} FROM services v WHERE id = ANY ($1::uuid[])
     UNION SELECT ${COLUMNS} FROM services v WHERE code = ANY ($2::text[])`,
    [ids, codes],
  );
}

/** By code. */
export async function listServices(on: Database, { limit, cursor }: PageRequest): Promise<Page<Service>> {
  const [after] = decodeCursor(cursor, cursorText(SERVICE_CODE), cursorId) ?? [''];
  const rows = await on.query<Service>(`SELECT ${COLUMNS} FROM services v WHERE code > $1 ORDER BY code LIMIT $2`, [
    after,
    limit + 1,
  ]);
  return toPage(
    rows,
    limit,
    ({ code, id }) => [code, id],
    (service) => service,
  );
}

/** A service that is sold, with its price. */
export interface Offer extends Service {
  priceMicros: Micros;
}

/** What is sold in a country for a currency at an instant, by code. */
export async function listOffers(
  on: Database,
  { country, currency, now }: { country: string; currency: Currency; now: Date },
  { limit, cursor }: PageRequest,
): Promise<Page<Offer>> {
  const [after] = decodeCursor(cursor, cursorText(SERVICE_CODE), cursorId) ?? [''];
  const rows = await on.query<Offer>(
    `SELECT ${COLUMNS}, p.price_micros AS "priceMicros"
     FROM services v
     CROSS JOIN LATERAL (
       SELECT price_micros FROM service_prices
       WHERE service_id = v.id AND currency = $2 AND valid_from <= $3 ORDER BY valid_from DESC LIMIT 1) p
     WHERE v.code > $4 AND v.kind <> 'messaging' AND v.on_sale AND (v.sold_in IS NULL OR $1 = ANY (v.sold_in))
     ORDER BY v.code LIMIT $5`,
    [country, currency, now, after, limit + 1],
  );
  return toPage(
    rows,
    limit,
    ({ code, id }) => [code, id],
    (offer) => offer,
  );
}

/** Adds dated prices; one that stands for the same currency and instant is replaced. */
export async function upsertServicePrices(tx: Tx, serviceId: string, prices: readonly ServicePrice[]): Promise<void> {
  await tx.query(
    `INSERT INTO service_prices (service_id, currency, valid_from, price_micros)
     SELECT $1, * FROM unnest($2::text[], $3::timestamptz[], $4::bigint[])
     ON CONFLICT ON CONSTRAINT service_prices_pk DO UPDATE SET price_micros = EXCLUDED.price_micros`,
    [
      serviceId,
      prices.map(({ currency }) => currency),
      prices.map(({ validFrom }) => validFrom),
      prices.map(({ priceMicros }) => priceMicros),
    ],
  );
}

/** The price in force at an instant, or null. */
export async function priceAt(on: Reader, serviceId: string, currency: Currency, at: Date): Promise<Micros | null> {
  const [row] = await on.query<{ priceMicros: Micros }>(
    `SELECT price_micros AS "priceMicros" FROM service_prices
     WHERE service_id = $1 AND currency = $2 AND valid_from <= $3 ORDER BY valid_from DESC LIMIT 1`,
    [serviceId, currency, at],
  );
  return row?.priceMicros ?? null;
}

const CURRENCY = cursorText(new RegExp(`^(${CURRENCIES.join('|')})?$`));

/** By currency, each with its history, oldest first. */
export async function listServicePrices(
  on: Database,
  serviceId: string,
  { limit, cursor }: PageRequest,
): Promise<Page<ServicePrice>> {
  const [currency, validFrom] = decodeCursor(cursor, CURRENCY, cursorInstant) ?? ['', '-infinity'];
  const rows = await on.query<ServicePrice>(
    `SELECT currency, valid_from AS "validFrom", price_micros AS "priceMicros"
     FROM service_prices
     WHERE service_id = $1 AND (currency, valid_from) > ($2::char(3), $3::timestamptz)
     ORDER BY currency, valid_from
     LIMIT $4`,
    [serviceId, currency, validFrom, limit + 1],
  );
  return toPage(
    rows,
    limit,
    (price) => [price.currency, price.validFrom.toISOString()],
    (price) => price,
  );
}
