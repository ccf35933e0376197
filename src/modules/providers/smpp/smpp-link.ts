import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { Backoff } from '../sending/backoff.js';
import { Status } from './codec/protocol.js';
import type { SubmitEncoder } from './codec/submit-encoder.js';
import type { SmppCredentials, SmppSettings } from './smpp-settings.js';
import { SmppSession, type SessionEnd, type SessionHandlers, type SessionRole } from './smpp-session.js';

export type LinkStatus = 'stopped' | 'connecting' | 'bound' | 'auth_failed';

/** Opens the connection. May be replaced by whoever has to check and pin the address first. */
export type SocketFactory = (settings: SmppSettings) => Socket;

export interface LinkContext {
  settings: SmppSettings;
  credentials: SmppCredentials;
  encoder: SubmitEncoder;
  openSocket: SocketFactory;
  now: () => Date;
}

export interface LinkHandlers {
  onDelivery: SessionHandlers['onDelivery'];
  onCapacity(): void;
  /** The status changed, or a session ended: {@link SmppLink.lastError} may be new. */
  onStatus(): void;
}

export const openSocket: SocketFactory = ({ host, port, tls }) =>
  tls
    ? connectTls({ host, port, servername: tls.serverName ?? host, ...(tls.ca ? { ca: tls.ca } : {}) })
    : connectTcp({ host, port });

/** The peer will not take these credentials, however often they are offered. */
const AUTH_STATUSES: readonly number[] = [Status.invalidPassword, Status.invalidSystemId];

/**
 * Keeps one bind alive: a new session for every attempt, with growing pauses between them. "Already bound" and "bind failed"
 * are waited out (after a crash the peer still holds the old session); refused credentials end it.
 */
export class SmppLink {
  session: SmppSession | null = null;
  status: LinkStatus = 'stopped';
  retryAt: Date | null = null;
  lastError: { code: string; detail: string; at: Date } | null = null;
  private readonly backoff: Backoff;
  private timer: NodeJS.Timeout | null = null;
  private boundAt = 0;
  private stopping = false;
  private startAfterStop = false;

  constructor(
    private readonly role: SessionRole,
    private readonly context: LinkContext,
    private readonly handlers: LinkHandlers,
  ) {
    this.backoff = new Backoff(context.settings.reconnectMinMs, context.settings.reconnectMaxMs);
  }

  start(): void {
    if (this.stopping) {
      this.startAfterStop = true;
      return;
    }
    if (this.status === 'connecting' || this.status === 'bound') return;
    this.startAfterStop = false;
    this.backoff.reset();
    this.connect();
  }

  /** Waits up to `drainMs` for open answers and for `stored`, then unbinds. Never rejects. */
  async stop(drainMs: number, stored: () => Promise<void>): Promise<void> {
    this.stopping = true;
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    const { session } = this;
    if (session?.isBound) {
      await session.drain(drainMs);
      await stored();
    }
    await session?.close();
    this.stopping = false;
    this.setStatus('stopped');
    if (this.startAfterStop) this.start();
  }

  private connect(): void {
    this.retryAt = null;
    this.timer = null;
    const { settings, credentials, encoder, openSocket, now } = this.context;
    this.session = new SmppSession(
      settings,
      credentials,
      this.role,
      openSocket(settings),
      encoder,
      {
        onBound: () => {
          this.boundAt = performance.now();
          this.setStatus('bound');
        },
        onDelivery: this.handlers.onDelivery,
        onCapacity: () => this.handlers.onCapacity(),
        onClosed: (_session, end) => this.afterSession(end),
      },
      now,
    );
    this.setStatus('connecting');
  }

  private afterSession(end: SessionEnd): void {
    this.session = null;
    if (this.stopping) return;
    this.lastError = { code: end.code, detail: end.detail, at: this.context.now() };
    if (end.bindStatus !== undefined && AUTH_STATUSES.includes(end.bindStatus)) return this.setStatus('auth_failed');
    this.reconnectLater();
  }

  private reconnectLater(): void {
    const { reconnectMinMs } = this.context.settings;
    // A peer that binds and hangs up at once gets no more patience than one that refuses.
    if (this.status === 'bound' && performance.now() - this.boundAt >= 4 * reconnectMinMs) this.backoff.reset();
    const pause = this.backoff.next();
    this.retryAt = new Date(this.context.now().getTime() + pause);
    this.timer = setTimeout(() => this.connect(), pause);
    this.setStatus('connecting');
  }

  private setStatus(status: LinkStatus): void {
    this.status = status;
    this.handlers.onStatus();
  }
}
