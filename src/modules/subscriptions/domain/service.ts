import type { Locale } from '../../../kernel/locale.js';
import type { Currency, Micros } from '../../../kernel/money.js';

export const SERVICE_CODE = /^[a-z][a-z0-9_]{0,31}$/;

/** `messaging` is paid by the message and bought by nobody; the others are subscriptions. */
export const SERVICE_KINDS = ['messaging', 'recurring', 'one_off'] as const;
export type ServiceKind = (typeof SERVICE_KINDS)[number];
export const SOLD_KINDS = ['recurring', 'one_off'] as const;
export type SoldKind = (typeof SOLD_KINDS)[number];

/** One line of the catalogue. */
export interface Service {
  id: string;
  code: string;
  kind: ServiceKind;
  names: Record<Locale, string>;
  /** ISO 3166-1 alpha-2; null: everywhere. */
  soldIn: readonly string[] | null;
  /** Where accounts buy it themselves, of where it is sold; null: everywhere. */
  selfServiceIn: readonly string[] | null;
  /** Codes of what it lets an account do. */
  features: readonly string[];
  /** Code of the service that an account must have before. */
  onTopOf: string | null;
  /** Of a one-off, how long it lasts; null for the others. */
  validDays: number | null;
  /** Days for which a period that could not be paid is given all the same. */
  graceDays: number;
  /** What is not goes on where it was bought. */
  onSale: boolean;
  /** Grows with every edit; the ETag. */
  version: number;
}

/** A price from an instant on, VAT included. */
export interface ServicePrice {
  currency: Currency;
  validFrom: Date;
  priceMicros: Micros;
}

/** Who buys. The operator's staff sells wherever a service is sold; accounts only where it lets them. */
export type Buyer = 'account' | 'staff';

export type SaleRefusal = 'service_not_on_sale' | 'service_not_sold_here' | 'service_not_self_service';

export function isSoldIn({ kind, onSale, soldIn }: Service, country: string): boolean {
  return kind !== 'messaging' && onSale && (soldIn === null || soldIn.includes(country));
}

/** Why a service is not sold to an account of a country; null when it is. */
export function saleRefusal(service: Service, country: string, buyer: Buyer): SaleRefusal | null {
  if (service.kind === 'messaging' || !service.onSale) return 'service_not_on_sale';
  if (!isSoldIn(service, country)) return 'service_not_sold_here';
  const mayBuyItself = service.selfServiceIn === null || service.selfServiceIn.includes(country);
  return buyer === 'account' && !mayBuyItself ? 'service_not_self_service' : null;
}
