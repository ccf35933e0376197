import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { RaiseAlerts } from '../modules/alerts/index.js';
import { CampaignRunner } from '../modules/campaigns/index.js';
import { InboundRunner } from '../modules/inbound/index.js';
import { Dispatcher } from '../modules/messages/dispatch/dispatcher.js';
import { HoursFollower } from '../modules/messages/dispatch/hours-follower.js';
import { ReportApplier } from '../modules/messages/reports/report-applier.js';
import { MessageStatistics } from '../modules/statistics/index.js';
import { DeliveryRunner, RecordEvents } from '../modules/webhooks/index.js';
import { AskOverLinks, ProviderConnections } from '../modules/providers/index.js';
import { Scheduler } from './scheduler.js';
import { schedules } from './schedules.js';

/** How long a stopping worker waits for providers' answers; what is still open then becomes `unknown` when its lease ends. */
const DRAIN_MS = 10_000;

/** What runs in a worker process beside the schedules. Stopping is ordered: claim nothing more, settle, close links. */
@Injectable()
export class Workers implements BeforeApplicationShutdown {
  private readonly logger = new Logger('worker');
  private running = false;

  constructor(
    private readonly moduleRef: ModuleRef,
    private readonly scheduler: Scheduler,
    private readonly connections: ProviderConnections,
    private readonly dispatcher: Dispatcher,
    private readonly reports: ReportApplier,
    private readonly campaigns: CampaignRunner,
    private readonly statistics: MessageStatistics,
    private readonly hours: HoursFollower,
    private readonly alerts: RaiseAlerts,
    private readonly inbound: InboundRunner,
    private readonly events: RecordEvents,
    private readonly deliveries: DeliveryRunner,
    private readonly asking: AskOverLinks,
  ) {}

  async start(): Promise<void> {
    this.running = true;
    await this.connections.start();
    this.dispatcher.start();
    this.reports.start();
    this.campaigns.start();
    this.statistics.start();
    this.hours.start();
    this.alerts.start();
    this.inbound.start();
    this.events.start();
    this.deliveries.start();
    this.asking.start();
    this.scheduler.start(schedules((type) => this.moduleRef.get(type, { strict: false })));
  }

  async beforeApplicationShutdown(): Promise<void> {
    if (!this.running) return;
    this.running = false;
    this.logger.log('stopping: no new work, finishing what is in flight');
    await this.scheduler.stop();
    await this.campaigns.stop();
    await this.statistics.stop();
    await this.hours.stop();
    await this.alerts.stop();
    await this.dispatcher.stop(DRAIN_MS);
    const asked = this.asking.stop();
    await this.connections.stop(DRAIN_MS);
    await asked;
    await this.dispatcher.finish(1_000);
    await this.reports.stop();
    await this.inbound.stop();
    await this.events.stop();
    await this.deliveries.stop();
  }
}
