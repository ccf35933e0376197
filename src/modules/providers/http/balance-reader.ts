import type { ProviderBalance } from '../sms-provider.js';
import type { HttpAnswer } from './answer-reader.js';
import type { BalanceSettings } from './http-settings.js';
import { parseLosslessJson } from './lossless-json.js';
import { sourceReader } from './source-reader.js';

/** Null for an answer that names no amount: an error in the words of the provider, or a page of a proxy. */
export function readBalance({ amount, currency }: BalanceSettings, answer: HttpAnswer): ProviderBalance | null {
  if (answer.status < 200 || answer.status > 299) return null;
  const root = parse(answer.text);
  const spoken = { text: answer.text, root, item: root, headers: answer.headers };
  const found = sourceReader(amount)(spoken, {})?.replace(',', '.') ?? '';
  const unit = sourceReader(currency)(spoken, {});
  if (!/^-?\d{1,15}(\.\d{1,12})?$/.test(found) || unit === null) return null;
  return { amount: found, currency: unit };
}

function parse(text: string): unknown {
  try {
    return parseLosslessJson(text);
  } catch {
    return undefined;
  }
}
