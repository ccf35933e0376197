import type { Currency, Micros } from '../../../kernel/money.js';

/** Forms of a tariff's code, and of the leading digits that a price is for. */
export const TARIFF_CODE = /^[a-z0-9][a-z0-9-]{0,63}$/;
export const NUMBER_PREFIX = /^\d{0,15}$/;

/** When messages are charged; recorded with each message, so that a change of tariff never touches old ones. */
export const CHARGE_MOMENTS = ['submit', 'delivery'] as const;
export type ChargeOn = (typeof CHARGE_MOMENTS)[number];

/**
 * Over whose provider messages go: the operator's, or one that the account owns, and pays itself. Each has tariffs of its own, so
 * that nobody pays twice.
 */
export const TRAFFICS = ['platform', 'own'] as const;
export type Traffic = (typeof TRAFFICS)[number];

export interface Tariff {
  id: string;
  code: string;
  name: string;
  currency: Currency;
  chargeOn: ChargeOn;
  /** Only with `submit`: what is captured goes back when the message was not delivered. */
  refundUndelivered: boolean;
  traffic: Traffic;
  /** Of its currency and traffic: new accounts get it; for `own`, every account that was given no other. */
  isDefault: boolean;
  /** What it includes beside sending, by code. Counts for traffic `platform` alone: every account has one of those. */
  features: readonly string[];
  /** Grows with every edit; the ETag. */
  version: number;
}

/** A sale price per part for all numbers that start with `prefix`, from an instant on. The empty prefix is everywhere else. */
export interface TariffPrice {
  prefix: string;
  validFrom: Date;
  priceMicros: Micros;
}

/** A tariff's prices, made ready for look-ups by the longest prefix. Holds the dated history; the instant is asked with. */
export class PriceList {
  /** Newest first, by prefix. */
  private readonly prices = new Map<string, TariffPrice[]>();
  /** Longest first. */
  private readonly lengths: number[];

  constructor(
    readonly tariff: Tariff,
    prices: readonly TariffPrice[],
  ) {
    for (const price of prices) {
      const dated = this.prices.get(price.prefix);
      if (dated) dated.push(price);
      else this.prices.set(price.prefix, [price]);
    }
    for (const dated of this.prices.values()) dated.sort((a, b) => b.validFrom.getTime() - a.validFrom.getTime());
    this.lengths = [...new Set([...this.prices.keys()].map((prefix) => prefix.length))].toSorted((a, b) => b - a);
  }

  /** The prices in force at `now`, one per prefix, by prefix. */
  current(now: Date): TariffPrice[] {
    const prefixes = [...this.prices.keys()].toSorted();
    return prefixes.flatMap((prefix) => this.prices.get(prefix)!.find(({ validFrom }) => validFrom <= now) ?? []);
  }

  /** The price in force at `now` of the longest prefix that has one; null when none has. */
  find(digits: string, now: Date): TariffPrice | null {
    for (const length of this.lengths) {
      if (length > digits.length) continue;
      const price = this.prices.get(digits.slice(0, length))?.find(({ validFrom }) => validFrom <= now);
      if (price) return price;
    }
    return null;
  }
}
