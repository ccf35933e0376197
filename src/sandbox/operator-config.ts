import type { Outcome, Shares } from './behaviour.js';

export interface DelayRange {
  minMs: number;
  maxMs: number;
}

/** How the sandbox operator behaves. Everything that is random is drawn from `seed`. */
export interface OperatorConfig {
  host: string;
  /** 0: any free port. */
  port: number;
  controlPort: number;
  systemId: string;
  password: string;
  /** Further system ids with their passwords. Each is a customer of its own, with its own sessions and reports. */
  moreSystemIds: Record<string, string>;
  /** Sessions of one system id at once; a further one is answered "already bound". 0: any number. */
  maxBinds: number;
  answerDelay: DelayRange;
  reportDelay: DelayRange;
  /** Shares of numbers by outcome, decided by the number alone: see `outcomeOf`. */
  shares: Shares;
  /** Outcome by the last digits of a number; goes before the shares, the longest match first. */
  suffixes: Record<string, Outcome>;
  /** More in a sliding second are answered "throttled", per session. 0: any number. */
  submitsPerSecond: number;
  /** First message id; they count up from it. Decimal, of any length. Null: from the clock, so that restarts do not repeat. */
  firstMessageId: string | null;
  answerIds: 'decimal' | 'hex';
  reportIds: 'decimal' | 'hex';
  /** Where a report says what it says. */
  reportBy: 'tlv' | 'text' | 'both';
  /** Unanswered reports per session. */
  reportWindow: number;
  /** Append-only record of every submit and report, one JSON object a line. */
  logFile: string | null;
  /** Messages the phones remember, the newest; the log remembers all. */
  inboxLimit: number;
  seed: number;
}

export const DEFAULT_OPERATOR_CONFIG: OperatorConfig = {
  host: '127.0.0.1',
  port: 0,
  controlPort: 0,
  systemId: 'kabinet',
  password: 'sandbox',
  moreSystemIds: {},
  maxBinds: 0,
  answerDelay: { minMs: 0, maxMs: 0 },
  reportDelay: { minMs: 20, maxMs: 200 },
  shares: {},
  suffixes: {},
  submitsPerSecond: 0,
  firstMessageId: null,
  answerIds: 'decimal',
  reportIds: 'decimal',
  reportBy: 'both',
  reportWindow: 200,
  logFile: null,
  inboxLimit: 100_000,
  seed: 1,
};

/** Lays a JSON object over the defaults. @throws Error for keys that do not exist and values of another type. */
export function readOperatorConfig(json: string): OperatorConfig {
  const given = JSON.parse(json) as Record<string, unknown>;
  for (const [key, value] of Object.entries(given)) {
    const known = DEFAULT_OPERATOR_CONFIG[key as keyof OperatorConfig];
    if (!(key in DEFAULT_OPERATOR_CONFIG)) throw new Error(`unknown setting of the sandbox operator: ${key}`);
    if (known !== null && value !== null && typeof value !== typeof known)
      throw new Error(`setting of the sandbox operator is not a ${typeof known}: ${key}`);
  }
  return { ...DEFAULT_OPERATOR_CONFIG, ...given };
}
