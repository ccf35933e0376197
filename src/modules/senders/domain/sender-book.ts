import type { MessageSource } from '../../../kernel/message-sources.js';
import { SenderRates } from './sender-rates.js';

/** Approved names of an account, with their countries; `*` is any country. */
export type ApprovedNames = ReadonlyMap<string, ReadonlySet<string>>;
export const ANY_COUNTRY = '*';

/** What messages of one account and source may show. */
export interface SenderRules {
  /** The one sender they show, whatever the caller asks for; null: the caller's choice. */
  fixed: string | null;
  /** Whether a number of this country (null: of none) may be shown this sender. */
  allows(sender: string, country: string | null): boolean;
  /** The number of the rate that the sender is under for numbers of this country; 0: none. */
  rateOf(sender: string, country: string | null): number;
}

/**
 * Who may be shown as the sender: everybody the platform's standard one; beside it an account what was approved for the recipient's
 * country or for any. Sources that the platform fixed show the fixed one alone.
 */
export class SenderBook {
  constructor(
    private readonly standard: string,
    private readonly fixed: ReadonlyMap<string, string | null>,
    private readonly approved: ReadonlyMap<string, ApprovedNames>,
    private readonly rates = new SenderRates([]),
  ) {}

  rules(accountId: string, source: MessageSource): SenderRules {
    const fixed = this.fixedFor(source);
    const rateOf: SenderRules['rateOf'] = (sender, country) => this.rates.of({ accountId, source, sender, country });
    if (fixed !== null) return { fixed, allows: (sender) => sender === fixed, rateOf };
    const names = this.approved.get(accountId);
    return {
      fixed,
      allows: (sender, country) => sender === this.standard || isApproved(names?.get(sender), country),
      rateOf,
    };
  }

  /** Why no message of the account and source may show it, whatever the country; null when some may. */
  refusalOf(accountId: string, source: MessageSource, sender: string): 'sender_fixed' | 'sender_not_allowed' | null {
    const fixed = this.fixedFor(source);
    if (fixed !== null) return sender === fixed ? null : 'sender_fixed';
    if (sender === this.standard || this.approved.get(accountId)?.has(sender)) return null;
    return 'sender_not_allowed';
  }

  private fixedFor(source: MessageSource): string | null {
    const fixed = this.fixed.get(source);
    return fixed === undefined ? null : (fixed ?? this.standard);
  }
}

function isApproved(countries: ReadonlySet<string> | undefined, country: string | null): boolean {
  if (!countries) return false;
  return countries.has(ANY_COUNTRY) || (country !== null && countries.has(country));
}
