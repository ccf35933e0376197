import { measure } from '../../../kernel/sms-parts.js';
import type { Currency } from '../../../kernel/money.js';
import type { QuotedItem, QuoteResult } from './accept-request.js';
import type { MessageDraft } from './message-draft.js';

/** Characters that are named as the cause of UCS-2. */
const MAX_CAUSES = 20;

/** Sums planned drafts up. `currency` is that of an empty total. */
export function toQuote(drafts: readonly MessageDraft[], currency: Currency): QuoteResult {
  const result: QuoteResult = emptyQuote(drafts[0]?.currency ?? currency);
  const causes = new Map<string, number>();
  for (const draft of drafts) {
    result.items.push(toQuotedItem(draft));
    if (draft.state === 'blocked') {
      result.skipped[draft.reason!] = (result.skipped[draft.reason!] ?? 0) + 1;
      continue;
    }
    result.total = { micros: result.total.micros + draft.priceMicros, currency: draft.currency };
    result.messages++;
    result.parts += draft.parts;
    result.partsHistogram[draft.parts] = (result.partsHistogram[draft.parts] ?? 0) + 1;
    if (draft.encoding !== 'ucs2') continue;
    result.ucs2.messages++;
    for (const cause of measure(draft.body!).forcedBy) causes.set(cause, (causes.get(cause) ?? 0) + 1);
  }
  result.ucs2.forcedBy = [...causes]
    .sort((a, b) => b[1] - a[1])
    .slice(0, MAX_CAUSES)
    .map(([cause]) => cause);
  return result;
}

/** A quote of nothing. */
function emptyQuote(currency: Currency): QuoteResult {
  return {
    items: [],
    total: { micros: 0n, currency },
    messages: 0,
    parts: 0,
    partsHistogram: {},
    ucs2: { messages: 0, forcedBy: [] },
    skipped: {},
  };
}

function toQuotedItem({
  index,
  recipient,
  country,
  state,
  reason,
  body,
  encoding,
  parts,
  priceMicros,
}: MessageDraft): QuotedItem {
  if (state === 'blocked') return { index, to: recipient, country, code: reason! };
  return { index, to: recipient, country, prepared: { body: body!, encoding: encoding!, parts }, priceMicros };
}
