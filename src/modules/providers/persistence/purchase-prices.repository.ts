import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../../database/database.js';

/** What one part to numbers that begin with `prefix` costs at a provider from an instant on. */
export interface PurchasePriceRow {
  prefix: string;
  validFrom: Date;
  priceMicros: bigint;
  currency: string;
}

@Injectable()
export class PurchasePricesRepository {
  constructor(private readonly database: Database) {}

  /** By prefix, each with its history, oldest first; after `[prefix, validFrom]`. */
  list(providerId: string, after: readonly [string, string] | null, limit: number): Promise<PurchasePriceRow[]> {
    const [prefix, validFrom] = after ?? ['', '-infinity'];
    return this.database.query<PurchasePriceRow & Record<string, unknown>>(
      `SELECT prefix, valid_from AS "validFrom", price_micros AS "priceMicros", currency FROM purchase_prices
       WHERE provider_id = $1 AND (prefix, valid_from) > ($2, $3::timestamptz)
       ORDER BY prefix, valid_from LIMIT $4`,
      [providerId, prefix, validFrom, limit + 1],
    );
  }

  /** One that stands for the same prefix and instant is replaced. */
  async upsert(tx: Tx, providerId: string, prices: readonly PurchasePriceRow[]): Promise<void> {
    await tx.query(
      `INSERT INTO purchase_prices (provider_id, prefix, valid_from, price_micros, currency)
       SELECT $1, * FROM unnest($2::text[], $3::timestamptz[], $4::bigint[], $5::text[])
       ON CONFLICT ON CONSTRAINT purchase_prices_pk DO UPDATE
         SET price_micros = EXCLUDED.price_micros, currency = EXCLUDED.currency`,
      [
        providerId,
        prices.map(({ prefix }) => prefix),
        prices.map(({ validFrom }) => validFrom),
        prices.map(({ priceMicros }) => priceMicros),
        prices.map(({ currency }) => currency),
      ],
    );
  }
}
