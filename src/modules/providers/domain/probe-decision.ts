import type { SystemPause } from './provider.js';

/** What a provider said when it was asked; the words of the provider port, as far as they matter here. */
export type ProbeAnswer =
  | { kind: 'accepted'; balance: { amount: string } | null }
  | { kind: 'refused' | 'unclear'; code: string };

/** A provider of which nothing can be asked: only a message tells more, and a refusal of it costs nothing. */
export const NOT_ASKABLE = 'not_askable';

/** Whether what a provider was paused for is over. */
export function isOver(reason: SystemPause, answer: ProbeAnswer): boolean {
  if (answer.kind !== 'accepted') return answer.kind === 'unclear' && answer.code === NOT_ASKABLE;
  return reason === 'credentials_refused' || answer.balance === null || isPositive(answer.balance.amount);
}

/** Of a decimal string; zero and what is owed are not. */
function isPositive(amount: string): boolean {
  return !amount.startsWith('-') && /[1-9]/.test(amount);
}
