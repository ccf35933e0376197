import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { statesOf, violations } from '../support/dispatch-audit.js';
import { phones, seedAccount, seedMessages, seedProvider } from '../support/dispatch-rig.js';
import type { WorkerOrder } from '../support/dispatch-worker.js';
import { SandboxOperator } from '../support/sandbox-operator.js';
import { until } from '../support/until.js';

const ENTRY = fileURLToPath(new URL('../support/dispatch-worker.js', import.meta.url));
const WINDOW = 10;

describe('a worker is killed in the middle of sending', () => {
  let db: TestDatabase;
  let operator: SandboxOperator;
  let provider: { id: string; ratePerSecond: number };
  const workers: ChildProcess[] = [];

  beforeAll(async () => {
    db = await createTestDatabase();
  });

  beforeEach(async () => {
    operator = await SandboxOperator.start({
      answerDelay: { minMs: 5, maxMs: 15 },
      reportDelay: { minMs: 600_000, maxMs: 600_000 },
    });
    provider = await seedProvider(db.database);
  });

  afterEach(async () => {
    await Promise.all(workers.splice(0).map((worker) => end(worker, 'SIGKILL')));
    await operator.stop();
  });

  afterAll(() => db.drop());

  const startWorker = async (bindNo = 1): Promise<ChildProcess> => {
    const order: WorkerOrder = {
      url: db.url,
      port: operator.ports.smpp,
      provider,
      bindNo,
      link: { windowSize: WINDOW },
      settings: { leaseMs: 1_500, housekeepingMs: 100, pollMs: 50 },
    };
    const worker = fork(ENTRY, [JSON.stringify(order)], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'], execArgv: [] });
    workers.push(worker);
    await once(worker.stdout!, 'data');
    return worker;
  };

  const end = async (worker: ChildProcess, signal: NodeJS.Signals): Promise<void> => {
    if (worker.exitCode !== null || worker.signalCode !== null) return;
    const exited = once(worker, 'exit');
    worker.kill(signal);
    await exited;
  };

  const settled = async (total: number): Promise<Record<string, number>> => {
    await until(
      'everything is settled',
      async () => {
        const { submitted = 0, unknown = 0 } = await statesOf(db.database);
        return submitted + unknown === total;
      },
      25_000,
    );
    return statesOf(db.database);
  };

  it('sends nothing twice: at most what was in flight is unknown, the rest goes on, the books are right', async () => {
    const account = await seedAccount(db.database);
    await seedMessages(db.database, { account, providerId: provider.id, recipients: phones(600) });
    const worker = await startWorker();
    await until('it is sending', () => operator.stats().received >= 100, 15_000);
    await end(worker, 'SIGKILL');
    const inFlight = (await statesOf(db.database))['submitting'] ?? 0;
    await startWorker();
    const { unknown = 0, submitted = 0 } = await settled(600);
    // Written and not answered, or answered and not settled: nothing that merely waited is among them.
    expect(unknown).toBe(inFlight);
    // A busy machine settles late: several windows may have been answered meanwhile.
    expect(unknown).toBeLessThanOrEqual(15 * WINDOW);
    const { answeredOk, acceptedUnanswered, received } = operator.stats();
    expect(received).toBeLessThanOrEqual(600);
    expect(answeredOk + acceptedUnanswered).toBeLessThanOrEqual(submitted + unknown);
    const arrived = operator.inbox(null).map(({ to }) => to);
    expect(new Set(arrived).size).toBe(arrived.length);
    expect(await violations(db.database)).toEqual([]);
  });

  it('shares a queue between two workers, and gives back what one had in hand when it is told to stop', async () => {
    await db.database.query('DELETE FROM unknown_outcomes');
    const before = (await statesOf(db.database))['submitted'] ?? 0;
    const unknown = (await statesOf(db.database))['unknown'] ?? 0;
    const account = await seedAccount(db.database);
    await seedMessages(db.database, { account, providerId: provider.id, recipients: phones(400, 306_910_000_000) });
    const [first] = await Promise.all([startWorker(1), startWorker(2)]);
    await until('both are sending', () => operator.stats().received >= 100, 15_000);
    await end(first, 'SIGTERM');
    expect(first.exitCode).toBe(0);
    await until(
      'everything is submitted',
      async () => ((await statesOf(db.database))['submitted'] ?? 0) === before + 400,
      20_000,
    );
    expect((await statesOf(db.database))['unknown'] ?? 0).toBe(unknown);
    expect(operator.stats()).toMatchObject({ answeredOk: 400, received: 400 });
  });
});
