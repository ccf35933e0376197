import type { ProviderCapabilities, StatusAnswer, StatusQuery } from '../sms-provider.js';
import type { HttpAnswer } from './answer-reader.js';
import type { HttpSettings } from './http-settings.js';
import type { BuiltRequest } from './request-builder.js';

/** What the API of a known company can do that a description cannot say. */
export interface HttpTraits {
  kind: string;
  statuses?: StatusAsker;
  /** What is done to a request that is built, such as signing it. */
  finish?(request: BuiltRequest, secrets: AskContext['secrets']): BuiltRequest;
  /** Requests bear the time of the provider's clock: asked for before the first, and every minute. */
  clock?: PeerClock;
}

/** How the provider's time is asked for. */
export interface PeerClock {
  request(context: AskContext): BuiltRequest;
  /** Null for what is no time. */
  read(answer: HttpAnswer): Date | null;
}

/** How the states of messages are asked for. */
export interface StatusAsker {
  /** Messages that one request may ask about. */
  most: number;
  /** Also without an id of theirs. */
  byReference?: boolean;
  /** Null: the API can say nothing about these. Throws UnwritableRequestError. */
  request(queries: readonly StatusQuery[], context: AskContext): BuiltRequest | null;
  /** One answer for each query, in their order. */
  read(answer: HttpAnswer, queries: readonly StatusQuery[], receivedAt: Date): StatusAnswer[];
}

export interface AskContext {
  settings: HttpSettings;
  secrets: Readonly<Record<string, string>>;
  now: Date;
}

export function capabilitiesOf(settings: HttpSettings, traits: HttpTraits): ProviderCapabilities {
  const { request, reports, balance, limits } = settings;
  const statusQuery = traits.statuses !== undefined;
  return {
    requestUnit: request.unit,
    maxBatch: Math.min(request.batch?.most ?? 1, limits.maxBatch),
    maxPartUnits: { gsm7: 153, ucs2: 67 },
    statusQuery,
    askedByReference: traits.statuses?.byReference ?? false,
    balance: Boolean(balance),
    reports: reports ? 'callback' : statusQuery ? 'polled' : 'none',
    lateAnswers: false,
    inbound: Boolean(settings.inbound),
  };
}
