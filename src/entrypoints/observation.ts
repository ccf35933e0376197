import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type INestApplicationContext,
  Injectable,
  type OnApplicationShutdown,
  type OnModuleDestroy,
} from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Env } from '../config/env.js';
import { Database } from '../database/database.js';
import { Metrics } from '../modules/operations/index.js';

/** How long a probe waits for the database before it says that it is not ready. */
const PROBE_TIMEOUT_MS = 2_000;

/**
 * `/metrics` and the probes on a port of their own, in every role: what is told there is for whoever runs the product and has no
 * credentials, so the port is not the public one, and on the loopback address unless told otherwise. It listens before the
 * application starts, so that a long migration is seen as "live, not started" and not as dead.
 */
export class ObservationServer {
  private app: INestApplicationContext | undefined;
  private closing = false;

  private constructor(private readonly server: Server) {}

  /** Null when no port is configured. */
  static async start({ METRICS_PORT, METRICS_HOST }: Env): Promise<ObservationServer | null> {
    if (METRICS_PORT === undefined) return null;
    const server = createServer();
    const observation = new ObservationServer(server);
    server.on('request', (request, response) => void observation.answer(request, response));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(METRICS_PORT, METRICS_HOST, resolve);
    });
    // A process that has nothing else to do may end.
    server.unref();
    return observation;
  }

  get url(): string {
    const { address, port, family } = this.server.address() as AddressInfo;
    return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
  }

  /** From now on it is started, and ready while its database answers. */
  started(app: INestApplicationContext): void {
    this.app = app;
  }

  /** From now on it is not ready: whoever balances load takes the process out before it ends. */
  stopping(): void {
    this.closing = true;
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }

  private async answer({ method, url = '' }: IncomingMessage, response: ServerResponse): Promise<void> {
    if (method !== 'GET' && method !== 'HEAD') return reply(response, 405, 'text/plain', 'GET only\n');
    switch (url.split('?')[0]) {
      case '/metrics':
        return this.tellMetrics(response);
      case '/health/live':
        return tell(response, true);
      case '/health/startup':
        return tell(response, this.app !== undefined);
      case '/health/ready':
        return tell(response, await this.isReady());
      default:
        return reply(response, 404, 'text/plain', 'Not found\n');
    }
  }

  private async tellMetrics(response: ServerResponse): Promise<void> {
    if (!this.app) return tell(response, false);
    const metrics = this.app.get(Metrics, { strict: false });
    reply(response, 200, metrics.contentType, await metrics.text());
  }

  private async isReady(): Promise<boolean> {
    if (!this.app || this.closing) return false;
    const asked = this.app.get(Database).query('SELECT 1 AS one');
    const timeUp = new Promise<never>((_, reject) => setTimeout(reject, PROBE_TIMEOUT_MS).unref());
    return Promise.race([asked, timeUp]).then(
      () => true,
      () => false,
    );
  }
}

/** Ends the port of the probes with the application: not ready from the beginning of the end, closed at its very end. */
@Injectable()
export class ObservationShutdown implements OnModuleDestroy, OnApplicationShutdown {
  private observation: ObservationServer | undefined;

  of(observation: ObservationServer): void {
    this.observation = observation;
  }

  onModuleDestroy(): void {
    this.observation?.stopping();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.observation?.close();
  }
}

/** Measures every request of an API process by its route's pattern. Call before it listens. */
export function measureRequests(app: NestFastifyApplication): void {
  const metrics = app.get(Metrics, { strict: false });
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onResponse', async (request, reply_) => {
      const route = request.is404 ? 'none' : (request.routeOptions.url ?? 'none');
      const { statusCode: status, elapsedTime } = reply_;
      metrics.answered({ method: request.method, route, status, seconds: elapsedTime / 1_000 });
    });
}

function tell(response: ServerResponse, ok: boolean): void {
  reply(response, ok ? 200 : 503, 'application/json', JSON.stringify({ status: ok ? 'ok' : 'unavailable' }));
}

function reply(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
}
