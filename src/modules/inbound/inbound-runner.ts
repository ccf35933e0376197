import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { InboundInbox } from '../providers/index.js';
import { INBOUND_BATCH, SortInbound } from './actions/sort-inbound.js';

const POLL_MS = 1_000;
const MAX_PAUSE_MS = 10_000;

/**
 * Sorts messages from phones as they come, and looks for those that other processes took in. When a batch fails it is tried
 * again one by one, so that one that cannot be sorted does not hold up the others.
 */
@Injectable()
export class InboundRunner {
  private readonly logger = new Logger('inbound');
  private readonly stopping = new AbortController();
  private waker = new AbortController();
  private running: Promise<void> | undefined;
  private stopListening: (() => void) | undefined;

  constructor(
    private readonly inbox: InboundInbox,
    private readonly inbound: SortInbound,
  ) {}

  start(): void {
    if (this.running) return;
    this.stopListening = this.inbox.onAppended(() => this.waker.abort());
    this.running = this.run();
  }

  /** Ends after the batch in hand; what waits in the inbox waits there. */
  async stop(): Promise<void> {
    this.stopListening?.();
    this.stopping.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    let limit = INBOUND_BATCH;
    for (let failures = 0; !this.stopping.signal.aborted;) {
      this.waker = new AbortController();
      try {
        const taken = await this.inbound.execute(limit);
        failures = 0;
        if (taken === 0) limit = INBOUND_BATCH;
        if (taken < limit) await this.rest(POLL_MS);
      } catch (error) {
        this.logger.error({ limit, err: error, msg: 'a batch of inbound messages could not be sorted' });
        if (limit === 1) await this.inbound.setAside().catch(() => undefined);
        limit = 1;
        await this.rest(Math.min(MAX_PAUSE_MS, 100 * 2 ** failures++));
      }
    }
  }

  private async rest(ms: number): Promise<void> {
    const signal = AbortSignal.any([this.stopping.signal, this.waker.signal]);
    await sleep(ms, undefined, { signal }).catch(() => undefined);
  }
}
