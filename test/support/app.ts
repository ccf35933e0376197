import { type DynamicModule, Global, Injectable, Module, type Provider, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import supertest from 'supertest';
import { Env, readEnv } from '../../src/config/env.js';
import { Secrets } from '../../src/config/secrets.js';
import { Database } from '../../src/database/database.js';
import { GatewayModule } from '../../src/gateway/gateway.module.js';
import { createHttpAdapter, prepareHttp } from '../../src/gateway/http.js';
import { Authenticator, type GatewayRequest, type Principal } from '../../src/gateway/principal.js';
import { DomainError } from '../../src/kernel/domain-error.js';

export interface TestApp {
  app: NestFastifyApplication;
  /** supertest on the app's server. */
  http(): ReturnType<typeof supertest>;
  /** Headers of a caller who acts for an account with those permissions (default: all). */
  as(accountId: string, permissions?: string[]): Record<string, string>;
  /** Headers of the operator's staff. */
  asStaff(permissions?: string[]): Record<string, string>;
  close(): Promise<void>;
}

/** Stands in for `identity` where a test is about something else: the principal travels in the header. */
@Injectable()
class HeaderAuthenticator extends Authenticator {
  async authenticate(request: GatewayRequest): Promise<Principal | null> {
    const { authorization } = request.headers;
    if (!authorization) return null;
    if (!authorization.startsWith('Test ')) throw new DomainError('unauthenticated', 'credentials_required');
    const sent: Omit<Principal, 'permissions'> & { permissions: string[] } = JSON.parse(
      Buffer.from(authorization.slice(5), 'base64url').toString('utf8'),
    );
    return { ...sent, permissions: new Set(sent.permissions) };
  }
}

@Global()
@Module({ providers: [{ provide: Authenticator, useClass: HeaderAuthenticator }], exports: [Authenticator] })
class HeaderAuthenticatorModule {}

const TEST_SECRETS = new Secrets(Buffer.from('a signing key of the tests, long enough'), [
  { id: 'test', key: Buffer.alloc(32, 7) },
]);

const STAFF_ID = '0190a000-0000-7000-8000-000000000001';

const header = (principal: object): Record<string, string> => ({
  authorization: `Test ${Buffer.from(JSON.stringify(principal)).toString('base64url')}`,
});

/**
 * The gateway with some modules over real HTTP. `database` comes from `createTestDatabase()`; `providers` are global, such
 * as `{ provide: Clock, useValue: fakeClock }`.
 */
export async function createTestApp(options: {
  imports: (Type | DynamicModule)[];
  database?: Database;
  env?: Partial<Env>;
  /** Provides {@link Authenticator}; absent: principals travel in a header. */
  authenticator?: Type | DynamicModule;
  providers?: { provide: Exclude<Provider, Type>['provide']; useValue: unknown }[];
}): Promise<TestApp> {
  const globals = [
    { provide: Database, useValue: options.database },
    { provide: Env, useValue: Object.assign(readEnv({}), { ALLOW_PRIVATE_ADDRESSES: true }, options.env) },
    { provide: Secrets, useValue: TEST_SECRETS },
    ...(options.providers ?? []),
  ];

  @Global()
  @Module({ providers: globals, exports: globals.map(({ provide }) => provide) })
  class TestGlobals {}

  @Module({
    imports: [
      TestGlobals,
      GatewayModule.forRoot({ imports: [options.authenticator ?? HeaderAuthenticatorModule] }),
      ...options.imports,
    ],
  })
  class TestAppModule {}

  const app = await NestFactory.create<NestFastifyApplication>(
    TestAppModule,
    createHttpAdapter(options.env?.TRUSTED_PROXIES),
    {
      logger: ['fatal'],
      abortOnError: false,
    },
  );
  await prepareHttp(app);
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  return {
    app,
    http: () => supertest(app.getHttpServer()),
    as: (accountId, permissions = ['*']) =>
      header({ kind: 'user', id: accountId, accountId, portalId: null, permissions, mode: 'live' }),
    asStaff: (permissions = ['*']) =>
      header({ kind: 'staff', id: STAFF_ID, accountId: null, portalId: null, permissions, mode: 'live' }),
    close: () => app.close(),
  };
}
