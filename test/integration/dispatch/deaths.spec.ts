import { Logger } from '@nestjs/common';
import { once } from 'node:events';
import { type AddressInfo, createConnection, createServer, type Server, type Socket } from 'node:net';
import type { PoolClient } from 'pg';
import { createDataSource } from '../../../src/database/data-source.js';
import { Database } from '../../../src/database/database.js';
import type { DispatchSettings } from '../../../src/modules/messages/dispatch/dispatch-settings.js';
import { newId } from '../../../src/kernel/ids.js';
import type { OperatorConfig } from '../../../src/sandbox/operator-config.js';
import { expectCleanAudit } from '../../support/audit.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import {
  DispatchRig,
  openSmppLink,
  phones,
  type SeedAccount,
  seedAccount,
  seedMessages,
  seedProvider,
} from '../../support/dispatch-rig.js';
import { SandboxOperator } from '../../support/sandbox-operator.js';
import { until } from '../../support/until.js';

const HEIR: Partial<DispatchSettings> = {
  leaseMs: 1_500,
  pollMs: 100,
  housekeepingMs: 100,
  guessAfterMs: 500,
  unknownMs: 2_500,
};
/** Does nothing but what its messages need, so that what it commits can be counted. */
const MORTAL: Partial<DispatchSettings> = {
  ...HEIR,
  pollMs: 60_000,
  housekeepingMs: 60_000,
  settleMs: 10,
  reportMs: 30,
};
const FUNDS = 1_000_000n;
/**
 * The first operator refuses two of them at once, which go on to the second; that one refuses one of them, too. Another is reported as
 * undelivered, whose price is given back.
 */
const REFUSES_TWO = { '6': 'refused', '7': 'refused', '8': 'undelivered' } as const;
const REFUSES_ONE = { '7': 'refused' } as const;
const REFUSED = '0x0000000b';
/** Five of one part, and one of two, which the first operator may be sent; the other has two. */
const PARTS = [7, 2];
const TOGETHER = 6;
const FINAL = ['delivered', 'undelivered', 'rejected', 'expired'];

/** `before` it is sent, so that it is rolled back, or `after` it is done, without having heard of it. */
interface Death {
  at: number;
  when: 'before' | 'after';
}

const NEVER: Death = { at: Infinity, when: 'before' };

/**
 * A worker that dies at the n-th statement by which it commits something: its connections to the database and to the operator end, and
 * it never gets another. Whatever it still does afterwards nobody hears of, as of a process that was killed there. What is not
 * committed is as if it had not been: there is nowhere else to die.
 */
class MortalWorker {
  dead = false;
  commits = 0;
  private readonly sockets = new Set<Socket>();
  private readonly clients = new Set<PoolClient>();
  private readonly rig: DispatchRig;

  private constructor(
    private readonly database: Database,
    private readonly relays: readonly Server[],
    private readonly death: Death,
  ) {
    database.pool.on('connect', (client) => this.watch(client));
    this.rig = new DispatchRig(database, undefined, MORTAL);
  }

  static async start(url: string, peers: readonly Peer[], death: Death): Promise<MortalWorker> {
    const dataSource = createDataSource({ url, poolSize: 4, applicationName: 'kabinet mortal worker' });
    await dataSource.initialize();
    const relays = peers.map(() => createServer());
    const worker = new MortalWorker(new Database(dataSource), relays, death);
    for (const [index, { operator, provider }] of peers.entries()) {
      const relay = relays[index]!;
      relay.on('connection', (socket) => worker.relayTo(operator.ports.smpp, socket));
      relay.listen(0, '127.0.0.1');
      await once(relay, 'listening');
      openSmppLink(worker.rig, (relay.address() as AddressInfo).port, provider);
    }
    worker.rig.start();
    return worker;
  }

  /** What is left of it in this process. */
  async bury(): Promise<void> {
    await this.rig.stop(100).catch(() => undefined);
    this.die();
    await this.database.close().catch(() => undefined);
  }

  private watch(client: PoolClient): void {
    this.clients.add(client);
    const query = client.query.bind(client) as unknown as Query;
    let inTransaction = false;
    const watched: Query = (...values) => {
      const text = textOf(values[0]);
      if (text.startsWith('START TRANSACTION')) inTransaction = true;
      const commits = text.startsWith('COMMIT') || (!inTransaction && !/^\s*(SELECT|LISTEN|START|ROLLBACK)/.test(text));
      if (/^(COMMIT|ROLLBACK)/.test(text)) inTransaction = false;
      const last = commits && !this.dead && ++this.commits === this.death.at;
      if (this.dead || (last && this.death.when === 'before')) return this.fail(values);
      return last ? this.failAfter(query, values) : query(...values);
    };
    client.query = watched as unknown as PoolClient['query'];
  }

  private fail(values: unknown[]): unknown {
    this.die();
    const callback = values.at(-1);
    const error = new Error('this worker is dead');
    if (typeof callback !== 'function') return Promise.reject(error);
    process.nextTick(() => (callback as Callback)(error));
    return undefined;
  }

  private failAfter(query: Query, values: unknown[]): unknown {
    const callback = values.at(-1);
    if (typeof callback !== 'function') return (query(...values) as Promise<unknown>).then(() => this.fail(values));
    return query(...values.slice(0, -1), () => this.fail(values));
  }

  private relayTo(port: number, socket: Socket): void {
    const operator = createConnection(port, '127.0.0.1');
    for (const end of [socket, operator]) {
      this.sockets.add(end);
      end.on('error', () => undefined);
    }
    socket.pipe(operator).pipe(socket);
  }

  private die(): void {
    if (this.dead) return;
    this.dead = true;
    for (const socket of this.sockets) socket.destroy();
    for (const relay of this.relays) relay.close();
    for (const client of this.clients) client.connection.stream.destroy();
  }
}

type Query = (...values: unknown[]) => unknown;
type Callback = (error: Error) => void;

function textOf(config: unknown): string {
  return typeof config === 'string' ? config : ((config as { text?: string }).text ?? '');
}

interface Peer {
  operator: SandboxOperator;
  provider: { id: string; ratePerSecond: number };
}

/** Two providers with their operators, one account with its messages, one worker that dies. */
interface Scene {
  peers: Peer[];
  account: SeedAccount;
}

describe('a worker that dies', () => {
  let db: TestDatabase;
  const scenes: Scene[] = [];
  /** Each has numbers, and so routes, of its own. */
  let opened = 0;

  beforeAll(async () => {
    Logger.overrideLogger(false);
    db = await createTestDatabase();
  });
  afterAll(async () => {
    await Promise.all(scenes.flatMap(({ peers }) => peers.map(({ operator }) => operator.stop())));
    await db.drop();
  });

  const meet = async (suffixes: OperatorConfig['suffixes']): Promise<Peer> => ({
    operator: await SandboxOperator.start({ suffixes, reportDelay: { minMs: 100, maxMs: 150 } }),
    provider: await seedProvider(db.database),
  });

  /** The first tier passes on what it refuses. */
  const route = async (prefix: string, peers: readonly Peer[]): Promise<void> => {
    for (const [index, { provider }] of peers.entries())
      await db.database.query(
        `INSERT INTO routes (id, prefix, tier, weight, provider_id, created_at, updated_at) VALUES ($1, $2, $3, 1, $4, now(), now())`,
        [newId(), prefix, index + 1, provider.id],
      );
    await db.database.query('UPDATE providers SET pass_on_codes = $2 WHERE id = $1', [
      peers[0]!.provider.id,
      [REFUSED],
    ]);
  };

  const open = async (): Promise<Scene> => {
    const first = 306_910_000_005 + opened++ * 1_000;
    const peers = [await meet(REFUSES_TWO), await meet(REFUSES_ONE)];
    await route(String(first).slice(0, -3), peers);
    const account = await seedAccount(db.database, { micros: FUNDS });
    const seed = { account, providerId: peers[0]!.provider.id, refundUndelivered: true };
    const [long, ...short] = phones(6, first);
    await seedMessages(db.database, { ...seed, recipients: [long!], text: 'two parts '.repeat(20) });
    await seedMessages(db.database, { ...seed, recipients: short });
    const scene = { peers, account };
    scenes.push(scene);
    return scene;
  };

  const statesIn = async ({ account }: Scene) =>
    db.database.query<{ recipient: string; state: string }>(
      'SELECT recipient, state FROM messages WHERE account_id = $1',
      [account.id],
    );
  const isOver = async (scene: Scene) => (await statesIn(scene)).every(({ state }) => FINAL.includes(state));

  /** Answers how often it committed something. */
  const liveAndDie = async (death: Death): Promise<number> => {
    const scene = await open();
    const worker = await MortalWorker.start(db.url, scene.peers, death);
    // A report that overtook its answer is looked at again much later: such a worker dies waiting.
    const isDone = async () => worker.dead || (await isOver(scene));
    await until('it is dead or done', isDone, 8_000).catch(() => undefined);
    const { commits } = worker;
    await worker.bury();
    return commits;
  };

  it('[B1] wherever it commits something has charged nothing twice and sent nothing twice, and the books are right', async () => {
    const commits = await liveAndDie(NEVER);
    const deaths = Array.from({ length: commits }, (_, index) => index + 1).flatMap((at): Death[] => [
      { at, when: 'before' },
      { at, when: 'after' },
    ]);
    expect(commits).toBeGreaterThan(5);
    for (let from = 0; from < deaths.length; from += TOGETHER)
      await Promise.all(deaths.slice(from, from + TOGETHER).map(liveAndDie));
    const heir = new DispatchRig(db.database, undefined, HEIR);
    for (const { operator, provider } of scenes.flatMap(({ peers }) => peers))
      openSmppLink(heir, operator.ports.smpp, provider);
    heir.start();
    try {
      for (const scene of scenes) await until('all is over', () => isOver(scene), 30_000);
    } finally {
      await heir.stop();
    }
    for (const scene of scenes) {
      for (const [index, { operator }] of scene.peers.entries())
        expect(operator.stats().received).toBeLessThanOrEqual(PARTS[index]!);
      const seen = scene.peers.flatMap(({ operator }) => operator.inbox(null).map(({ to }) => to));
      expect(new Set(seen).size).toBe(seen.length);
      for (const { recipient, state } of await statesIn(scene))
        if (state === 'delivered' || state === 'undelivered') expect(seen).toContain(recipient);
    }
    const undisturbed = await statesIn(scenes[0]!);
    const endings = Object.fromEntries(undisturbed.map(({ recipient, state }) => [recipient.at(-1), state]));
    expect(endings).toMatchObject({ 6: 'delivered', 7: 'rejected', 8: 'undelivered', 9: 'delivered' });
    await expectCleanAudit(db.database);
    expect(await db.database.query('SELECT id FROM wallets WHERE held_micros <> 0')).toEqual([]);
  }, 180_000);
});
