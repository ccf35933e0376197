import { seedAccount, seedMessages } from '../support/dispatch-rig.js';
import { registrationOf } from '../support/identity.js';
import { SandboxOperator } from '../support/sandbox-operator.js';
import { Story } from '../support/story.js';
import { until } from '../support/until.js';

const WAITING = 100_000;
const PRICE = 10_000n;
const CHUNK = 50_000;
const RATE = 200;
const CODES = 5;

/** The codes are those of registrations over HTTP; the backlog stands in the rows as accept would have written it. */
describe('A one-time code behind a long backlog', () => {
  let story: Story;
  let operator: SandboxOperator;

  beforeAll(async () => {
    operator = await SandboxOperator.start({ shares: { silent: 1 } });
    story = await Story.begin({ workers: false });
    const providerId = await story.addProvider({
      kind: 'smpp',
      settings: { host: '127.0.0.1', port: operator.ports.smpp },
      credentials: { systemId: 'kabinet', password: 'sandbox' },
      ratePerSecond: RATE,
    });
    await fundCodes();
    await queueBacklog(providerId);
    await story.startWorkers();
  });
  afterAll(async () => {
    await story.app.close();
    await operator.stop();
  });

  const fundCodes = async (): Promise<void> => {
    const staff = await story.asStaff();
    const { data } = await staff.get('/admin/v1/accounts');
    const { id, currency } = data.find(({ kind }: { kind: string }) => kind === 'platform');
    await staff.post(`/admin/v1/accounts/${id}/adjustments`, {
      amount: '100.00',
      currency,
      reason: 'Budget for codes',
    });
  };

  const queueBacklog = async (providerId: string): Promise<void> => {
    const { database } = story.app.db;
    const account = await seedAccount(database, { micros: BigInt(WAITING) * PRICE });
    for (let from = 0; from < WAITING; from += CHUNK) {
      const recipients = Array.from({ length: CHUNK }, (_, index) => String(306_900_000_000 + from + index));
      await seedMessages(database, { account, providerId, recipients, priceMicros: PRICE });
    }
  };

  /** How long a code took from the call to the phone, and how many others the operator got between the answer and it. */
  const askForCode = async (): Promise<{ ms: number; others: number }> => {
    const request = registrationOf();
    const askedAt = performance.now();
    await story.app.http().post('/v1/registrations').send(request).expect(202);
    const before = operator.stats().received;
    await until('the code is on the phone', () => operator.inbox(request.phone.slice(1)).length > 0, 10_000);
    return { ms: performance.now() - askedAt, others: operator.stats().received - before - 1 };
  };

  it('[B10] leaves within a second while 100,000 messages of somebody else wait for the same provider', async () => {
    await until('the backlog is being sent', () => operator.stats().received > RATE, 20_000);
    const codes: { ms: number; others: number }[] = [];
    for (let code = 0; code < CODES; code++) codes.push(await askForCode());
    // A busy machine is late with everything: there the pace of the provider tells whether a code waited its turn.
    expect(Math.min(...codes.map(({ ms }) => ms))).toBeLessThan(1_000);
    expect(Math.max(...codes.map(({ others }) => others))).toBeLessThan(RATE / 2);
    const [waiting] = await story.app.db.database.query<{ count: number }>(
      'SELECT count(*)::int AS count FROM message_queue',
    );
    expect(waiting!.count).toBeGreaterThan(WAITING * 0.9);
  }, 60_000);
});
