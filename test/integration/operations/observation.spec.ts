import { randomBytes } from 'node:crypto';
import { readEnv } from '../../../src/config/env.js';
import { type RunningProcess, startProcess } from '../../../src/entrypoints/process.js';
import { writeOutbox } from '../../../src/database/outbox.js';
import { SystemClock } from '../../../src/kernel/clock.js';
import { newId } from '../../../src/kernel/ids.js';
import { MessageStatistics } from '../../../src/modules/statistics/index.js';
import { LedgerService } from '../../../src/modules/wallets/index.js';
import { ObservationServer } from '../../../src/entrypoints/observation.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { phones, seedAccount, seedMessages, seedProvider } from '../../support/dispatch-rig.js';
import { until } from '../../support/until.js';

describe('metrics and probes', () => {
  let db: TestDatabase;
  const environment = (role: string) => ({
    DATABASE_URL: db.url,
    DATABASE_POOL_SIZE: '6',
    ROLE: role,
    PORT: '0',
    METRICS_PORT: '0',
    JWT_SECRET: randomBytes(32).toString('hex'),
    CREDENTIAL_KEYS: `k1:${randomBytes(32).toString('base64')}`,
    LOG_LEVEL: 'fatal',
  });
  const urlIn = ({ lines }: RunningProcess, pattern: RegExp) => pattern.exec(lines.join('\n'))![1]!;
  const observed = (running: RunningProcess) => urlIn(running, /probes: (\S+)\/metrics/);
  const text = async (url: string) => (await fetch(`${url}/metrics`)).text();
  const status = async (url: string) => (await fetch(url)).status;
  /** Values by name and labels. */
  const samples = (metrics: string) =>
    new Map(
      metrics
        .split('\n')
        .filter((line) => line && !line.startsWith('#'))
        .map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))] as const),
    );

  beforeAll(async () => {
    db = await createTestDatabase();
  });
  afterAll(() => db.drop());

  it('are on a port of their own, in an API process and in a worker, and say what there is', async () => {
    const [api, worker] = [
      await startProcess(readEnv(environment('api'))),
      await startProcess(readEnv(environment('worker'))),
    ];
    try {
      const provider = await seedProvider(db.database);
      const account = await seedAccount(db.database, { now: new Date() });
      const dueAt = new Date(Date.now() - 60_000);
      await seedMessages(db.database, {
        account,
        providerId: provider.id,
        recipients: phones(3),
        lane: 'otp',
        dueAt,
        validUntil: new Date(Date.now() + 600_000),
      });
      const url = urlIn(api, /listens on (\S+)/);
      expect(await status(`${url}/v1/messages/0199f1c2-6b8e-7000-8000-4a1f6d2c9b10`)).toBe(401);
      // Nobody from outside reads them.
      expect(await status(`${url}/metrics`)).toBe(404);
      const code = `p-${provider.id}`;
      const known = await until('both tell of the message that is due', async () => {
        const both = [samples(await text(observed(api))), samples(await text(observed(worker)))];
        return both.every((one) => (one.get('kabinet_queue_oldest_due_seconds{lane="otp"}') ?? 0) >= 60) && both;
      });
      for (const one of known) {
        expect(one.get(`kabinet_provider_status{provider="${code}",status="active"}`)).toBe(1);
        expect(one.get(`kabinet_provider_status{provider="${code}",status="paused"}`)).toBe(0);
        expect(one.get('kabinet_queue_oldest_due_seconds{lane="bulk"}')).toBe(0);
        expect(one.get(`kabinet_provider_oldest_due_seconds{provider="${code}",lane="otp"}`)).toBeGreaterThanOrEqual(
          60,
        );
        expect(one.get(`kabinet_provider_rate{provider="${code}"}`)).toBe(provider.ratePerSecond);
        expect(one.get('kabinet_shared_state_up')).toBe(1);
        for (const name of [
          'kabinet_unknown_outcomes',
          'kabinet_reports{state="due"}',
          'kabinet_reports{state="parked"}',
          'kabinet_reports_lag_seconds',
          'kabinet_database_connections{state="in_use"}',
          'kabinet_database_connections{state="waited_for"}',
          `kabinet_provider_window{provider="${code}"}`,
          `kabinet_provider_in_flight{provider="${code}"}`,
          `kabinet_provider_links{provider="${code}",state="throttled"}`,
          'nodejs_eventloop_lag_p99_seconds',
        ])
          expect([name, one.has(name)]).toEqual([name, true]);
      }
      const route = 'method="GET",route="/v1/messages/:id",status="401"';
      expect(known[0]!.get(`kabinet_http_request_seconds_count{${route}}`)).toBe(1);
      const whole = (await text(observed(api))) + (await text(observed(worker)));
      for (const secret of [account.id, phones(1)[0]!, '0199f1c2-6b8e', 'Hello']) expect(whole).not.toContain(secret);
      for (const running of [api, worker])
        for (const probe of ['live', 'startup', 'ready'])
          expect([probe, await status(`${observed(running)}/health/${probe}`)]).toEqual([probe, 200]);
    } finally {
      await api.close();
      await worker.close();
    }
    await expect(fetch(`${observed(worker)}/health/live`)).rejects.toThrow('fetch failed');
  });

  it('tell a process that starts, or has lost its database, from one that is dead', async () => {
    const observation = (await ObservationServer.start(readEnv(environment('worker'))))!;
    const answers = async () =>
      Object.fromEntries(
        await Promise.all(
          ['live', 'startup', 'ready'].map(async (probe) => [
            probe,
            await status(`${observation.url}/health/${probe}`),
          ]),
        ),
      );
    expect(await answers()).toEqual({ live: 200, startup: 503, ready: 503 });
    expect(await status(`${observation.url}/metrics`)).toBe(503);
    let query = () => Promise.resolve([{ one: 1 }]);
    const app = { get: () => ({ query: () => query() }) } as unknown as Parameters<ObservationServer['started']>[0];
    observation.started(app);
    expect(await answers()).toEqual({ live: 200, startup: 200, ready: 200 });
    query = () => Promise.reject(new Error('away'));
    expect(await answers()).toEqual({ live: 200, startup: 200, ready: 503 });
    query = () => Promise.resolve([]);
    observation.stopping();
    expect(await answers()).toEqual({ live: 200, startup: 200, ready: 503 });
    await observation.close();
  });

  it('count what was committed, and nothing else', async () => {
    const { database } = db;
    const ledger = new LedgerService(database);
    const moved: string[] = [];
    ledger.onCommitted(({ operation, ms }) => moved.push(`${operation} ${ms > 0}`));
    const settle = (fails: boolean) =>
      database.transaction(async (tx) => {
        await ledger.settle(tx, [], new Date());
        if (fails) throw new Error('rolled back');
      });
    await expect(settle(true)).rejects.toThrow('rolled back');
    await settle(false);
    expect(moved).toEqual(['settle true']);

    const account = await seedAccount(database);
    const statistics = new MessageStatistics(database, new SystemClock());
    const counted: string[] = [];
    statistics.onCounted(({ state, lane, messages }) => counted.push(`${state} ${lane} ${messages}`));
    const facts = {
      source: 'api',
      lane: 'bulk',
      country: 'GR',
      providerId: newId(),
      currency: 'EUR',
      chargeState: 'captured',
    };
    const delta = (state: string, messages: number) => ({ ...facts, state, messages, parts: messages, micros: '0' });
    const payload = { hour: '2026-03-02T12:00:00.000Z', deltas: [delta('submitted', -2), delta('delivered', 2)] };
    await database.transaction((tx) =>
      writeOutbox(tx, [{ accountId: account.id, topic: 'messages.changed', payload }], new Date()),
    );
    await statistics.catchUp();
    expect(counted).toEqual(['delivered bulk 2']);
  });

  it('are not there unless a port is configured', async () => {
    expect(await ObservationServer.start(readEnv({}))).toBeNull();
  });
});
