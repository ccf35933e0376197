import type { Statement } from '../../../../database/database.js';

/** Columns of a {@link Tariff}, for whoever reads one. */
export const TARIFF_COLUMNS = `
  id, code, name, currency, charge_on AS "chargeOn", refund_undelivered AS "refundUndelivered", traffic,
  is_default AS "isDefault", features, version`;

/** All tariffs: a small reference table. */
export const LOAD_TARIFFS: Statement = {
  name: 'tariffs.load-tariffs',
  text: `SELECT ${TARIFF_COLUMNS} FROM tariffs`,
};

/** All dated prices of all tariffs. */
export const LOAD_PRICES: Statement = {
  name: 'tariffs.load-prices',
  text: `
    SELECT tariff_id AS "tariffId", prefix, valid_from AS "validFrom", price_micros AS "priceMicros"
    FROM tariff_prices`,
};
