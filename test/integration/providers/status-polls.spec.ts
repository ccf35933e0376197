import { readEnv } from '../../../src/config/env.js';
import type { ProviderKind } from '../../../src/modules/providers/domain/provider.js';
import { LinkOpener } from '../../../src/modules/providers/connections/link-opener.js';
import { AskForStatuses } from '../../../src/modules/providers/polling/ask-for-statuses.js';
import { ReportInbox } from '../../../src/modules/providers/report-inbox.js';
import { submission } from '../../contract/sms-provider.js';
import { AdvancedClock } from '../../support/clock.js';
import { type CompanyKind, companyOf } from '../../support/companies/companies.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { insertProvider } from '../../support/factories/providers.js';
import { HttpOperator } from '../../support/http-operator.js';
import { testVault } from '../../support/link-rig.js';
import { until } from '../../support/until.js';

const [DELIVERED, UNDELIVERED] = ['79161234501', '79161234502'];

let db: TestDatabase;
let clock: AdvancedClock;
let opener: LinkOpener;
let asking: AskForStatuses;
let operator: HttpOperator;

beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());
beforeEach(async () => {
  await db.database.query('DELETE FROM status_polls');
  await db.database.query('DELETE FROM report_inbox');
  clock = new AdvancedClock();
  opener = new LinkOpener(
    db.database,
    testVault(),
    Object.assign(readEnv({}), { ALLOW_PRIVATE_ADDRESSES: true }),
    clock,
  );
  asking = new AskForStatuses(db.database, opener, new ReportInbox(db.database), clock);
});
afterEach(() => operator.stop());

async function connect(kind: CompanyKind, timeoutMs = 5_000): Promise<{ id: string; kind: ProviderKind }> {
  const { dialect, secrets, settings } = companyOf(kind);
  operator = await HttpOperator.start(dialect);
  const given = { ...settings, baseUrl: operator.origin, limits: { timeoutMs, maxConcurrent: 150 } };
  const id = await insertProvider(db.database, { kind, settings: given });
  const sealed = testVault().seal(id, { credentials: secrets, callbackToken: null });
  await db.database.query('UPDATE providers SET credentials = $2 WHERE id = $1', [id, JSON.stringify(sealed)]);
  return { id, kind };
}

/** Sends over a link of its own; answers what the layers above are told. */
async function send({ id, kind }: { id: string; kind: ProviderKind }, ...recipients: string[]) {
  const { provider } = await opener.open(id, kind);
  provider.start({ onReports: () => Promise.reject(new Error('nobody reports here')) });
  await until('the link is ready', () => provider.state().status === 'ready');
  const sent = recipients.map((to) => submission(to, `to ${to}`));
  const told: { reference: string; rows: number }[] = [];
  await provider.submit(sent, ({ clientReference }) => told.push({ reference: clientReference, rows: 0 }));
  await provider.stop(200);
  expect(told.map(({ reference }) => reference).sort()).toEqual(
    sent.map(({ clientReference }) => clientReference).sort(),
  );
  return sent.map(({ clientReference }) => clientReference);
}

const polls = () =>
  db.database.query<{ client_reference: string; asked: number; next_ask_at: Date }>(
    'SELECT client_reference, asked, next_ask_at FROM status_polls ORDER BY id',
  );
const inbox = () =>
  db.database.query<{ client_reference: string; status: string; recipient: string }>(
    'SELECT client_reference, status, recipient FROM report_inbox ORDER BY recipient',
  );

describe('a provider that does not report', () => {
  it.each(['smsc', 'intis'] as const)('such as %s is asked; the answer is a report, and the end', async (kind) => {
    const provider = await connect(kind);
    const [one, two] = await send(provider, DELIVERED, UNDELIVERED);
    expect((await polls()).map(({ client_reference }) => client_reference)).toEqual([one, two]);
    expect(await asking.execute()).toEqual({ asked: 0, ended: 0 });
    clock.advance({ seconds: 10 });
    expect(await asking.execute()).toEqual({ asked: 2, ended: 2 });
    expect(await inbox()).toEqual([
      { client_reference: one, status: 'delivered', recipient: DELIVERED },
      { client_reference: two, status: 'undelivered', recipient: UNDELIVERED },
    ]);
    expect(await polls()).toEqual([]);
    expect(await asking.execute()).toEqual({ asked: 0, ended: 0 });
  });

  it('is asked later and later while it has no news, and not for ever', async () => {
    const provider = await connect('smsc');
    await send(provider, DELIVERED);
    await operator.goAway();
    const pauses: number[] = [];
    for (let round = 0; round < 4; round++) {
      const [poll] = await polls();
      clock.advance({ seconds: Math.max(0, poll!.next_ask_at.getTime() + 1 - clock.now().getTime()) / 1_000 });
      expect(await asking.execute()).toEqual({ asked: 1, ended: 0 });
      pauses.push((await polls())[0]!.next_ask_at.getTime() - clock.now().getTime());
    }
    for (const [round, pause] of pauses.entries()) {
      expect(pause).toBeGreaterThanOrEqual(8_000 * 2 ** round);
      expect(pause).toBeLessThanOrEqual(12_000 * 2 ** round);
    }
    clock.advance({ seconds: 73 * 3_600 });
    expect(await asking.execute()).toEqual({ asked: 1, ended: 1 });
    expect(await polls()).toEqual([]);
    expect(await inbox()).toEqual([]);
  });

  it('is asked about a message whose answer was lost, by our reference', async () => {
    const provider = await connect('smsc', 300);
    operator.faults.push({ action: 'never_answer', reported: true });
    const [lost] = await send(provider, UNDELIVERED);
    clock.advance({ seconds: 10 });
    await asking.execute();
    expect(await inbox()).toEqual([{ client_reference: lost, status: 'undelivered', recipient: UNDELIVERED }]);
  });

  it('is asked about a message that it never had a few times, and that is the end of it', async () => {
    const provider = await connect('smsc');
    operator.faults.push({ action: 'cut' });
    await send(provider, DELIVERED);
    const asked: number[] = [];
    for (let round = 0; round < 10 && (await polls()).length > 0; round++) {
      clock.advance({ seconds: 3_600 });
      asked.push((await asking.execute()).asked);
    }
    expect(asked).toEqual([1, 1, 1]);
    expect(await inbox()).toEqual([]);
  });

  it('that is refused nothing is asked about, nor what a paused one took', async () => {
    const provider = await connect('smsc');
    await send(provider, '79161234504');
    expect(await polls()).toEqual([]);
    await send(provider, DELIVERED);
    await db.database.query(`UPDATE providers SET status = 'paused', pause_reason = 'x' WHERE id = $1`, [provider.id]);
    clock.advance({ seconds: 60 });
    expect(await asking.execute()).toEqual({ asked: 0, ended: 0 });
  });

  it('is asked about no more than a round holds, and by one worker at a time', async () => {
    const provider = await connect('smsc');
    await send(provider, ...Array.from({ length: 130 }, (_, n) => `7916${String(1_000_000 + 10 * n)}`));
    clock.advance({ seconds: 10 });
    const rounds = await Promise.all([asking.round(), asking.round()]);
    expect(rounds.map(({ asked }) => asked).sort((a, b) => a - b)).toEqual([30, 100]);
    expect(new Set(operator.asked.map(({ url }) => url)).size).toBe(130);
    expect(await polls()).toEqual([]);
  });

  it('is asked about all that is due, round after round', async () => {
    const provider = await connect('intis');
    await send(provider, ...Array.from({ length: 110 }, (_, n) => `7916${String(1_000_000 + 10 * n)}`));
    clock.advance({ seconds: 10 });
    expect(await asking.execute()).toEqual({ asked: 110, ended: 110 });
    expect(await inbox()).toHaveLength(110);
  });

  it('that is silent is waited for once in a round, not once for each message', async () => {
    const provider = await connect('smsc', 400);
    await send(provider, DELIVERED, UNDELIVERED, '79161234511', '79161234512');
    operator.silent = true;
    clock.advance({ seconds: 10 });
    const startedMs = performance.now();
    expect(await asking.round()).toEqual({ asked: 4, ended: 0 });
    expect(performance.now() - startedMs).toBeLessThan(1_200);
    expect(operator.asked).toHaveLength(1);
  });
});
