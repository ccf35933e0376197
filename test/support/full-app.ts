import { randomBytes } from 'node:crypto';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import supertest from 'supertest';
import { readEnv } from '../../src/config/env.js';
import { AppModule } from '../../src/entrypoints/app.module.js';
import { Workers } from '../../src/entrypoints/workers.js';
import { createHttpAdapter, prepareHttp } from '../../src/gateway/http.js';
import { ManageStaff, type StaffRole } from '../../src/modules/identity/index.js';
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

/** The product as it runs, with every module and the real clock, on a database of its own; `workers`: it also sends. */
export async function createFullApp({ workers = false } = {}): Promise<FullApp> {
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
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.forRoot(env),
    createHttpAdapter(env.TRUSTED_PROXIES),
    {
      logger: ['fatal'],
      abortOnError: false,
    },
  );
  await prepareHttp(app);
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  if (workers) await app.get(Workers).start();
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
