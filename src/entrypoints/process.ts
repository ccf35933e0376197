import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Env } from '../config/env.js';
import type { ServerAhead } from '../database/open-server.js';
import { createHttpAdapter, prepareHttp, serveDocs } from '../gateway/http.js';
import { createLogger, NestLogger } from '../gateway/logging.js';
import { Clock } from '../kernel/clock.js';
import { FirstOperator, type FirstOperatorHint } from '../modules/identity/index.js';
import { MessagePartitions } from '../modules/messages/index.js';
import { Metrics } from '../modules/operations/index.js';
import { AppModule } from './app.module.js';
import { measureRequests, ObservationServer, ObservationShutdown } from './observation.js';
import { Workers } from './workers.js';

/** A process that runs: what it says when it is ready, and how to end it. */
export interface RunningProcess {
  lines: string[];
  close(): Promise<void>;
}

/**
 * Starts what ROLE asks for, on the server that was begun ahead, or one of its own. SIGTERM and SIGINT end it in order: requests, workers,
 * links, pool, embedded PostgreSQL; so does a start that fails.
 */
export async function startProcess(env: Env, server?: ServerAhead): Promise<RunningProcess> {
  const observation = await ObservationServer.start(env);
  try {
    const running = await (env.ROLE === 'worker'
      ? startWorker(env, observation, server)
      : startApi(env, observation, server));
    if (observation) running.lines.push(`Metrics and probes: ${observation.url}/metrics`);
    return running;
  } catch (error) {
    await observation?.close();
    throw error;
  }
}

async function startApi(
  env: Env,
  observation: ObservationServer | null,
  server: ServerAhead | undefined,
): Promise<RunningProcess> {
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.forRoot(env, server),
    createHttpAdapter(env.TRUSTED_PROXIES),
    {
      logger: loggerOf(env),
      abortOnError: false,
    },
  );
  return begin(app, server, async () => {
    if (observation) observe(app, observation);
    if (observation) measureRequests(app);
    await prepareHttp(app);
    serveDocs(app);
    await app.get(MessagePartitions).ensure(app.get(Clock).now());
    const hint = await app.get(FirstOperator).ensure();
    if (env.ROLE === 'all') await app.get(Workers).start();
    await app.listen(env.PORT, env.HOST);
    const url = await app.getUrl();
    observation?.started(app);
    return [`Kabinet listens on ${url}`, `Swagger UI: ${url}/docs`, ...howToGetIn(hint, url)];
  });
}

async function startWorker(
  env: Env,
  observation: ObservationServer | null,
  server: ServerAhead | undefined,
): Promise<RunningProcess> {
  const app = await NestFactory.createApplicationContext(AppModule.forRoot(env, server), {
    logger: loggerOf(env),
    abortOnError: false,
  });
  return begin(app, server, async () => {
    await app.get(MessagePartitions).ensure(app.get(Clock).now());
    if (observation) observe(app, observation);
    await app.get(Workers).start();
    observation?.started(app);
    return ['Kabinet worker is running'];
  });
}

/** What cannot be begun is closed in order: workers that run already must not lose the server under them. */
async function begin(
  app: INestApplicationContext,
  server: ServerAhead | undefined,
  work: () => Promise<string[]>,
): Promise<RunningProcess> {
  server?.handOver();
  app.enableShutdownHooks();
  try {
    return { lines: await work(), close: () => app.close() };
  } catch (error) {
    await app.close();
    throw error;
  }
}

/** Measures from the start; tells the probes when the end begins, and closes their port with the rest. */
function observe(app: INestApplicationContext, observation: ObservationServer): void {
  app.get(Metrics, { strict: false }).start();
  app.get(ObservationShutdown).of(observation);
}

function loggerOf(env: Env): NestLogger {
  return new NestLogger(createLogger(env.LOG_LEVEL, env.ROLE));
}

function howToGetIn(hint: FirstOperatorHint, url: string): string[] {
  if (!hint) return [];
  if (hint.kind === 'command') return [`There is no operator yet: ${hint.command}`];
  return [
    `First operator: login and password are in ${hint.path}; sign in with POST ${url}/admin/v1/sessions, then change the password.`,
  ];
}
