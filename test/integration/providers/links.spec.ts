import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Logger } from '@nestjs/common';
import type { LinkKeeper } from '../../../src/modules/providers/connections/link-keeper.js';
import { createDataSource } from '../../../src/database/data-source.js';
import { Database } from '../../../src/database/database.js';
import { submission } from '../../contract/sms-provider.js';
import { AdvancedClock } from '../../support/clock.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { insertProvider } from '../../support/factories/providers.js';
import { HttpOperator, JSON_DIALECT_SECRETS, jsonDialectSettings } from '../../support/http-operator.js';
import { createLinkKeeper, QUICK, TEST_KEY, testVault } from '../../support/link-rig.js';
import { SandboxOperator } from '../../support/sandbox-operator.js';
import { until } from '../../support/until.js';

const TO = '48500000001';
const RIGHT = { systemId: 'kabinet', password: 'sandbox' };

let db: TestDatabase;
let operator: SandboxOperator;
const keepers: LinkKeeper[] = [];

beforeAll(async () => {
  Logger.overrideLogger(false);
  db = await createTestDatabase({ poolSize: 20 });
});
afterAll(() => db.drop());
beforeEach(async () => {
  operator = await SandboxOperator.start({ reportDelay: { minMs: 5, maxMs: 10 } });
});
afterEach(async () => {
  await Promise.all(keepers.splice(0).map((keeper) => keeper.stop(200)));
  await operator.stop();
  for (const table of ['report_inbox', 'bind_leases', 'providers']) await db.database.query(`DELETE FROM ${table}`);
});

async function insertSmpp(credentials: object = RIGHT, maxBinds = 1): Promise<string> {
  const id = await insertProvider(db.database, { kind: 'smpp', maxBinds, settings: settingsOf(operator) });
  await setCredentials(id, credentials);
  return id;
}

const settingsOf = ({ ports }: SandboxOperator) => ({
  host: '127.0.0.1',
  port: ports.smpp,
  reconnectMinMs: 20,
  reconnectMaxMs: 100,
});

async function setCredentials(id: string, credentials: object): Promise<void> {
  const sealed = testVault().seal(id, { credentials: credentials as Record<string, string>, callbackToken: null });
  await db.database.query(
    `UPDATE providers SET credentials = $2, version = version + 1, link_version = link_version + 1 WHERE id = $1`,
    [id, JSON.stringify(sealed)],
  );
}

async function startKeeper(options?: Parameters<typeof createLinkKeeper>[1]): Promise<LinkKeeper> {
  const keeper = createLinkKeeper(db.database, options);
  keepers.push(keeper);
  await keeper.start();
  return keeper;
}

const ready = (keeper: LinkKeeper) => keeper.active().filter(({ provider }) => provider.state().status === 'ready');
const untilReady = (keeper: LinkKeeper, links = 1) =>
  until(`${links} links are ready`, () => ready(keeper).length === links && ready(keeper));
const bindsOf = (id: string) =>
  db.database.query<{
    bind_no: number;
    holder: string | null;
    fence: bigint;
    state: string;
    last_error: string | null;
  }>('SELECT bind_no, holder, fence, state, last_error FROM bind_leases WHERE provider_id = $1 ORDER BY bind_no', [id]);
const statusOf = async (id: string) =>
  (await db.database.query('SELECT status, pause_reason, version FROM providers WHERE id = $1', [id]))[0];

describe('the links of a worker', () => {
  it('opens a leased bind, sends over it, and has reports stored before they are acknowledged', async () => {
    const id = await insertSmpp();
    const keeper = await startKeeper();
    let hints = 0;
    keeper.onFreeSlots(() => hints++);
    const [link] = await untilReady(keeper);
    expect(hints).toBeGreaterThan(0);
    expect(link).toMatchObject({ providerId: id, bindNo: 1, gates: [{ gate: `provider:${id}`, perSecond: 100 }] });
    expect(link!.freeSlots()).toBeGreaterThan(0);
    const [outcome] = await link!.provider.submit([submission(TO, 'hello')]);
    const [part] = outcome!.parts;
    const [row] = await until('the report is in the inbox', async () => {
      const rows = await db.database.query('SELECT provider_id, provider_message_id, status FROM report_inbox');
      return rows.length > 0 && rows;
    });
    expect(row).toEqual({
      provider_id: id,
      provider_message_id: part!.kind === 'submitted' && part!.providerMessageId,
      status: 'delivered',
    });
    await until('the state is shown', async () => (await bindsOf(id))[0]?.state === 'ready');
  });

  it('dates what comes over a link by the product’s clock', async () => {
    const clock = new AdvancedClock();
    clock.advance({ hours: 24 });
    await insertSmpp();
    const keeper = await startKeeper({ clock });
    const [link] = await until('it is ready', () => ready(keeper).length > 0 && ready(keeper));
    const began = clock.now();
    await link!.provider.submit([submission(TO, 'hello')]);
    const [row] = await until('its report came', async () => {
      const rows = await db.database.query<{ received_at: Date }>('SELECT received_at FROM report_inbox');
      return rows.length > 0 && rows;
    });
    // Reports are compared with when their messages were sent, which is told by the same clock.
    expect(row!.received_at.getTime()).toBeGreaterThanOrEqual(began.getTime());
    expect(link!.provider.state().since.getTime()).toBeGreaterThan(Date.now() + 23 * 3_600_000);
  });

  it('opens HTTP providers too', async () => {
    const http = await HttpOperator.start();
    const id = await insertProvider(db.database, { kind: 'http', settings: jsonDialectSettings(http.origin) });
    await setCredentials(id, JSON_DIALECT_SECRETS);
    const keeper = await startKeeper();
    const [link] = await untilReady(keeper);
    const [outcome] = await link!.provider.submit([submission(TO, 'hello')]);
    expect(outcome!.parts).toMatchObject([{ kind: 'submitted' }]);
    await http.stop();
  });

  it('shares the binds of a provider, and never opens more than it may have', async () => {
    const id = await insertSmpp(RIGHT, 2);
    const [one, other, third] = await Promise.all([startKeeper(), startKeeper(), startKeeper()]);
    const all = () => [one, other, third].flatMap((keeper) => ready(keeper).map(({ bindNo }) => bindNo));
    await until('both binds are ready', () => all().length === 2);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(all().sort()).toEqual([1, 2]);
    expect((await bindsOf(id)).every(({ holder }) => holder !== null)).toBe(true);
  });

  it('gives the bind back when it stops, and the next worker has it at once', async () => {
    const id = await insertSmpp();
    const one = await startKeeper();
    const [first] = await untilReady(one);
    const other = await startKeeper();
    expect(other.active()).toEqual([]);
    await one.stop(500);
    expect(one.active()).toEqual([]);
    expect(first!.freeSlots()).toBe(0);
    const started = performance.now();
    const [second] = await untilReady(other);
    expect(performance.now() - started).toBeLessThan(QUICK.leaseMs);
    expect(second!.fence).toBeGreaterThan(first!.fence);
    expect((await bindsOf(id)).length).toBe(1);
  });

  it('drops its links before their leases end when the database is away, and only then somebody else has them', async () => {
    await insertSmpp();
    const cut = await createTestDatabaseHandle();
    const one = createLinkKeeper(cut.database);
    await one.start();
    const [link] = await untilReady(one);
    await cut.close();
    const other = await startKeeper();
    let overlap = false;
    await until('the other worker has the bind', () => {
      overlap ||= one.active().length > 0 && other.active().length > 0;
      return other.active().length > 0;
    });
    expect(overlap).toBe(false);
    expect(one.active()).toEqual([]);
    await until('the session is closed', () => link!.provider.state().status === 'stopped');
    await one.stop(0);
  });

  it('pauses a provider that refuses the credentials, visibly, and goes on after ops put them right', async () => {
    const id = await insertSmpp({ systemId: 'kabinet', password: 'wrong' });
    const keeper = await startKeeper();
    await until('it is paused', async () => (await statusOf(id))?.['status'] === 'paused');
    expect(await statusOf(id)).toMatchObject({ pause_reason: 'credentials_refused' });
    await until('the bind is given back', async () => (await bindsOf(id))[0]?.holder === null);
    expect((await bindsOf(id))[0]!.last_error).toMatch(/0x0000000[ef]/);
    const audit = await db.database.query(`SELECT action, actor_kind, details FROM account_audit WHERE subject = $1`, [
      `provider:${id}`,
    ]);
    expect(audit).toMatchObject([{ action: 'provider.paused', actor_kind: 'system' }]);
    expect(keeper.active()).toEqual([]);
    await setCredentials(id, RIGHT);
    await db.database.query(`UPDATE providers SET status = 'active', version = version + 1 WHERE id = $1`, [id]);
    await untilReady(keeper);
  });

  it('takes up new settings with a new session, and a new rate without one', async () => {
    const id = await insertSmpp();
    const keeper = await startKeeper();
    const [before] = await untilReady(keeper);
    await db.database.query('UPDATE providers SET rate_per_second = 7, version = version + 1 WHERE id = $1', [id]);
    // Whoever sends asks the link that it was given.
    await until('the rate is known', () => before!.gates[0]?.perSecond === 7);
    expect(keeper.active()[0]!.fence).toBe(before!.fence);
    const elsewhere = await SandboxOperator.start();
    await db.database.query(
      'UPDATE providers SET settings = $2, version = version + 1, link_version = link_version + 1 WHERE id = $1',
      [id, JSON.stringify(settingsOf(elsewhere))],
    );
    await until(
      'a new session',
      () => ready(keeper)[0]?.fence !== undefined && ready(keeper)[0]!.fence > before!.fence,
    );
    await ready(keeper)[0]!.provider.submit([submission(TO, 'moved')]);
    expect(elsewhere.inbox(TO)).toMatchObject([{ text: 'moved' }]);
    await keeper.stop(200);
    await elsewhere.stop();
  });

  it('replaces a link also when the database failed in the middle of it', async () => {
    const id = await insertSmpp();
    const keeper = await startKeeper();
    const [before] = await untilReady(keeper);
    await db.database.query(`
      CREATE FUNCTION fail_refence() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'the disk is full'; END $$;
      CREATE TRIGGER fail_refence BEFORE UPDATE ON bind_leases FOR EACH ROW
        WHEN (NEW.fence > OLD.fence AND OLD.holder IS NOT NULL AND OLD.lease_until > clock_timestamp())
        EXECUTE FUNCTION fail_refence()`);
    try {
      await setCredentials(id, RIGHT);
      await until('the old one is closed', () => before!.provider.state().status === 'stopped');
      await until(
        'there is a new one',
        () => ready(keeper)[0]?.provider !== before!.provider && ready(keeper).length === 1,
      );
    } finally {
      await db.database.query('DROP TRIGGER fail_refence ON bind_leases; DROP FUNCTION fail_refence()');
    }
  });

  it('keeps looking after the new link when the old one lost its bind while it was closing', async () => {
    await operator.order({ next: [{ action: 'never_answer' }] });
    const id = await insertSmpp();
    const keeper = await startKeeper({ settings: { ...QUICK, drainMs: 1_500 } });
    const [before] = await untilReady(keeper);
    const answer = before!.provider.submit([submission(TO, 'never answered')]);
    await until('it is on its way', () => before!.provider.state().inFlight === 1);
    await setCredentials(id, RIGHT);
    await until('it is closing', () => before!.provider.state().status === 'draining');
    await db.database.query('UPDATE bind_leases SET fence = fence + 1, holder = NULL, lease_until = now()');
    await until('there is a new one', () => ready(keeper).some(({ provider }) => provider !== before!.provider));
    const [after] = ready(keeper);
    await until('the old one is closed', () => before!.provider.state().status === 'stopped');
    await answer;
    await new Promise((resolve) => setTimeout(resolve, QUICK.tickMs * 3));
    expect(keeper.active().map(({ provider }) => provider)).toEqual([after!.provider]);
  });

  it('closes paused providers, and keeps draining ones for their reports only', async () => {
    const id = await insertSmpp();
    const keeper = await startKeeper();
    const [link] = await untilReady(keeper);
    await db.database.query(`UPDATE providers SET status = 'draining', version = version + 1 WHERE id = $1`, [id]);
    await until('it is not used any more', () => keeper.active().length === 0);
    expect(link!.provider.state().status).toBe('ready');
    expect(link!.freeSlots()).toBe(0);
    expect(keeper.askable()).toMatchObject([{ providerId: id, bindNo: 1 }]);
    await db.database.query(`UPDATE providers SET status = 'paused', version = version + 1 WHERE id = $1`, [id]);
    await until('it is closed', () => link!.provider.state().status === 'stopped');
    await until('the bind is given back', async () => (await bindsOf(id))[0]?.holder === null);
    expect(keeper.askable()).toEqual([]);
  });

  it('shows why a link cannot be opened, and tries again later', async () => {
    const id = await insertSmpp();
    const keeper = await startKeeper({ vault: testVault(randomBytes(32)) });
    await until('the reason is shown', async () => /cannot be read/.test((await bindsOf(id))[0]?.last_error ?? ''));
    expect(keeper.active()).toEqual([]);
    expect(await statusOf(id)).toMatchObject({ status: 'active' });
    const able = await startKeeper();
    await untilReady(able);
  });

  it('connects to public addresses only', async () => {
    const id = await insertSmpp();
    await startKeeper({ env: { ALLOW_PRIVATE_ADDRESSES: false } });
    await until('the refusal is shown', async () =>
      /not a public address/.test((await bindsOf(id))[0]?.last_error ?? ''),
    );
    expect(operator.stats().received).toBe(0);
  });

  it('takes over from a killed worker once its lease is over', async () => {
    await insertSmpp();
    const script = fileURLToPath(new URL('../../support/link-worker.js', import.meta.url));
    const worker = spawn(process.execPath, [script, db.url, TEST_KEY.toString('base64')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(worker.stdout, 'data');
    const keeper = await startKeeper();
    await new Promise((resolve) => setTimeout(resolve, QUICK.tickMs * 3));
    expect(keeper.active()).toEqual([]);
    worker.kill('SIGKILL');
    const killed = performance.now();
    await untilReady(keeper);
    expect(performance.now() - killed).toBeLessThan(QUICK.leaseMs + 1_500);
  });
});

/** A second pool on the same database, to be cut off. */
async function createTestDatabaseHandle() {
  const dataSource = createDataSource({ url: db.url, poolSize: 3, applicationName: 'kabinet cut off' });
  await dataSource.initialize();
  const database = new Database(dataSource);
  return { database, close: () => database.close() };
}
