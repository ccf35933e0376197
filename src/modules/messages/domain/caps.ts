import { block, type MessageDraft } from './message-draft.js';

/** Most messages that one account may send to one number within {@link CAP_HOURS}: far above any use, far below a flood. */
export const MAX_PER_NUMBER = 100;
export const CAP_HOURS = 24;

/**
 * Blocks (`capped`) what goes past the cap, in request order. `sent` tells how many messages a number was sent lately, absent
 * is none; the drafts themselves are counted on top. A guard against loops and floods, not against a race of two calls.
 */
export function capMessages(drafts: Iterable<MessageDraft>, sent: Map<string, number>): void {
  for (const draft of drafts) {
    if (draft.state === 'blocked') continue;
    const count = (sent.get(draft.recipient) ?? 0) + 1;
    if (count > MAX_PER_NUMBER) block(draft, 'capped');
    else sent.set(draft.recipient, count);
  }
}

/** What is counted together: one-time codes, of which fraud makes floods to dear countries, and everything else. */
export const CAPPED_TRAFFIC = ['codes', 'messages'] as const;
export type CappedTraffic = (typeof CAPPED_TRAFFIC)[number];

/** A cap's country: an ISO code, each other country by itself, or all countries together. */
export const EACH_COUNTRY = 'each';
export const ALL_COUNTRIES = 'all';
/** Numbers that belong to no country are counted as if they belonged to one of their own. */
const NO_COUNTRY = '--';

/** Most messages of one account and kind of traffic on one day (UTC). */
export interface SendCap {
  /** null: every account that has none of its own. */
  accountId: string | null;
  traffic: CappedTraffic;
  country: string;
  maxPerDay: number;
}

/** One counter: an account's messages of one kind on one day, to a country or to all. */
export interface CapCounter {
  accountId: string;
  traffic: CappedTraffic;
  country: string;
}

/** Which caps are in force. An account's own goes before the one for all, a country's before the one for each. */
export class CapBook {
  private readonly caps: ReadonlyMap<string, number>;

  constructor(caps: readonly SendCap[]) {
    this.caps = new Map(caps.map((cap) => [key(cap.accountId, cap.traffic, cap.country), cap.maxPerDay]));
  }

  /** The counters that a message to this country is counted by; none where no cap is in force. */
  countersOf(accountId: string, traffic: CappedTraffic, country: string | null): CapCounter[] {
    if (this.caps.size === 0) return [];
    const counters = [ALL_COUNTRIES, country ?? NO_COUNTRY].map((name) => ({ accountId, traffic, country: name }));
    return counters.filter((counter) => this.limitOf(counter) !== null);
  }

  limitOf({ accountId, traffic, country }: CapCounter): number | null {
    const names = country === ALL_COUNTRIES ? [ALL_COUNTRIES] : [country, EACH_COUNTRY];
    for (const account of [accountId, null]) {
      for (const name of names) {
        const limit = this.caps.get(key(account, traffic, name));
        if (limit !== undefined) return limit;
      }
    }
    return null;
  }
}

/** A draft with the counters of its caps. */
export interface CappedDraft {
  draft: MessageDraft;
  counters: readonly CapCounter[];
}

/** Blocks (`account_capped`, `country_capped`) what goes past a cap, in request order. `sent` is by {@link counterKey}, and grows. */
export function capByCounters(drafts: readonly CappedDraft[], book: CapBook, sent: Map<string, number>): void {
  for (const { draft, counters } of drafts) {
    const full = counters.find((counter) => (sent.get(counterKey(counter)) ?? 0) >= book.limitOf(counter)!);
    if (full) {
      block(draft, full.country === ALL_COUNTRIES ? 'account_capped' : 'country_capped');
      continue;
    }
    for (const one of counters.map(counterKey)) sent.set(one, (sent.get(one) ?? 0) + 1);
  }
}

export function counterKey({ accountId, traffic, country }: CapCounter): string {
  return key(accountId, traffic, country);
}

const key = (accountId: string | null, traffic: string, country: string): string =>
  `${accountId} ${traffic} ${country}`;
