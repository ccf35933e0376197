import { Injectable, Logger } from '@nestjs/common';
import { Database } from '../../../database/database.js';
import { SYSTEM_ACTOR } from '../../../gateway/index.js';
import { Clock } from '../../../kernel/clock.js';
import { PauseProvider } from '../actions/pause-provider.js';
import type { ProviderKind, ProviderLifecycle, SystemPause } from '../domain/provider.js';
import { SELECT_LINKED_PROVIDERS } from '../persistence/sql/select-linked-providers.js';
import { providerGate } from '../provider-snapshot.js';
import { InboundInbox } from '../inbound-inbox.js';
import { ReportInbox } from '../report-inbox.js';
import type { ProviderListener, ProviderStatus } from '../sms-provider.js';
import { BindLeases } from './bind-leases.js';
import { ConnectionSettings } from './connection-settings.js';
import { type BindLease, Link } from './link.js';
import { LinkOpener } from './link-opener.js';
import { type ActiveConnection, type LateAnswers, ProviderConnections } from './provider-connections.js';

interface LinkedProvider {
  id: string;
  kind: ProviderKind;
  status: ProviderLifecycle;
  rate_per_second: number;
  max_binds: number;
  version: number;
  link_version: number;
}

/**
 * Runs the live links of a worker process. Every tick it reads which providers there are, renews its leases, closes what is
 * paused, changed or lost, and takes free binds. A link whose lease could not be renewed in time is dropped before the lease
 * ends: two workers never use one bind. Reports are in the inbox before an adapter acknowledges them.
 */
@Injectable()
export class LinkKeeper extends ProviderConnections {
  private readonly logger = new Logger('providers');
  private readonly links = new Map<string, Link>();
  private readonly closing = new Set<Promise<void>>();
  private readonly slotListeners = new Set<() => void>();
  private readonly lateListeners = new Set<(late: LateAnswers) => void>();
  /** Providers whose links could not be opened: not before (monotonic). */
  private readonly failedUntil = new Map<string, number>();
  private timer: NodeJS.Timeout | undefined;
  private watch: NodeJS.Timeout | undefined;
  private ticking: Promise<void> | undefined;
  private again = false;
  private blind = false;
  private running = false;

  constructor(
    private readonly database: Database,
    private readonly leases: BindLeases,
    private readonly opener: LinkOpener,
    private readonly inbox: ReportInbox,
    private readonly inbound: InboundInbox,
    private readonly pauseProvider: PauseProvider,
    private readonly clock: Clock,
    private readonly settings: ConnectionSettings,
  ) {
    super();
  }

  async start(): Promise<void> {
    if (this.running) return;
    this.running = true;
    // Of its own, because a tick may hang in a database that does not answer.
    this.watch = setInterval(() => this.dropLapsed(), this.settings.leaseMarginMs);
    await this.tick();
  }

  async stop(drainMs: number): Promise<void> {
    if (!this.running) return;
    this.running = false;
    await this.ticking;
    clearTimeout(this.timer);
    // The binds stay ours while the last answers come in.
    const heartbeat = setInterval(() => void this.renew().catch(() => undefined), this.settings.tickMs);
    try {
      for (const link of this.links.values()) this.retire(link, drainMs);
      await Promise.all(this.closing);
    } finally {
      clearInterval(heartbeat);
      clearInterval(this.watch);
    }
  }

  lookNow(): void {
    if (this.running) void this.tick();
  }

  active(): ActiveConnection[] {
    return [...this.links.values()].filter((link) => link.usable).map(toActive);
  }

  askable(): ActiveConnection[] {
    return [...this.links.values()].filter((link) => link.isUp).map(toActive);
  }

  onFreeSlots(listener: () => void): () => void {
    this.slotListeners.add(listener);
    return () => this.slotListeners.delete(listener);
  }

  onLateAnswers(listener: (late: LateAnswers) => void): () => void {
    this.lateListeners.add(listener);
    return () => this.lateListeners.delete(listener);
  }

  /** One look at everything; calls that come while it runs are served by one more. Never rejects. */
  private tick(): Promise<void> {
    if (this.ticking) {
      this.again = true;
      return this.ticking;
    }
    clearTimeout(this.timer);
    this.ticking = this.lookAndPlan();
    return this.ticking;
  }

  private async lookAndPlan(): Promise<void> {
    const delayMs = await this.look();
    this.ticking = undefined;
    if (this.running) this.timer = setTimeout(() => void this.tick(), this.again ? 0 : delayMs);
    this.again = false;
  }

  private async look(): Promise<number> {
    let taken = 0;
    try {
      await this.renew();
      const providers = new Map(
        (await this.database.query<LinkedProvider>(SELECT_LINKED_PROVIDERS)).map((row) => [row.id, row]),
      );
      await this.follow(providers);
      taken = await this.takeMore([...providers.values()]);
      this.blind = false;
    } catch (error) {
      // Once, not every second of an outage.
      if (!this.blind) this.logger.warn({ err: error, msg: 'links cannot be looked after: is the database away?' });
      this.blind = true;
    }
    const { takeNextMs, tickMs } = this.settings;
    return taken > 0 ? Math.min(takeNextMs, tickMs) : tickMs;
  }

  private async renew(): Promise<void> {
    const links = [...this.links.values()];
    const sentMs = performance.now();
    const kept = await this.leases.renew(links, this.settings.leaseMs);
    for (const link of links) {
      if (kept.has(link.key)) link.leaseEndsMs = this.leaseEnd(sentMs);
      else if (this.links.get(link.key) === link) this.drop(link, 'another worker has the bind');
    }
  }

  /** Brings the links in line with the table. */
  private async follow(providers: ReadonlyMap<string, LinkedProvider>): Promise<void> {
    for (const link of this.links.values()) {
      if (link.closing) continue;
      const row = providers.get(link.lease.providerId);
      if (!row || link.lease.bindNo > row.max_binds) this.retire(link, this.settings.drainMs);
      else if (row.link_version !== link.linkVersion) this.reopen(link, row);
      else {
        link.lifecycle = row.status;
        link.ratePerSecond = row.rate_per_second;
        const reason = PAUSES[link.provider?.state().status ?? 'stopped'];
        if (reason) await this.giveUp(link, row, reason);
      }
    }
  }

  /** The provider refuses our credentials, or has no more money of ours: paused for every worker, until a probe says otherwise. */
  private async giveUp(link: Link, { id, version }: LinkedProvider, reason: SystemPause): Promise<void> {
    const detail = link.shown.lastError ?? undefined;
    const paused = await this.pauseProvider.execute({
      providerId: id,
      version,
      reason,
      ...(detail !== undefined && { detail }),
      actor: SYSTEM_ACTOR,
    });
    if (paused) this.logger.error({ providerId: id, msg: `paused: ${reason}`, detail });
    this.again = true;
  }

  private async takeMore(providers: readonly LinkedProvider[]): Promise<number> {
    const nowMs = performance.now();
    const wanted = providers.filter(({ id, max_binds }) => {
      const held = [...this.links.values()].filter(({ lease }) => lease.providerId === id).length;
      return this.running && held < max_binds && (this.failedUntil.get(id) ?? 0) <= nowMs;
    });
    const sentMs = performance.now();
    const leases = await this.leases.acquire(
      wanted.map(({ id, max_binds }) => ({ id, maxBinds: max_binds })),
      this.settings.leaseMs,
    );
    for (const lease of leases) {
      const link = new Link(lease, this.leaseEnd(sentMs), this.clock.now());
      this.links.set(link.key, link);
      await this.open(
        link,
        wanted.find(({ id }) => id === lease.providerId)!,
      );
    }
    return leases.length;
  }

  private async open(link: Link, row: LinkedProvider): Promise<void> {
    const { id } = row;
    link.lifecycle = row.status;
    link.ratePerSecond = row.rate_per_second;
    try {
      const { provider, linkVersion } = await this.opener.open(id, row.kind);
      link.start(provider, linkVersion, this.listenerOf(link));
    } catch (error) {
      link.failure = { detail: `cannot be opened: ${(error as Error).message}`, at: this.clock.now() };
      this.failedUntil.set(id, performance.now() + this.settings.failurePauseMs);
      this.logger.error({ providerId: id, err: error, msg: 'a link cannot be opened' });
      this.retire(link, 0);
    }
    this.tellSlots();
  }

  /** Settings or credentials changed: the old session drains, then a new one begins on the same bind. */
  private reopen(link: Link, row: LinkedProvider): void {
    this.whileClosing(link, this.settings.drainMs, async () => {
      let lease: BindLease | null;
      try {
        lease = this.running ? await this.leases.refence(link.lease) : null;
      } finally {
        // Also when that failed: a closed link that is still known would have its lease renewed for ever, and never be replaced.
        this.forget(link);
      }
      if (!lease) return this.leases.release(link.lease, link.shown.lastError);
      const next = new Link(lease, link.leaseEndsMs, this.clock.now());
      this.links.set(next.key, next);
      await this.open(next, row);
    });
  }

  /** Closes a link in order and gives its bind back. */
  private retire(link: Link, drainMs: number): void {
    this.whileClosing(link, drainMs, async () => {
      const { lastError } = link.shown;
      this.forget(link);
      await this.leases.release(link.lease, lastError);
    });
  }

  /** The bind is, or may be, somebody else's: everything stops at once, and there is nothing to give back. */
  private drop(link: Link, why: string): void {
    this.forget(link);
    this.logger.warn({ providerId: link.lease.providerId, bindNo: link.lease.bindNo, msg: `link dropped: ${why}` });
    this.whileClosing(link, 0, async () => undefined);
  }

  /** Only itself: while it was closing its bind may have been lost and taken anew, for another link under the same key. */
  private forget(link: Link): void {
    if (this.links.get(link.key) === link) this.links.delete(link.key);
  }

  private dropLapsed(): void {
    const nowMs = performance.now();
    for (const link of this.links.values())
      if (link.leaseEndsMs <= nowMs) this.drop(link, 'the lease could not be renewed');
  }

  private whileClosing(link: Link, drainMs: number, afterwards: () => Promise<unknown>): void {
    if (link.closing && drainMs > 0) return;
    const closed = this.closeThen(link, drainMs, afterwards);
    this.closing.add(closed);
    void closed.finally(() => this.closing.delete(closed));
    this.tellSlots();
  }

  /** Never rejects. */
  private async closeThen(link: Link, drainMs: number, afterwards: () => Promise<unknown>): Promise<void> {
    await link.close(drainMs);
    try {
      await afterwards();
    } catch (error) {
      this.logger.warn({ err: error, msg: 'a bind could not be given back' });
    }
  }

  private listenerOf(link: Link): ProviderListener {
    const { providerId } = link.lease;
    return {
      onReports: (reports) =>
        this.inbox.append(
          reports.map((report) => ({ ...report, providerId })),
          this.clock.now(),
        ),
      onInbound: (messages) =>
        this.inbound.append(
          messages.map((message) => ({ ...message, providerId })),
          this.clock.now(),
        ),
      onLateAnswers: (answers) => {
        for (const listener of this.lateListeners) listener({ providerId, answers });
      },
      onStateChange: ({ status }) => {
        this.tellSlots();
        if (PAUSES[status] && this.running) void this.tick();
      },
      onCapacity: () => this.tellSlots(),
    };
  }

  private tellSlots(): void {
    for (const listener of this.slotListeners) listener();
  }

  private leaseEnd(sentMs: number): number {
    return sentMs + this.settings.leaseMs - this.settings.leaseMarginMs;
  }
}

/** States of a link after which the provider is paused. */
const PAUSES: Partial<Record<ProviderStatus, SystemPause>> = {
  auth_failed: 'credentials_refused',
  no_funds: 'provider_no_funds',
};

function toActive(link: Link): ActiveConnection {
  const { lease } = link;
  const provider = link.provider!;
  return {
    ...lease,
    provider,
    get gates() {
      return [providerGate({ id: lease.providerId, ratePerSecond: link.ratePerSecond })];
    },
    freeSlots: () => (link.usable ? provider.freeSlots() : 0),
  };
}
