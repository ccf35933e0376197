import type { OperatorConfig } from '../../src/sandbox/operator-config.js';
import type { DispatchSettings } from '../../src/modules/messages/dispatch/dispatch-settings.js';
import type { WalletView } from '../../src/modules/wallets/index.js';
import { FakeClock } from './clock.js';
import { createTestDatabase, type TestDatabase } from './database.js';
import { statesOf } from './dispatch-audit.js';
import {
  DispatchRig,
  openSmppLink,
  type SeedAccount,
  seedAccount,
  type SeedMessages,
  seedMessages,
  seedProvider,
} from './dispatch-rig.js';
import { SandboxOperator } from './sandbox-operator.js';
import { until } from './until.js';

/** What the stage's account has in its wallet, and what one part costs. */
export const FUNDS = 1_000_000_000n;
export const PRICE = 10_000n;
/** Three parts. */
export const LONG = `${'long text '.repeat(40)}.`;

/** Reports that come later than any test. */
export const QUIET = { minMs: 600_000, maxMs: 600_000 };
const WRITTEN_TABLES = [
  'delivery_reports',
  'unknown_outcomes',
  'attempt_parts',
  'attempts',
  'message_streams',
  'message_queue',
  'sending_lines',
  'messages',
  'message_groups',
  'outbox_events',
  'report_inbox',
  'postings',
  'ledger_entries',
  'wallets',
];

/** One worker's sending half, a real operator and an account, anew for each test on one database per spec file. */
export class DispatchStage {
  db: TestDatabase;
  clock: FakeClock;
  operator: SandboxOperator;
  rig: DispatchRig;
  account: SeedAccount;
  provider: { id: string; ratePerSecond: number };

  /** Registers the hooks of the spec file. */
  static forSpec(settings: Partial<DispatchSettings> = {}): DispatchStage {
    const stage = new DispatchStage();
    beforeAll(async () => {
      stage.db = await createTestDatabase({ poolSize: 12 });
    });
    beforeEach(() => stage.open(settings));
    afterEach(() => stage.close());
    afterAll(() => stage.db.drop());
    return stage;
  }

  /** Queues messages of the stage's account for its provider. */
  queue(seed: Partial<SeedMessages> & { recipients: readonly string[] }): Promise<string[]> {
    return seedMessages(this.db.database, {
      account: this.account,
      providerId: this.provider.id,
      now: this.clock.now(),
      ...seed,
    });
  }

  /** Opens a link to the operator and starts the worker. */
  start(settings: Record<string, unknown> = {}): void {
    openSmppLink(this.rig, this.operator.ports.smpp, this.provider, settings);
    this.rig.start();
  }

  /** Another operator, which reports nothing unless told. */
  async operatorWith(config: Partial<OperatorConfig> = {}): Promise<void> {
    await this.operator.stop();
    this.operator = await SandboxOperator.start({ reportDelay: QUIET, ...config });
  }

  async rate(ratePerSecond: number): Promise<void> {
    this.provider = { ...this.provider, ratePerSecond };
    await this.query('UPDATE providers SET rate_per_second = $1', [ratePerSecond]);
    this.rig.providers.invalidate();
  }

  states(): Promise<Record<string, number>> {
    return statesOf(this.db.database);
  }

  async inState(state: string, count: number): Promise<void> {
    await until(`${count} are ${state}`, async () => ((await this.states())[state] ?? 0) === count, 10_000);
  }

  async wallet(accountId = this.account.id): Promise<WalletView> {
    return (await this.rig.ledger.wallets(accountId))[0]!;
  }

  query<R extends object = Record<string, unknown>>(sql: string, values: readonly unknown[] = []): Promise<R[]> {
    return this.db.database.query<R & Record<string, unknown>>(sql, values);
  }

  /** Lets the stage's clock run ten times as fast as real time while something goes on. */
  async whileTimePasses(work: () => Promise<unknown>): Promise<void> {
    const tick = setInterval(() => this.clock.advance({ ms: 200 }), 20);
    await work().finally(() => clearInterval(tick));
  }

  private async open(settings: Partial<DispatchSettings>): Promise<void> {
    const { database } = this.db;
    for (const table of WRITTEN_TABLES) await database.query(`DELETE FROM ${table}`);
    this.clock = new FakeClock('2026-03-02T12:00:00Z');
    this.operator = await SandboxOperator.start({ reportDelay: QUIET });
    this.rig = new DispatchRig(database, this.clock, { housekeepingMs: 50, pollMs: 50, dryMs: 150, ...settings });
    this.account = await seedAccount(database, { micros: FUNDS, now: this.clock.now() });
    this.provider = await seedProvider(database);
  }

  private async close(): Promise<void> {
    await this.rig.stop(300);
    await this.operator.stop();
  }
}
