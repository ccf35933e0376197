import { Injectable, Logger } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { Database } from '../../../database/database.js';
import { MessageStatistics } from '../../statistics/index.js';
import { LedgerService } from '../../wallets/index.js';
import { StateGauges } from './state-gauges.js';

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** One answered request. The route is the pattern, never the address: it holds ids. */
export interface AnsweredRequest {
  method: string;
  route: string;
  status: number;
  seconds: number;
}

/**
 * What Prometheus reads of this process, and of what all processes share. Labels have a bounded number of values: lanes, states,
 * routes, the operator's own providers. Nothing names an account, a person or a phone.
 */
@Injectable()
export class Metrics {
  private readonly logger = new Logger('metrics');
  private readonly registry = new Registry();
  private readonly requests = new Histogram({
    name: 'kabinet_http_request_seconds',
    help: 'Time from a request to its answer',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: SECONDS,
    registers: [this.registry],
  });
  private readonly ledger = new Histogram({
    name: 'kabinet_ledger_transaction_seconds',
    help: 'Time from the first lock of a wallet to the commit',
    labelNames: ['operation'] as const,
    buckets: SECONDS,
    registers: [this.registry],
  });
  private readonly messages = new Counter({
    name: 'kabinet_messages_total',
    help: 'Messages that came into a state, as statistics count them; in the process that consumes the events',
    labelNames: ['state', 'lane'] as const,
    registers: [this.registry],
  });
  private readonly pool = new Gauge({
    name: 'kabinet_database_connections',
    help: 'Connections of this process to PostgreSQL, and those who wait for one',
    labelNames: ['state'] as const,
    registers: [this.registry],
  });
  private readonly fresh = new Gauge({
    name: 'kabinet_shared_state_up',
    help: '1 when the gauges about queue, providers and reports could be read just now',
    registers: [this.registry],
  });
  private started = false;

  constructor(
    private readonly database: Database,
    private readonly state: StateGauges,
    private readonly ledgerService: LedgerService,
    private readonly statistics: MessageStatistics,
  ) {}

  /** Begins to measure; without it nothing costs anything. */
  start(): void {
    if (this.started) return;
    this.started = true;
    collectDefaultMetrics({ register: this.registry });
    this.state.register(this.registry);
    this.ledgerService.onCommitted(({ operation, ms }) => this.ledger.observe({ operation }, ms / 1_000));
    this.statistics.onCounted(({ state, lane, messages }) => this.messages.inc({ state, lane }, messages));
  }

  answered({ method, route, status, seconds }: AnsweredRequest): void {
    this.requests.observe({ method, route, status: String(status) }, seconds);
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  /** Everything in Prometheus' text format. Never rejects: while the database is away, what this process knows is still told. */
  async text(): Promise<string> {
    try {
      await this.state.refresh();
      this.fresh.set(1);
    } catch (error) {
      this.state.forget();
      this.fresh.set(0);
      this.logger.warn({ err: error, msg: 'the shared state cannot be measured' });
    }
    const { totalCount, idleCount, waitingCount } = this.database.pool;
    this.pool.set({ state: 'in_use' }, totalCount - idleCount);
    this.pool.set({ state: 'idle' }, idleCount);
    this.pool.set({ state: 'waited_for' }, waitingCount);
    return this.registry.metrics();
  }
}
