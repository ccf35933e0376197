import { formatMicros } from '../../../kernel/money.js';
import type { CampaignQuote } from './campaign-states.js';

const MAX_FORCED_BY = 10;

/** Sums up a quote page by page. */
export class QuoteTally {
  private micros = 0n;
  private currency = '';
  private readonly forcedBy = new Set<string>();
  private readonly quote: Omit<CampaignQuote, 'total' | 'forcedBy'> = {
    recipients: 0,
    messages: 0,
    parts: 0,
    partsHistogram: {},
    ucs2Messages: 0,
    skipped: {},
    countries: {},
  };

  skip(reason: string, count = 1): void {
    if (count === 0) return;
    this.quote.recipients += count;
    this.quote.skipped[reason] = (this.quote.skipped[reason] ?? 0) + count;
  }

  message(country: string, { parts, encoding }: { parts: number; encoding: string }, priceMicros: bigint): void {
    this.quote.recipients++;
    this.quote.messages++;
    this.quote.parts += parts;
    this.quote.partsHistogram[parts] = (this.quote.partsHistogram[parts] ?? 0) + 1;
    if (encoding === 'ucs2') this.quote.ucs2Messages++;
    this.quote.countries[country] = (this.quote.countries[country] ?? 0) + 1;
    this.micros += priceMicros;
  }

  page({ currency, forcedBy }: { currency: string; forcedBy: readonly string[] }): void {
    this.currency = currency;
    for (const character of forcedBy) if (this.forcedBy.size < MAX_FORCED_BY) this.forcedBy.add(character);
  }

  get totalMicros(): bigint {
    return this.micros;
  }

  result(fallbackCurrency: string): CampaignQuote {
    return {
      ...this.quote,
      forcedBy: [...this.forcedBy],
      total: { amount: formatMicros(this.micros), currency: this.currency || fallbackCurrency },
    };
  }
}
