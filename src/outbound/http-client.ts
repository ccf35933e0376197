import { type Dispatcher, Pool } from 'undici';
import { ConnectError, guardedConnector, type OutboundPolicy } from './guarded-connect.js';

/** A request within the origin of its client. */
export interface HttpRequest {
  method: 'GET' | 'POST' | 'PUT';
  /** Path and query, encoded. */
  path: string;
  /** Names in lower case. */
  headers: Record<string, string>;
  body: string | null;
}

/** An answer that arrived as a whole. */
export interface HttpAnswer {
  status: number;
  /** Names in lower case. */
  headers: Readonly<Record<string, string | string[] | undefined>>;
  text: string;
}

export interface ExchangeLimits {
  connectTimeoutMs: number;
  /** From the request to the end of its answer. */
  timeoutMs: number;
  /** Requests that may wait for an answer at once. */
  maxConcurrent: number;
  maxAnswerBytes: number;
}

/** What became of one request. The difference that money hangs on is whether it can have been written. */
export type Exchange =
  | { kind: 'answer'; answer: HttpAnswer }
  /** Provably not written. */
  | { kind: 'not_written'; code: string; detail: string }
  /** Written, at least in part, and no whole answer came. */
  | { kind: 'lost'; code: string; detail: string };

const ABORT_CODES = { timeout: 'response_timeout', size: 'answer_too_large', stop: 'stopped' } as const;

class AbortedExchange extends Error {
  constructor(readonly reason: keyof typeof ABORT_CODES) {
    super(ABORT_CODES[reason]);
  }
}

/** One pool of connections to one origin. Never repeats a request, never follows a redirect, never rejects. */
export class HttpClient {
  private readonly pool: Pool;
  private readonly open = new Set<Dispatcher.DispatchController>();

  constructor(
    origin: string,
    private readonly limits: ExchangeLimits,
    policy: OutboundPolicy,
  ) {
    this.pool = new Pool(origin, {
      connect: guardedConnector(policy, limits.connectTimeoutMs),
      connections: limits.maxConcurrent,
      pipelining: 1,
      // A peer closes idle connections after five seconds and more; ours go first, so that no request meets a closing one.
      keepAliveTimeout: 4_000,
      // One timer of our own covers the whole exchange.
      headersTimeout: 0,
      bodyTimeout: 0,
      strictContentLength: true,
    });
  }

  exchange(request: HttpRequest): Promise<Exchange> {
    return new Promise((resolve) => {
      const handler = new ExchangeHandler(this.limits, this.open, resolve);
      const { method, path, headers, body } = request;
      this.pool.dispatch({ method, path, headers, body, idempotent: false }, handler);
    });
  }

  /** Cuts what is open; every exchange resolves. */
  async destroy(): Promise<void> {
    for (const controller of this.open) controller.abort(new AbortedExchange('stop'));
    await this.pool.destroy().catch(() => undefined);
  }
}

/** Collects one answer. undici calls `onRequestStart` right before the first byte is written. */
class ExchangeHandler implements Dispatcher.DispatchHandler {
  private timer: NodeJS.Timeout | null = null;
  private written = false;
  private status = 0;
  private headers: HttpAnswer['headers'] = {};
  private readonly chunks: Buffer[] = [];
  private size = 0;

  constructor(
    private readonly limits: ExchangeLimits,
    private readonly open: Set<Dispatcher.DispatchController>,
    private readonly resolve: (exchange: Exchange) => void,
  ) {}

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.written = true;
    this.open.add(controller);
    this.timer ??= setTimeout(() => controller.abort(new AbortedExchange('timeout')), this.limits.timeoutMs);
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: HttpAnswer['headers']): void {
    this.status = status;
    this.headers = headers;
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.size += chunk.length;
    if (this.size > this.limits.maxAnswerBytes) controller.abort(new AbortedExchange('size'));
    else this.chunks.push(chunk);
  }

  onResponseEnd(controller: Dispatcher.DispatchController): void {
    this.finish(controller, {
      kind: 'answer',
      answer: { status: this.status, headers: this.headers, text: Buffer.concat(this.chunks).toString('utf8') },
    });
  }

  onResponseError(controller: Dispatcher.DispatchController, error: Error): void {
    const code = codeOf(error);
    const kind = this.written && !(error instanceof ConnectError) ? 'lost' : 'not_written';
    this.finish(controller, { kind, code, detail: error.message });
  }

  private finish(controller: Dispatcher.DispatchController, exchange: Exchange): void {
    if (this.timer) clearTimeout(this.timer);
    this.open.delete(controller);
    this.resolve(exchange);
  }
}

function codeOf(error: Error): string {
  if (error instanceof AbortedExchange) return ABORT_CODES[error.reason];
  if ('code' in error && typeof error.code === 'string') return error.code.toLowerCase();
  return error.name;
}
