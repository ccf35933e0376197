import { type DynamicModule, Module, type Type } from '@nestjs/common';
import { Secrets } from '../../src/config/secrets.js';
import type { Tx } from '../../src/database/database.js';
import { Clock } from '../../src/kernel/clock.js';
import { newId } from '../../src/kernel/ids.js';
import { hashPassword } from '../../src/modules/identity/credentials/passwords.js';
import {
  IdentityModule,
  type StaffRole,
  type VerificationMessage,
  VerificationSender,
} from '../../src/modules/identity/index.js';
import { createTestApp, type TestApp } from './app.js';
import { FakeClock } from './clock.js';
import { createTestDatabase, type TestDatabase } from './database.js';

/** Keeps what would have left as SMS; `refuse` makes it answer as messages do when there is no route or no funds. */
export class RecordingSender extends VerificationSender {
  readonly sent: VerificationMessage[] = [];
  refuse = false;

  async send(_tx: Tx, message: VerificationMessage): Promise<boolean> {
    if (!this.refuse) this.sent.push(message);
    return !this.refuse;
  }

  /** The six digits of the latest message to that number. */
  codeFor(phone: string): string {
    const message = this.sent.findLast((one) => one.phone === phone);
    const code = /\b\d{6}\b/.exec(message?.text ?? '')?.[0];
    if (!code) throw new Error(`no code was sent to ${phone}`);
    return code;
  }
}

export interface IdentityApp extends TestApp {
  db: TestDatabase;
  clock: FakeClock;
  sender: RecordingSender;
  secrets: Secrets;
}

/** The gateway with the real `identity`, on a database of its own; only the clock and the way out of an SMS are stood in for. */
export async function createIdentityApp(imports: (Type | DynamicModule)[] = []): Promise<IdentityApp> {
  const db = await createTestDatabase();
  const clock = new FakeClock();
  const sender = new RecordingSender();
  const secrets = new Secrets(Buffer.from('a signing key of the tests, long enough'), []);

  @Module({ providers: [{ provide: VerificationSender, useValue: sender }], exports: [VerificationSender] })
  class SenderModule {}

  const identity = IdentityModule.forRoot({ imports: [SenderModule] });
  const app = await createTestApp({
    imports: [identity, ...imports],
    authenticator: identity,
    database: db.database,
    providers: [
      { provide: Clock, useValue: clock },
      { provide: Secrets, useValue: secrets },
    ],
  });
  const close = async () => {
    await app.close();
    await db.drop();
  };
  return { ...app, db, clock, sender, secrets, close };
}

export const PASSWORD = 'correct horse battery staple';

let numbers = 1_000_000;

/** A fresh Russian mobile number, as digits. */
export const nextMobile = (): string => `7916${++numbers}`;

export const registrationOf = (over: Record<string, unknown> = {}) => {
  const phone = nextMobile();
  return {
    login: `user-${phone}`,
    password: PASSWORD,
    email: 'reports@clinic.example',
    phone: `+${phone}`,
    organisation: 'Clinic No. 1',
    country: 'RU',
    timeZone: 'Europe/Moscow',
    ...over,
  };
};

export interface SignedIn {
  accountId: string;
  userId: string;
  login: string;
  accessToken: string;
  refreshToken: string;
  /** `Authorization` of that user. */
  auth: Record<string, string>;
}

export const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

/** Registers over HTTP with the code that was sent, and signs in. */
export async function registerAndSignIn(app: IdentityApp, over: Record<string, unknown> = {}): Promise<SignedIn> {
  const body = registrationOf(over);
  const registered = await app.http().post('/v1/registrations').send(body).expect(202);
  const code = app.sender.codeFor(body.phone.slice(1));
  const verified = await app.http().post(`/v1/registrations/${registered.body.id}/verify`).send({ code }).expect(200);
  const tokens = await signIn(app, body.login, body.password);
  return { ...verified.body, login: body.login, ...tokens };
}

export async function signIn(
  app: TestApp,
  login: string,
  password: string = PASSWORD,
): Promise<Pick<SignedIn, 'accessToken' | 'refreshToken' | 'auth'>> {
  const { body } = await app.http().post('/v1/sessions').send({ login, password }).expect(201);
  return { accessToken: body.accessToken, refreshToken: body.refreshToken, auth: bearer(body.accessToken) };
}

/** One of the operator's staff, signed in over HTTP. */
export async function signInStaff(app: IdentityApp, role: StaffRole = 'admin'): Promise<SignedIn['auth']> {
  const login = `staff-${newId()}`;
  await app.db.database.query(
    `INSERT INTO staff (id, login, password_hash, name, role, status, created_at, updated_at)
     VALUES ($1, $2, $3, 'Staff', $4, 'active', $5, $5)`,
    [newId(), login, await hashPassword(PASSWORD), role, app.clock.now()],
  );
  const { body } = await app.http().post('/admin/v1/sessions').send({ login, password: PASSWORD }).expect(201);
  return bearer(body.accessToken);
}
