import { IdSequence } from '../../../kernel/ids.js';
import type { Currency, Micros } from '../../../kernel/money.js';
import { parseMsisdn } from '../../../kernel/msisdn.js';
import { MAX_PARTS } from '../../../kernel/sms-parts.js';
import type { WeeklyHours, WeeklyWindow } from '../../../kernel/time-window.js';
import type { AcceptItem, AcceptRequest } from './accept-request.js';
import { block, type MessageDraft } from './message-draft.js';
import type { ChargePolicy, Lane } from './message.js';
import { recipientWindow } from './recipient-hours.js';
import { TextStep, type RenderableText } from './text-step.js';
import { type Timing, timing, type TimingRules } from './timing.js';

/** What a plan is made from: snapshots, a few seconds old at most. Nothing here is asked anything that takes time. */
export interface PlanContext {
  now: Date;
  account: {
    id: string;
    country: string;
    currency: Currency;
    defaultSender: string;
    sendingWindow: WeeklyWindow | null;
    recipientHours: WeeklyHours | null;
    onInsufficientFunds: 'partial' | 'wait';
  };
  senders: PlannedSenders;
  groupWindow: WeeklyWindow | null;
  templates: ReadonlyMap<string, RenderableText>;
  routes: { pick(digits: string, lane: Lane): { providerId: string } | null };
  providers: ReadonlyMap<string, PlannedProvider>;
  prices: { quote(accountId: string, digits: string, traffic: 'platform' | 'own'): PlannedPrice | null };
}

/** What messages of the account and source may show as their sender. */
export interface PlannedSenders {
  /** The one that the platform fixed, whatever is asked for. */
  fixed: string | null;
  allows(sender: string, country: string | null): boolean;
  /** The number of the rate that it is under; 0: none. */
  rateOf(sender: string, country: string | null): number;
}

export interface PlannedProvider {
  /** Null: the operator's own. */
  ownerAccountId: string | null;
  sendingWindow: WeeklyWindow | null;
  senderPolicy: { kind: 'any' } | { kind: 'listed'; senders: string[] } | { kind: 'fixed'; sender: string };
}

export interface PlannedPrice extends ChargePolicy {
  priceMicrosPerPart: Micros;
  currency: Currency;
  tariffId: string;
}

/** Where messages to a number go, and what a part costs there; without a price nothing is sent. */
export interface Way {
  providerId: string;
  provider: PlannedProvider;
  price: PlannedPrice | null;
}

const MAX_UNREADABLE_LENGTH = 64;

/**
 * First half of the pure steps: an id and a readable number for every item. After it the caller looks up who opted out, and
 * goes on with {@link planMessages}.
 */
export function draftMessages(request: AcceptRequest, { now, account, senders }: PlanContext): MessageDraft[] {
  const ids = new IdSequence(now);
  return request.items.map((item, index) => {
    const draft: MessageDraft = {
      id: ids.next(),
      index,
      recipient: '',
      country: null,
      sender: item.sender ?? senders.fixed ?? account.defaultSender,
      body: null,
      encoding: null,
      parts: 0,
      priceMicros: 0n,
      currency: account.currency,
      charge: null,
      providerId: null,
      pacedBy: 0,
      dueAt: request.dueAt ?? now,
      notBefore: null,
      validUntil: request.dueAt ?? now,
      state: 'queued',
      reason: null,
      walletId: null,
      holdEntryId: null,
      reference: item.reference ?? null,
      externalId: item.externalId ?? null,
    };
    readNumber(draft, item, account.country);
    return draft;
  });
}

function readNumber(draft: MessageDraft, item: AcceptItem, accountCountry: string): void {
  const number = parseMsisdn(item.to, item.country ?? accountCountry);
  if (!number.ok) {
    draft.recipient = item.to.trim().slice(0, MAX_UNREADABLE_LENGTH) || '?';
    return block(draft, 'invalid_number');
  }
  draft.recipient = number.digits;
  draft.country = number.country || null;
  if (number.type === 'fixed') block(draft, 'not_mobile');
}

/** The way of a readable number; null: no route leads there. */
export function findWay(
  { recipient }: MessageDraft,
  { lane }: AcceptRequest,
  { account, routes, providers, prices }: PlanContext,
): Way | null {
  const picked = routes.pick(recipient, lane);
  const provider = picked && providers.get(picked.providerId);
  if (!provider) return null;
  const price = prices.quote(account.id, recipient, provider.ownerAccountId === null ? 'platform' : 'own');
  return { providerId: picked.providerId, provider, price };
}

/**
 * Second half: consent, text, sender, route, price and time, in this order; the first reason against an item stays. Drafts are
 * completed in place. `ways` has the way of each.
 */
export function planMessages(
  request: AcceptRequest,
  drafts: readonly MessageDraft[],
  ways: readonly (Way | null)[],
  context: PlanContext,
  optedOut: ReadonlySet<string>,
): void {
  const planner = new Planner(request, context, optedOut);
  drafts.forEach((draft, at) => planner.plan(draft, request.items[draft.index]!, ways[at]!));
}

class Planner {
  private readonly text: TextStep;
  private readonly rules: TimingRules;
  private readonly timings = new Map<string, Timing | null>();
  private readonly seen = new Set<string>();

  constructor(
    private readonly request: AcceptRequest,
    private readonly context: PlanContext,
    private readonly optedOut: ReadonlySet<string>,
  ) {
    const { now, account, groupWindow } = context;
    const { dueAt, lane, validitySeconds, window, windowAction } = request;
    this.text = new TextStep(context.templates, request.alphabetPolicy);
    this.rules = {
      lane,
      now,
      wanted: dueAt && dueAt > now ? dueAt : now,
      validitySeconds: validitySeconds ?? null,
      windowAction: windowAction ?? 'wait',
      windows: [groupWindow, window].filter((one) => one !== null && one !== undefined),
      accountWindow: account.sendingWindow,
    };
  }

  plan(draft: MessageDraft, item: AcceptItem, way: Way | null): void {
    this.checkConsent(draft, item);
    this.text.write(draft, item);
    if (draft.parts > MAX_PARTS) block(draft, 'too_long');
    this.checkDuplicate(draft);
    this.checkSender(draft);
    if (draft.state === 'blocked') return;
    if (!way) return block(draft, 'no_route');
    this.route(draft, way);
    this.price(draft, item, way);
    this.time(draft);
  }

  private checkConsent(draft: MessageDraft, { consent }: AcceptItem): void {
    if (consent === 'missing') block(draft, 'no_consent');
    if (this.request.lane !== 'otp' && this.optedOut.has(draft.recipient)) block(draft, 'opted_out');
  }

  private checkDuplicate(draft: MessageDraft): void {
    if (draft.state === 'blocked' || this.request.items.length === 1) return;
    const key = `${draft.recipient} ${draft.body}`;
    if (this.seen.has(key)) block(draft, 'duplicate');
    else this.seen.add(key);
  }

  private checkSender(draft: MessageDraft): void {
    const { senders } = this.context;
    if (senders.fixed !== null && draft.sender !== senders.fixed) block(draft, 'sender_fixed');
    else if (!senders.allows(draft.sender, draft.country)) block(draft, 'sender_not_allowed');
  }

  private route(draft: MessageDraft, { providerId, provider: { senderPolicy } }: Way): void {
    draft.providerId = providerId;
    if (senderPolicy.kind === 'fixed') draft.sender = senderPolicy.sender;
    if (senderPolicy.kind === 'listed' && !senderPolicy.senders.includes(draft.sender))
      block(draft, 'sender_not_allowed');
    draft.pacedBy = this.context.senders.rateOf(draft.sender, draft.country);
  }

  private price(draft: MessageDraft, item: AcceptItem, { provider, price: quote }: Way): void {
    if (draft.state === 'blocked') return;
    if (!quote) return block(draft, 'no_tariff');
    draft.currency = quote.currency;
    const isOwn = provider.ownerAccountId !== null;
    const price = quote.priceMicrosPerPart * BigInt(draft.parts);
    // A locked price holds, but who pays its own provider does not pay ours as well.
    draft.priceMicros =
      item.priceMicros === undefined || (isOwn && price < item.priceMicros) ? price : item.priceMicros;
    const { tariffId, chargeOn, refundUndelivered } = quote;
    draft.charge = { tariffId, chargeOn, refundUndelivered };
  }

  private time(draft: MessageDraft): void {
    if (draft.state === 'blocked') return;
    const at = this.timingAt(draft);
    if (!at) return block(draft, 'window');
    draft.dueAt = at.dueAt;
    draft.validUntil = at.validUntil;
    if (at.dueAt > this.rules.now) draft.state = 'scheduled';
    if (!at.waits) return;
    draft.reason = 'window';
    if (this.rules.wanted > this.rules.now) draft.notBefore = this.rules.wanted;
  }

  private timingAt({ providerId, country }: MessageDraft): Timing | null {
    const { account, providers } = this.context;
    const hours = this.request.lane === 'otp' ? null : account.recipientHours;
    const key = hours ? `${providerId} ${country}` : providerId!;
    let at = this.timings.get(key);
    if (at === undefined) {
      const recipient = hours && recipientWindow(hours, country);
      at = timing(this.rules, providers.get(providerId!)!.sendingWindow, recipient);
      this.timings.set(key, at);
    }
    return at;
  }
}
