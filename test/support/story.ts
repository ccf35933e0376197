import { Workers } from '../../src/entrypoints/workers.js';
import { TENANT_PERMISSIONS } from '../../src/modules/identity/index.js';
import { expectCleanAudit } from './audit.js';
import { createFullApp, type FullApp, type FullAppOptions } from './full-app.js';
import { bearer, PASSWORD } from './identity.js';
import type { ProviderKind } from '../../src/modules/providers/index.js';
import { until } from './until.js';

interface Money {
  amount: string;
  currency: string;
}

/** What a test reads of a message; more is shown. */
export interface ShownMessage {
  id: string;
  to: string;
  text: string;
  state: string;
  reason: string | null;
  chargeState: string;
  parts: number;
  encoding: string;
  price: Money;
  dueAt: string;
  attempts?: { number: number; state: string; errorCode: string | null }[];
  reports?: { status: string; outcome: string }[];
}

export interface SentItem {
  id: string;
  status: string;
  code?: string;
  dueAt?: string;
}

export interface ShownTransaction {
  kind: string;
  amount: Money;
  heldAmount: Money;
}

const QUICK_LINKS = { tickMs: 100, takeNextMs: 30, failurePauseMs: 200 };
const QUICK_DISPATCH = { pollMs: 50, housekeepingMs: 100 };
const PATIENCE_MS = 10_000;

/**
 * The whole product for one spec file: API and workers in this process, on a database of its own. Everything is asked of it over
 * HTTP, as the operator's staff ({@link Story.asStaff}) and as portals ({@link Portal}).
 */
export class Story {
  private numbers = 0;

  private constructor(readonly app: FullApp) {}

  /** It sends, unless told otherwise, and looks at everything more often than in earnest. */
  static async begin(options: FullAppOptions = {}): Promise<Story> {
    const app = await createFullApp({
      workers: true,
      ...options,
      dispatch: { ...QUICK_DISPATCH, ...options.dispatch },
      connections: { ...QUICK_LINKS, ...options.connections },
    });
    return new Story(app);
  }

  /** For a story that was begun without them. */
  startWorkers(): Promise<void> {
    return this.app.app.get(Workers).start();
  }

  /** Fails when the books are not right; closes in any case. */
  async end(): Promise<void> {
    try {
      await expectCleanAudit(this.app.db.database);
    } finally {
      await this.app.close();
    }
  }

  /** Somebody of the staff, signed in just now: sessions do not outlive a clock that is moved. */
  async asStaff(): Promise<Caller> {
    return new Caller(this.app, await this.app.signInStaff());
  }

  /** A provider of this kind for every number that begins with `prefix`. Returns its id. */
  async addProvider(provider: {
    kind: ProviderKind;
    settings: Record<string, unknown>;
    credentials: Record<string, string>;
    prefix?: string;
    ratePerSecond?: number;
  }): Promise<string> {
    const { prefix = '', ratePerSecond = 200, ...rest } = provider;
    const staff = await this.asStaff();
    const code = `provider-${++this.numbers}`;
    const { id } = await staff.post('/admin/v1/providers', { code, name: code, ratePerSecond, ...rest });
    await staff.post('/admin/v1/routes', { prefix, providerId: id });
    return id;
  }

  addSmpp(port: number, prefix = '', settings: Record<string, unknown> = {}): Promise<string> {
    return this.addProvider({
      kind: 'smpp',
      settings: { host: '127.0.0.1', port, ...settings },
      credentials: { systemId: 'kabinet', password: 'sandbox' },
      prefix,
    });
  }

  /** Nothing leaves over it any more when this resolves: its links are closed. */
  async pauseProvider(id: string): Promise<void> {
    const staff = await this.asStaff();
    await staff.post(`/admin/v1/providers/${id}/pause`, { reason: 'maintenance' }, 200);
    await until('its links are closed', async () => {
      const { binds } = await staff.get(`/admin/v1/providers/${id}`);
      return binds.every(({ held }: { held: boolean }) => !held);
    });
  }

  async resumeProvider(id: string): Promise<void> {
    await (await this.asStaff()).post(`/admin/v1/providers/${id}/resume`, {}, 200);
  }

  /** An account with its owner and an API key that holds every right, and with so many units in its wallet. */
  async openPortal({ amount = '100.00', ...account }: Record<string, string> = {}): Promise<Portal> {
    const staff = await this.asStaff();
    const body = {
      name: 'Clinic',
      country: 'RU',
      currency: 'RUB',
      locale: 'ru',
      timeZone: 'Europe/Moscow',
      ...account,
    };
    const { id } = await staff.post('/admin/v1/accounts', body);
    const login = `owner-${++this.numbers}`;
    const user = { login, email: 'owner@clinic.example', role: 'owner' };
    const { invitationToken } = await staff.post(`/admin/v1/accounts/${id}/users`, user);
    const anybody = new Caller(this.app, {});
    await anybody.post('/v1/invitations/accept', { token: invitationToken, password: PASSWORD }, 200);
    const { accessToken } = await anybody.post('/v1/sessions', { login, password: PASSWORD });
    const owner = new Caller(this.app, bearer(accessToken));
    const { key } = await owner.post('/v1/api-keys', { name: 'Portal', scopes: TENANT_PERMISSIONS });
    const portal = new Portal(this.app, bearer(key), id, body.currency);
    if (Number(amount) > 0) await portal.credit(staff, amount);
    return portal;
  }
}

/** Speaks to the product over HTTP with these credentials; an answer other than the expected one fails the test. */
export class Caller {
  private static keys = 0;

  constructor(
    private readonly app: FullApp,
    readonly headers: Record<string, string>,
  ) {}

  async get(path: string, status = 200) {
    return (await this.app.http().get(path).set(this.headers).expect(status)).body;
  }

  async post(path: string, body: object = {}, status = 201) {
    const headers = { ...this.headers, 'idempotency-key': `key-${++Caller.keys}` };
    return (await this.app.http().post(path).set(headers).send(body).expect(status)).body;
  }

  async put(path: string, body: object = {}, status = 200) {
    return (await this.app.http().put(path).set(this.headers).send(body).expect(status)).body;
  }
}

/** A portal that works for one account with its API key. */
export class Portal extends Caller {
  constructor(
    app: FullApp,
    headers: Record<string, string>,
    readonly accountId: string,
    private readonly currency: string,
  ) {
    super(app, headers);
  }

  async credit(staff: Caller, amount: string): Promise<void> {
    const adjustment = { amount, currency: this.currency, reason: 'Funds of a test' };
    await staff.post(`/admin/v1/accounts/${this.accountId}/adjustments`, adjustment);
  }

  /** One message by hand; the answer's only item. */
  async send(to: string, text: string, more: object = {}): Promise<SentItem> {
    return (await this.post('/v1/messages', { recipients: [to], text, ...more }, 202)).items[0];
  }

  message(id: string): Promise<ShownMessage> {
    return this.get(`/v1/messages/${id}`);
  }

  async messagesTo(to: string): Promise<ShownMessage[]> {
    return (await this.get(`/v1/messages?to=${encodeURIComponent(to)}`)).data;
  }

  /** The message as it is shown when it has come into that state. */
  inState(id: string, state: string, timeoutMs = PATIENCE_MS): Promise<ShownMessage> {
    return until(
      `message ${id} is ${state}`,
      async () => {
        const message = await this.message(id);
        return message.state === state && message;
      },
      timeoutMs,
    );
  }

  async wallet(): Promise<{ id: string; balance: string; held: string }> {
    const [{ id, balance, held }] = (await this.get('/v1/wallets')).data;
    return { id, balance: balance.amount, held: held.amount };
  }

  /** Newest first. */
  async statement(): Promise<ShownTransaction[]> {
    const { id } = await this.wallet();
    return (await this.get(`/v1/wallets/${id}/transactions?limit=100`)).data;
  }
}
