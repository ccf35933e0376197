import { Injectable } from '@nestjs/common';
import { Gauge, type Registry } from 'prom-client';
import { Clock } from '../../../kernel/clock.js';
import { LANES, QueueReads } from '../../messages/index.js';
import { ProviderLoad, type ProviderSnapshot, ProvidersService } from '../../providers/index.js';
import { QueueView } from '../queue-view.js';

/** Several scrapes at once, and several of a second, share one look at the database. */
const FRESH_MS = 2_000;
const STATUSES = ['active', 'paused', 'draining'] as const;
/** Providers of accounts have no label of their own: there is no bound to how many there are. */
const ACCOUNT_OWNED = 'account_owned';

/**
 * What all processes share, read from the database when somebody asks: every process tells the same, so take the maximum over
 * them, not the sum.
 */
@Injectable()
export class StateGauges {
  private readonly gauges = {
    queue: gauge('kabinet_queue_messages', 'Messages that wait or are being written', ['provider', 'lane', 'state']),
    oldest: gauge('kabinet_queue_oldest_due_seconds', 'For how long the oldest due message has been due', ['lane']),
    oldestOf: gauge('kabinet_provider_oldest_due_seconds', 'The same of one provider', ['provider', 'lane']),
    unknown: gauge('kabinet_unknown_outcomes', 'Messages of which nobody knows whether they left', []),
    status: gauge('kabinet_provider_status', '1 for the status that the provider has', ['provider', 'status']),
    links: gauge('kabinet_provider_links', 'Links by what they are doing', ['provider', 'state']),
    inFlight: gauge('kabinet_provider_in_flight', 'Requests that wait for the provider’s answer', ['provider']),
    window: gauge('kabinet_provider_window', 'The most that may wait for an answer now', ['provider']),
    rate: gauge('kabinet_provider_rate', 'Requests that may leave in a second, over all links', ['provider']),
    reports: gauge('kabinet_reports', 'Delivery reports that wait; counted up to 100,000', ['state']),
    reportLag: gauge('kabinet_reports_lag_seconds', 'For how long the oldest due report has waited', []),
  };
  private readAtMs = -Infinity;
  private reading: Promise<void> | undefined;

  constructor(
    private readonly queue: QueueView,
    private readonly reads: QueueReads,
    private readonly providers: ProvidersService,
    private readonly load: ProviderLoad,
    private readonly clock: Clock,
  ) {}

  register(registry: Registry): void {
    for (const one of Object.values(this.gauges)) registry.registerMetric(one);
  }

  /** Rejects when the database does not answer. */
  refresh(): Promise<void> {
    if (performance.now() - this.readAtMs < FRESH_MS) return Promise.resolve();
    this.reading ??= this.read().finally(() => (this.reading = undefined));
    return this.reading;
  }

  /** Rather nothing than what was true once. */
  forget(): void {
    for (const one of Object.values(this.gauges)) one.reset();
    this.readAtMs = -Infinity;
  }

  private async read(): Promise<void> {
    const [providers, totals, links, reports, unknown] = await Promise.all([
      this.providers.list(),
      this.queue.totals(),
      this.load.links(),
      this.load.reports(),
      this.reads.countUnknown(),
    ]);
    this.forget();
    const labels = new Map(providers.map((provider) => [provider.id, labelOf(provider)]));
    const label = (providerId: string) => labels.get(providerId) ?? ACCOUNT_OWNED;
    this.showQueue(totals, label);
    this.showProviders(providers, links, label);
    this.gauges.unknown.set(unknown);
    this.gauges.reports.set({ state: 'due' }, reports.due);
    this.gauges.reports.set({ state: 'parked' }, reports.parked);
    const { oldestDueAt } = reports;
    const lagMs = oldestDueAt === null ? 0 : this.clock.now().getTime() - oldestDueAt.getTime();
    this.gauges.reportLag.set(Math.max(0, lagMs) / 1_000);
    this.readAtMs = performance.now();
  }

  private showQueue(totals: Awaited<ReturnType<QueueView['totals']>>, label: (id: string) => string): void {
    const { queue, oldest, oldestOf } = this.gauges;
    const longest = new Map<string, number>();
    for (const { providerId, lane, queued, scheduled, inFlight, oldestDueSeconds } of totals) {
      const provider = label(providerId);
      const age = Math.max(oldestDueSeconds ?? 0, longest.get(`${lane} ${provider}`) ?? 0);
      longest.set(`${lane} ${provider}`, age);
      oldestOf.set({ provider, lane }, age);
      queue.inc({ provider, lane, state: 'queued' }, queued);
      queue.inc({ provider, lane, state: 'scheduled' }, scheduled);
      queue.inc({ provider, lane, state: 'in_flight' }, inFlight);
    }
    for (const lane of LANES) {
      const ages = totals.filter((one) => one.lane === lane).map(({ oldestDueSeconds }) => oldestDueSeconds ?? 0);
      oldest.set({ lane }, Math.max(0, ...ages));
    }
  }

  private showProviders(
    providers: readonly ProviderSnapshot[],
    links: Awaited<ReturnType<ProviderLoad['links']>>,
    label: (id: string) => string,
  ): void {
    for (const { id, status, ratePerSecond } of providers) {
      for (const one of STATUSES) this.gauges.status.inc({ provider: label(id), status: one }, status === one ? 1 : 0);
      this.gauges.rate.inc({ provider: label(id) }, ratePerSecond);
    }
    for (const { providerId, held, ready, throttled, inFlight, window } of links) {
      const provider = label(providerId);
      this.gauges.links.inc({ provider, state: 'ready' }, ready);
      this.gauges.links.inc({ provider, state: 'throttled' }, throttled);
      this.gauges.links.inc({ provider, state: 'other' }, held - ready - throttled);
      this.gauges.inFlight.inc({ provider }, inFlight);
      this.gauges.window.inc({ provider }, window);
    }
  }
}

function labelOf({ ownerAccountId, code }: ProviderSnapshot): string {
  return ownerAccountId === null ? code : ACCOUNT_OWNED;
}

function gauge(name: string, help: string, labelNames: string[]): Gauge {
  return new Gauge({ name, help, labelNames, registers: [] });
}
