import type { Currency, Micros } from '../../../kernel/money.js';
import type { SmsEncoding } from '../../../kernel/sms-parts.js';
import type { AcceptedItem, BlockReason } from './accept-request.js';
import type { ChargePolicy } from './message.js';

/** A message on its way through accept: filled in step by step, written once. */
export interface MessageDraft {
  id: string;
  /** Position in the request. */
  index: number;
  /** Digits, or what was written where that is no number. */
  recipient: string;
  country: string | null;
  sender: string;
  body: string | null;
  encoding: SmsEncoding | null;
  /** 0 until there is a text. */
  parts: number;
  /** Of the whole message; 0 until there is a price. */
  priceMicros: Micros;
  /** Of the price: the tariff's, the account's until there is one. */
  currency: Currency;
  charge: (ChargePolicy & { tariffId: string }) | null;
  providerId: string | null;
  /** The number of the rate that its sender is under; 0: none. */
  pacedBy: number;
  dueAt: Date;
  /** Not before this, where an opening is waited for; null: as soon as there is one. */
  notBefore: Date | null;
  validUntil: Date;
  state: 'queued' | 'scheduled' | 'waiting_funds' | 'blocked';
  /** Why it is blocked or waits: `window`, `no_funds`. */
  reason: BlockReason | null;
  walletId: string | null;
  holdEntryId: string | null;
  reference: string | null;
  externalId: string | null;
}

/** Refuses a draft. The first reason stays. */
export function block(draft: MessageDraft, reason: BlockReason): void {
  if (draft.state === 'blocked') return;
  draft.state = 'blocked';
  draft.reason = reason;
}

/** Whether it goes into the queue: it is paid for. */
export function isQueued({ state }: MessageDraft): boolean {
  return state === 'queued' || state === 'scheduled';
}

/** What the caller is told about a draft. */
export function toAcceptedItem(draft: MessageDraft): AcceptedItem {
  const item: AcceptedItem = { index: draft.index, id: draft.id, status: draft.state, to: draft.recipient };
  if (draft.reason) item.code = draft.reason;
  if (draft.reference !== null) item.reference = draft.reference;
  if (draft.externalId !== null) item.externalId = draft.externalId;
  if (draft.state === 'blocked') return item;
  item.parts = draft.parts;
  item.encoding = draft.encoding!;
  item.price = { micros: draft.priceMicros, currency: draft.currency };
  item.dueAt = draft.dueAt;
  return item;
}
