import type { ProviderLifecycle } from '../domain/provider.js';
import type { ProviderListener, ProviderState, SmsProvider } from '../sms-provider.js';

/** A bind that this process has leased. */
export interface BindLease {
  providerId: string;
  /** From 1. */
  bindNo: number;
  fence: bigint;
}

/** What a worker writes down of a link with its heartbeat, for people to read. */
export interface ShownLink {
  state: string;
  since: Date;
  lastError: string | null;
  lastErrorAt: Date | null;
  /** When it tries again, where it knows. */
  retryAt: Date | null;
  /** Requests that wait for an answer, and the most that may. */
  inFlight: number;
  window: number;
}

/** One leased bind and the adapter that lives on it. */
export class Link {
  provider: SmsProvider | null = null;
  linkVersion = 0;
  /** As last read from the table. */
  lifecycle: ProviderLifecycle = 'active';
  ratePerSecond = 1;
  /** Monotonic; after it the bind may be somebody else's. */
  leaseEndsMs: number;
  /** Being drained or closed: not to be used any more. */
  closing = false;
  /** Why it could not be opened. */
  failure: { detail: string; at: Date } | null = null;

  constructor(
    readonly lease: BindLease,
    leaseEndsMs: number,
    private readonly leasedAt: Date,
  ) {
    this.leaseEndsMs = leaseEndsMs;
  }

  get key(): string {
    return linkKey(this.lease);
  }

  /** It may be sent over now. */
  get usable(): boolean {
    return this.isUp && this.lifecycle === 'active';
  }

  /** It is there and ours, whatever state its session is in. */
  get isUp(): boolean {
    return this.provider !== null && !this.closing && this.leaseEndsMs > performance.now();
  }

  start(provider: SmsProvider, linkVersion: number, listener: ProviderListener): void {
    this.provider = provider;
    this.linkVersion = linkVersion;
    this.failure = null;
    provider.start(listener);
  }

  /** Never rejects. */
  async close(drainMs: number): Promise<void> {
    this.closing = true;
    await this.provider?.stop(drainMs);
  }

  /** What the table is to show. */
  get shown(): ShownLink {
    const state: ProviderState | undefined = this.provider?.state();
    if (!state) {
      const { at = null, detail = null } = this.failure ?? {};
      const idle = { retryAt: null, inFlight: 0, window: 0 };
      return { state: 'stopped', since: at ?? this.leasedAt, lastError: detail, lastErrorAt: at, ...idle };
    }
    const { status, since, lastError, retryAt, inFlight, window } = state;
    return {
      state: status,
      since,
      lastError: lastError && `${lastError.code}: ${lastError.detail}`.slice(0, 500),
      lastErrorAt: lastError && lastError.at,
      retryAt,
      inFlight,
      window,
    };
  }
}

export function linkKey({ providerId, bindNo }: Pick<BindLease, 'providerId' | 'bindNo'>): string {
  return `${providerId}/${bindNo}`;
}
