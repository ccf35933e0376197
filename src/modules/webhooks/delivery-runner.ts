import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { Database } from '../../database/database.js';
import { Clock } from '../../kernel/clock.js';
import { RecordEvents } from './actions/record-events.js';
import { SendDelivery } from './actions/send-delivery.js';
import { SettleDelivery } from './actions/settle-delivery.js';
import { CLAIM_DELIVERIES, type ClaimedDelivery } from './persistence/sql/deliveries.js';
import { WebhookSettings } from './webhook-settings.js';

const POLL_MS = 1_000;
const MAX_PAUSE_MS = 10_000;
/** Longer than a request can take; then another worker takes the delivery over. */
export const LEASE_MS = 60_000;
/** Requests under way at once, in one process. */
const PLACES = 128;
/** Those of them that endpoints may take which fail: each of their requests can last as long as the time-out. */
const FAILING_PLACES = 64;
/** What one endpoint is sent at once: its next turn comes when these have ended. */
const TURN = { healthy: 4, failing: 1 };

/**
 * Sends what is due. Endpoints take turns: however much waits for one, and however long it takes to answer, the others find a place. Any
 * number of processes may run one; a delivery is its claimer's until the lease ends.
 */
@Injectable()
export class DeliveryRunner {
  private readonly logger = new Logger('webhooks');
  private readonly stopping = new AbortController();
  private readonly underWay = new Map<string, { failing: boolean; requests: Set<Promise<void>> }>();
  private waker = new AbortController();
  private running: Promise<void> | undefined;
  private stopListening: (() => void) | undefined;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly events: RecordEvents,
    private readonly send: SendDelivery,
    private readonly settle: SettleDelivery,
    private readonly settings: WebhookSettings,
  ) {}

  start(): void {
    if (this.running) return;
    this.stopListening = this.events.onRecorded(() => this.wake());
    this.running = this.run();
  }

  /** Requests that do not end soon are cut and due again at once. */
  async stop(): Promise<void> {
    this.stopListening?.();
    this.stopping.abort();
    await this.running;
    const all = this.quiet();
    await Promise.race([all, sleep(this.settings.drainMs, undefined, { ref: false })]);
    await this.send.stop();
    await all;
  }

  /** Sends all that is due now and waits for the outcomes; answers how many requests that were. */
  async catchUp(): Promise<number> {
    let sent = 0;
    for (let begun = -1; begun !== 0;) {
      begun = await this.begin();
      sent += begun;
      await this.quiet();
    }
    return sent;
  }

  /** Begins as many requests as there are places for; answers how many. */
  async begin(): Promise<number> {
    const healthy = await this.claim(PLACES - this.requests(), false);
    const room = Math.min(PLACES - this.requests(), FAILING_PLACES - this.requests(true));
    return healthy + (await this.claim(room, true));
  }

  private async claim(room: number, failing: boolean): Promise<number> {
    if (room <= 0) return 0;
    const now = this.clock.now();
    const claimed = await this.database.query<ClaimedDelivery>(CLAIM_DELIVERIES, [
      now,
      room,
      failing ? TURN.failing : TURN.healthy,
      failing,
      [...this.underWay.keys()],
      new Date(now.getTime() + LEASE_MS),
    ]);
    for (const delivery of claimed) this.launch(delivery, failing);
    return claimed.length;
  }

  private launch(delivery: ClaimedDelivery, failing: boolean): void {
    const { endpointId } = delivery;
    const turn = this.underWay.get(endpointId) ?? { failing, requests: new Set() };
    this.underWay.set(endpointId, turn);
    const request = this.deliver(delivery)
      .catch((error: unknown) => this.logger.error({ endpointId, err: error, msg: 'a delivery could not be settled' }))
      .finally(() => {
        turn.requests.delete(request);
        if (turn.requests.size > 0) return;
        this.underWay.delete(endpointId);
        this.wake();
      });
    turn.requests.add(request);
  }

  private async deliver(delivery: ClaimedDelivery): Promise<void> {
    await this.settle.execute(delivery, await this.send.execute(delivery));
  }

  private requests(failing?: boolean): number {
    let count = 0;
    for (const turn of this.underWay.values())
      if (failing === undefined || turn.failing === failing) count += turn.requests.size;
    return count;
  }

  private async quiet(): Promise<void> {
    await Promise.all([...this.underWay.values()].flatMap(({ requests }) => [...requests]));
  }

  private wake(): void {
    this.waker.abort();
  }

  private async run(): Promise<void> {
    for (let failures = 0; !this.stopping.signal.aborted;) {
      this.waker = new AbortController();
      try {
        const begun = await this.begin();
        failures = 0;
        if (begun === 0) await this.rest(POLL_MS);
      } catch (error) {
        this.logger.error({ err: error, msg: 'deliveries could not be claimed' });
        await this.rest(Math.min(MAX_PAUSE_MS, POLL_MS * 2 ** failures++));
      }
    }
  }

  private async rest(ms: number): Promise<void> {
    const signal = AbortSignal.any([this.stopping.signal, this.waker.signal]);
    await sleep(ms, undefined, { signal }).catch(() => undefined);
  }
}
