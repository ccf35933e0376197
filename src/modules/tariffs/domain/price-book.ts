import type { Currency, Micros } from '../../../kernel/money.js';
import type { ChargeOn, PriceList, Traffic } from './price-list.js';

/** What one part costs, and the charge policy that is recorded with the message. */
export interface PriceQuote {
  priceMicrosPerPart: Micros;
  currency: Currency;
  tariffId: string;
  chargeOn: ChargeOn;
  refundUndelivered: boolean;
}

/** The prices of some accounts at one instant. Pure: it asks nobody, so that a batch is priced from one snapshot. */
export interface PriceBook {
  /** Null when the account has no tariff, or its tariff no price for the number: the message is blocked, `no_tariff`. */
  quote(accountId: string, digits: string, traffic?: Traffic): PriceQuote | null;
}

/** `tariffOf` tells which price list an account has at `now` for a kind of traffic. */
export function createPriceBook(
  tariffOf: (accountId: string, traffic: Traffic) => PriceList | undefined,
  now: Date,
): PriceBook {
  return {
    quote: (accountId, digits, traffic = 'platform') => {
      const list = tariffOf(accountId, traffic);
      const price = list?.find(digits, now);
      if (!list || !price) return null;
      const { id: tariffId, currency, chargeOn, refundUndelivered } = list.tariff;
      return { priceMicrosPerPart: price.priceMicros, currency, tariffId, chargeOn, refundUndelivered };
    },
  };
}
