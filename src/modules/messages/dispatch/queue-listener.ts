import { Injectable, Logger } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { Database } from '../../../database/database.js';
import { PROVIDER_CHANNEL } from '../../providers/index.js';
import { QUEUE_CHANNEL, QueueHints } from './queue-hints.js';

const RETRY_MS = 1_000;

/** Hears of other processes that something was queued. Holds one connection of the pool; hints are lost while it is away. */
@Injectable()
export class QueueListener {
  private readonly logger = new Logger('queue-hints');
  private client: PoolClient | undefined;
  private timer: NodeJS.Timeout | undefined;
  private connecting: Promise<void> | undefined;
  private stopped = true;

  constructor(
    private readonly database: Database,
    private readonly hints: QueueHints,
  ) {}

  start(): void {
    if (!this.stopped) return;
    this.stopped = false;
    this.connecting = this.connect();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.connecting;
    // Closed, not returned: nobody else wants a connection that listens.
    this.client?.release(true);
    this.client = undefined;
  }

  private async connect(): Promise<void> {
    try {
      const client = await this.database.pool.connect();
      client.on('notification', ({ channel, payload }) => {
        if (channel === PROVIDER_CHANNEL) this.hints.tellProviderChanged();
        if (channel === QUEUE_CHANNEL) this.hints.tell(payload ? new Set(payload.split(',')) : 'any');
      });
      client.on('error', (error) => this.lose(client, error));
      this.client = client;
      await client.query(`LISTEN ${PROVIDER_CHANNEL}`);
      await client.query(`LISTEN ${QUEUE_CHANNEL}`);
    } catch (error) {
      this.lose(this.client, error);
    }
  }

  private lose(client: PoolClient | undefined, error: unknown): void {
    if (client && client !== this.client) return;
    this.logger.debug({ err: error, msg: 'not listening; dispatch looks by itself' });
    this.client = undefined;
    client?.release(true);
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      this.connecting = this.connect();
    }, RETRY_MS);
  }
}
