import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { ReportInbox } from '../../providers/index.js';
import { DispatchSettings } from '../dispatch/dispatch-settings.js';
import { Signal } from '../dispatch/signal.js';
import { ApplyReports } from './apply-reports.js';

const MAX_PAUSE_MS = 5_000;

/**
 * Applies reports as they come: while one batch commits, the next gathers in the inbox. When a batch fails it is tried again in
 * smaller pieces, so that one report that cannot be applied does not hold up the others.
 */
@Injectable()
export class ReportApplier {
  private readonly logger = new Logger('reports');
  private readonly signal = new Signal();
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;
  private stopListening: (() => void) | undefined;

  constructor(
    private readonly inbox: ReportInbox,
    private readonly reports: ApplyReports,
    private readonly settings: DispatchSettings,
  ) {}

  start(): void {
    if (this.running) return;
    this.stopListening = this.inbox.onAppended(() => this.signal.raise());
    this.running = this.run();
  }

  /** Ends after the batch in hand; what waits in the inbox waits there. */
  async stop(): Promise<void> {
    this.stopListening?.();
    this.stopping.abort();
    await this.running;
  }

  /** Until there are reports; then a little longer, so that they come in batches. */
  private async rest(stopping: AbortSignal): Promise<void> {
    await this.signal.wait(this.settings.pollMs, stopping);
    await sleep(this.settings.reportMs, undefined, { signal: stopping }).catch(() => undefined);
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    let limit = this.settings.reportBatch;
    for (let failures = 0; !signal.aborted;) {
      this.signal.lower();
      try {
        const taken = await this.reports.execute(limit);
        failures = 0;
        if (taken < limit) await this.rest(signal);
        limit = Math.min(this.settings.reportBatch, limit * 2);
      } catch (error) {
        this.logger.error({ limit, err: error, msg: 'a batch of reports could not be applied' });
        if (limit === 1) await this.reports.setAside().catch(() => undefined);
        limit = Math.max(1, Math.floor(limit / 4));
        await new Signal().wait(Math.min(MAX_PAUSE_MS, 50 * 2 ** failures++), signal);
      }
    }
  }
}
