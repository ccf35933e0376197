/**
 * `draft` (editable) → `quoting` → `quoted` (texts and prices are snapshotted) → `running` ⇄ `paused` → `sent` (every recipient was
 * handed to messages, or skipped with a reason). `cancelled` from anywhere but `sent`.
 */
export const CAMPAIGN_STATES = ['draft', 'quoting', 'quoted', 'running', 'paused', 'sent', 'cancelled'] as const;
export type CampaignState = (typeof CAMPAIGN_STATES)[number];

/** What a campaign would become and cost, as it was worked out. Amounts as decimal strings: it is stored and shown as it is. */
export interface CampaignQuote {
  recipients: number;
  messages: number;
  parts: number;
  partsHistogram: Record<string, number>;
  ucs2Messages: number;
  forcedBy: string[];
  skipped: Record<string, number>;
  countries: Record<string, number>;
  total: { amount: string; currency: string };
}
