import type { MessageSource } from '../../../kernel/message-sources.js';
import type { Micros, Money } from '../../../kernel/money.js';
import type { SmsEncoding } from '../../../kernel/sms-parts.js';
import type { WeeklyWindow } from '../../../kernel/time-window.js';
import type { DeliveryPolicy, Lane, MessageState } from './message.js';

export type SendingWindow = WeeklyWindow;

/** `any`: as it is; `transliterate`: made cheap where that is possible; `refuse`: blocked (`alphabet`) unless it is GSM-7. */
export type AlphabetPolicy = 'any' | 'transliterate' | 'refuse';

export { MESSAGE_SOURCES, type MessageSource } from '../../../kernel/message-sources.js';

/** A text that was rendered and counted before, such as by a campaign's quote; it is sent exactly as it stands. */
export interface PreparedText {
  body: string;
  encoding: SmsEncoding;
  parts: number;
}

/** One recipient. Exactly one of `text`, `templateId` and `prepared`. */
export interface AcceptItem {
  /** As it was written; normalised here, with `country` (ISO code), else the account's, for national spellings. */
  to: string;
  country?: string;
  text?: string;
  templateId?: string;
  variables?: Record<string, string>;
  prepared?: PreparedText;
  /** Absent: what the platform fixed for the source, else the account's default sender. */
  sender?: string;
  /** The caller's own words, echoed; 1–255 characters. */
  reference?: string;
  /** The portal's own id, unique per account; 1–255 characters. */
  externalId?: string;
  /** `missing` blocks the item: `no_consent`. Absent: the caller answers for it. */
  consent?: 'given' | 'missing' | 'not_required';
  /** Price of the whole message, locked by a quote. Absent: parts × the tariff's price now. */
  priceMicros?: Micros;
}

export type OnInsufficientFunds = 'partial' | 'reject' | 'wait';

/** A batch: everything that sends comes as one of these. At most {@link MAX_ITEMS} items. */
export interface AcceptRequest {
  accountId: string;
  source: MessageSource;
  lane: Lane;
  items: AcceptItem[];
  groupId?: string;
  /** Items draw from it instead of the wallet. */
  reservationId?: string;
  /** Absent or past: now; what people ask for ({@link isLongPast}) is refused. At most a year ahead. */
  dueAt?: Date;
  /** From `dueAt`; 1 minute to 7 days. Absent: 24 hours (codes: 10 minutes) from when it may leave. */
  validitySeconds?: number;
  /**
   * What becomes of items that cannot be paid: blocked; blocked with all the others; or waiting for funds while they are valid, which
   * items of a reservation and codes never do. Absent: as the account chose.
   */
  onInsufficientFunds?: OnInsufficientFunds;
  /** A window of this batch, on top of the provider's, the account's and the group's. */
  window?: WeeklyWindow;
  /** A closed window at the due time: wait for the opening (default), or `blocked` (`window`). */
  windowAction?: 'wait' | 'drop';
  /** Default `at_most_once`. */
  deliveryPolicy?: DeliveryPolicy;
  /** Default: the template's, else `any`. */
  alphabetPolicy?: AlphabetPolicy;
}

/** What became of one item, in request order. */
export interface AcceptedItem {
  index: number;
  /** Of the message row; refused items have one, too. */
  id: string;
  status: Extract<MessageState, 'queued' | 'scheduled' | 'waiting_funds' | 'blocked'>;
  /** Why not (`blocked`), or why later (`window`, `no_funds`). */
  code?: BlockReason;
  /** Digits where the number could be read, else as it was written. */
  to: string;
  parts?: number;
  encoding?: SmsEncoding;
  price?: Money;
  dueAt?: Date;
  reference?: string;
  externalId?: string;
}

export interface AcceptResult {
  items: AcceptedItem[];
  /** Items that were queued, scheduled, or wait for funds. */
  accepted: number;
  /** What the wallet lacked to pay for the items that are blocked, or wait, for want of funds; null when there are none. */
  shortfall: Money | null;
}

/** Why an item was refused; stable codes, part of the API. */
export const BLOCK_REASONS = [
  'invalid_number',
  'not_mobile',
  'no_consent',
  'opted_out',
  'duplicate',
  'external_id_taken',
  'sender_not_allowed',
  'sender_fixed',
  'template_not_found',
  'missing_variables',
  'empty_text',
  'alphabet',
  'too_long',
  'no_route',
  'no_tariff',
  'window',
  'capped',
  'country_capped',
  'account_capped',
  'no_funds',
] as const;
export type BlockReason = (typeof BLOCK_REASONS)[number];

/** Most items of one call. */
export const MAX_ITEMS = 1_000;

/** What a batch would cost and lead to, worked out by the pure steps; nothing is written or held. */
export interface QuoteResult {
  items: QuotedItem[];
  /** Of the items that would be accepted. */
  total: Money;
  messages: number;
  parts: number;
  /** Messages by their number of parts. */
  partsHistogram: Record<number, number>;
  /** Messages that travel as UCS-2, and the characters that forced it, most frequent first. */
  ucs2: { messages: number; forcedBy: string[] };
  /** Items that would be refused, by reason. */
  skipped: Partial<Record<BlockReason, number>>;
}

export interface QuotedItem {
  index: number;
  /** Digits where the number could be read. */
  to: string;
  /** ISO code of the number; null for numbers without a country and for what is no number. */
  country: string | null;
  code?: BlockReason;
  /** Pass it to accept as it is, with `priceMicros`: what was quoted is what leaves. */
  prepared?: PreparedText;
  priceMicros?: Micros;
}
