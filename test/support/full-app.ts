import { randomBytes } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import supertest from 'supertest';
import { type Env, readEnv } from '../../src/config/env.js';
import { AppModule } from '../../src/entrypoints/app.module.js';
import { Workers } from '../../src/entrypoints/workers.js';
import { createHttpAdapter, prepareHttp } from '../../src/gateway/http.js';
import { Clock, SystemClock } from '../../src/kernel/clock.js';
import { ManageStaff, type StaffRole } from '../../src/modules/identity/index.js';
import { DispatchSettings } from '../../src/modules/messages/dispatch/dispatch-settings.js';
import { ConnectionSettings } from '../../src/modules/providers/connections/connection-settings.js';
import { createTestDatabase, type TestDatabase } from './database.js';

export interface FullApp {
  app: NestFastifyApplication;
  db: TestDatabase;
  /** The environment that it was started with: another process with it is a replica. */
  environment: Record<string, string>;
  http(): ReturnType<typeof supertest>;
  /** Headers of one of the operator's staff, signed in over HTTP. */
  signInStaff(role?: StaffRole): Promise<Record<string, string>>;
  close(): Promise<void>;
}

export interface FullAppOptions {
  /** It also sends. */
  workers?: boolean;
  /** The machine's when absent. */
  clock?: Clock;
  /** Times of dispatch other than the product's. */
  dispatch?: Partial<DispatchSettings>;
  /** Times of the links other than the product's. */
  connections?: Partial<ConnectionSettings>;
}

/** The product as it runs, with every module, listening on a port of its own, on a database of its own. */
export async function createFullApp(options: FullAppOptions = {}): Promise<FullApp> {
  const db = await createTestDatabase();
  const environment = {
    DATABASE_URL: db.url,
    DATABASE_POOL_SIZE: '8',
    JWT_SECRET: randomBytes(32).toString('hex'),
    CREDENTIAL_KEYS: `k1:${randomBytes(32).toString('base64')}`,
    ALLOW_PRIVATE_ADDRESSES: 'true',
    LOG_LEVEL: 'fatal',
  };
  const env = readEnv(environment);
  const app = await build(env, options);
  await prepareHttp(app);
  await app.listen(0, env.HOST);
  // Providers and telephony are told this address.
  env.PUBLIC_URL = await app.getUrl();
  if (options.workers) await app.get(Workers).start();
  const http = () => supertest(app.getHttpServer());
  return {
    app,
    db,
    environment,
    http,
    signInStaff: async (role = 'admin') => {
      const login = `staff-${randomBytes(6).toString('hex')}`;
      const password = randomBytes(12).toString('hex');
      await app.get(ManageStaff, { strict: false }).add({ login, password, name: 'Staff', email: null, role });
      const { body } = await http().post('/admin/v1/sessions').send({ login, password }).expect(201);
      return { authorization: `Bearer ${body.accessToken}` };
    },
    close: async () => {
      await app.close();
      await db.drop();
    },
  };
}

async function build(env: Env, { clock, dispatch, connections }: FullAppOptions): Promise<NestFastifyApplication> {
  const module = await Test.createTestingModule({ imports: [AppModule.forRoot(env)] })
    .overrideProvider(Clock)
    .useValue(clock ?? new SystemClock())
    .overrideProvider(DispatchSettings)
    .useValue(new DispatchSettings(dispatch))
    .overrideProvider(ConnectionSettings)
    .useValue(Object.assign(new ConnectionSettings(), connections))
    .compile();
  return module.createNestApplication<NestFastifyApplication>(createHttpAdapter(env.TRUSTED_PROXIES), {
    logger: ['fatal'],
    abortOnError: false,
  });
}
