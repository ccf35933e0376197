import type { Database, Tx } from '../../../database/database.js';
import type { Currency } from '../../../kernel/money.js';
import type { BankDetails } from '../domain/payment-qr.js';

export type VatRegime = 'standard' | 'usn5' | 'usn7' | 'none';

export interface LegalEntityRow {
  id: string;
  code: string;
  country: string;
  currency: Currency;
  name: string;
  tax_number: string;
  tax_reason_code: string | null;
  vat_number: string | null;
  address: string;
  bank: BankDetails;
  vat_regime: VatRegime;
  series: string;
  /** IANA: its months and the days of its documents. */
  time_zone: string;
  director: string | null;
  accountant: string | null;
  is_default: boolean;
  version: number;
}

export const ENTITY_COLUMNS =
  'id, code, country, currency, name, tax_number, tax_reason_code, vat_number, address, bank, vat_regime, series, time_zone, director, accountant, is_default, version';

/** A seller by its code. */
export async function findSellerByCode(on: Tx | Database, code: string): Promise<LegalEntityRow | undefined> {
  const [row] = await on.query<LegalEntityRow>(`SELECT ${ENTITY_COLUMNS} FROM legal_entities WHERE code = $1`, [code]);
  return row;
}

/** All sellers, by code. */
export function listSellers(on: Tx | Database): Promise<LegalEntityRow[]> {
  return on.query<LegalEntityRow>(`SELECT ${ENTITY_COLUMNS} FROM legal_entities ORDER BY code`);
}

/** Who sells in a currency: its default seller. */
export async function findSeller(on: Tx | Database, currency: Currency): Promise<LegalEntityRow | undefined> {
  const [row] = await on.query<LegalEntityRow>(
    `SELECT ${ENTITY_COLUMNS} FROM legal_entities WHERE currency = $1 AND is_default`,
    [currency],
  );
  return row;
}

/** The VAT rate of a seller on a day; null when it sells without VAT. Rates are dated: the latest that has begun holds. */
export async function vatRateOn(
  on: Tx | Database,
  seller: Pick<LegalEntityRow, 'country' | 'vat_regime'>,
  day: string,
): Promise<number | null> {
  if (seller.vat_regime === 'none') return null;
  const [row] = await on.query<{ rate_bps: number }>(
    `SELECT rate_bps FROM vat_rates WHERE country = $1 AND regime = $2 AND valid_from <= $3 ORDER BY valid_from DESC LIMIT 1`,
    [seller.country, seller.vat_regime, day],
  );
  if (!row) throw new Error(`no VAT rate is known for ${seller.country} ${seller.vat_regime} on ${day}`);
  return row.rate_bps;
}
