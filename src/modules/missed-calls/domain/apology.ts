import type { Msisdn } from '../../../kernel/msisdn.js';
import { daily } from '../../../kernel/time-window.js';
import type { CallEvent } from './call-event.js';

/** Apologies go out 9:00–20:00 Moscow time, whoever sends them: a guard of the service that carries them. */
export const APOLOGY_WINDOW = daily('09:00', '20:00', 'Europe/Moscow');

/** Why a call gets no apology. Stable codes, shown with the call. */
export const SKIP_REASONS = [
  'not_inbound',
  'not_lost',
  'withheld',
  'invalid_number',
  'landline',
  'apologies_not_included',
  'sales_tools_missing',
  'no_rule',
] as const;
export type SkipReason = (typeof SKIP_REASONS)[number];

/** Why an account may not have apologies: its tariff, or what it bought, does not include them; or the option that they need. */
export type LackingRight = Extract<SkipReason, 'apologies_not_included' | 'sales_tools_missing'>;

export function lackingRight(features: ReadonlySet<string>): LackingRight | null {
  if (!features.has('missed_call_apologies')) return 'apologies_not_included';
  return features.has('sales_tools') ? null : 'sales_tools_missing';
}

/** Whether a call earns an apology, by the call alone: only incoming, only lost, only to a mobile number that is known. */
export function reasonToSkip(event: CallEvent, caller: Msisdn | null): SkipReason | null {
  if (event.direction !== 'inbound') return 'not_inbound';
  if (event.outcome !== 'lost') return 'not_lost';
  if (event.caller === null) return 'withheld';
  if (!caller) return 'invalid_number';
  return caller.type === 'fixed' ? 'landline' : null;
}
