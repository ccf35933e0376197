/** How much may leave under one sender in a second, over all links. */
export interface SenderRate {
  /** Never 0, and never given to another. */
  number: number;
  /** Whose it is; null: what the platform fixed for `source`. */
  accountId: string | null;
  sender: string | null;
  /** Of the recipients; null: of every country. */
  country: string | null;
  source: string | null;
  perSecond: number;
}

/** What a message shows, and to whom. */
export interface ShownSender {
  accountId: string;
  source: string;
  sender: string;
  country: string | null;
}

/** The number of no rate. */
export const UNPACED = 0;

/**
 * Which rate a message is under: that of the sender which the platform fixed for its source; or else its account's for this sender and
 * the recipient's country, or else for this sender everywhere. Most senders have none.
 */
export class SenderRates {
  private readonly numbered = new Map<number, SenderRate>();
  private readonly keyed = new Map<string, SenderRate>();

  constructor(rates: readonly SenderRate[]) {
    for (const rate of rates) {
      this.numbered.set(rate.number, rate);
      this.keyed.set(rate.source === null ? nameKey(rate.accountId!, rate.sender!, rate.country) : rate.source, rate);
    }
  }

  get(number: number): SenderRate | undefined {
    return number === UNPACED ? undefined : this.numbered.get(number);
  }

  /** The number of the rate that a message is under. */
  of({ accountId, source, sender, country }: ShownSender): number {
    if (this.keyed.size === 0) return UNPACED;
    const rate =
      this.keyed.get(source) ??
      this.keyed.get(nameKey(accountId, sender, country)) ??
      this.keyed.get(nameKey(accountId, sender, null));
    return rate?.number ?? UNPACED;
  }
}

/** What the rate is called among all rates of all workers. No sender has a colon. */
export function gateOf({ accountId, sender, country, source }: SenderRate): string {
  return source === null ? `sender:${nameKey(accountId!, sender!, country)}` : `sender:fixed:${source}`;
}

function nameKey(accountId: string, sender: string, country: string | null): string {
  return `${accountId}:${sender}:${country ?? '*'}`;
}
