import { HttpOperator, JSON_DIALECT_SECRETS, jsonDialectSettings } from '../support/http-operator.js';
import { type Portal, Story } from '../support/story.js';
import { until } from '../support/until.js';

/** What ops does to a provider while messages wait for it, at the worst moments; nothing is restarted, and nothing stands. */
describe('a provider that is changed while messages wait for it', () => {
  let story: Story;
  let operator: HttpOperator;
  let id: string;
  let portal: Portal;
  let prefix = 7_900;
  let sent = 0;

  beforeAll(async () => {
    story = await Story.begin();
  });
  afterAll(() => story.end());
  beforeEach(async () => {
    operator = await HttpOperator.start();
    id = await story.addProvider({
      kind: 'http',
      settings: jsonDialectSettings(operator.origin),
      credentials: JSON_DIALECT_SECRETS,
      prefix: String(++prefix),
    });
    portal = await story.openPortal({ amount: '5000.00' });
  });
  afterEach(async () => {
    await story.pauseProvider(id);
    await operator.stop();
  });

  /** Numbers that the operator does not refuse. */
  async function send(count: number): Promise<string[]> {
    const numbers = Array.from({ length: count }, () => `${prefix}${String(++sent).padStart(4, '0')}510`);
    await portal.post('/v1/messages', { recipients: numbers.map((to) => `+${to}`), text: 'Ждём вас' }, 202);
    return numbers;
  }

  async function change(fields: object): Promise<void> {
    const path = `/admin/v1/providers/${id}`;
    const { headers } = await story.asStaff();
    const { etag } = (await story.app.http().get(path).set(headers).expect(200)).headers;
    await story.app
      .http()
      .patch(path)
      .set({ ...headers, 'if-match': etag! })
      .send(fields)
      .expect(200);
  }

  async function bindIs(state: string): Promise<void> {
    const staff = await story.asStaff();
    await until(`the bind is ${state}`, async () => {
      const { binds } = await staff.get(`/admin/v1/providers/${id}`);
      return binds.some((bind: { state: string }) => bind.state === state);
    });
  }

  const arrived = (numbers: readonly string[], at = operator) => numbers.filter((to) => at.inbox(to).length > 0).length;

  async function allArrive(numbers: readonly string[], at = operator): Promise<void> {
    await until(`all ${numbers.length} are there`, () => arrived(numbers, at) === numbers.length, 25_000);
    for (const to of numbers) expect(at.inbox(to)).toHaveLength(1);
  }

  /** The provider has gone out and has just been asked again, with one message, which it keeps for so long. */
  async function whileProbed(answerMs: number): Promise<string[]> {
    operator.faults.push({ action: 'status', status: 302 }, { action: 'answer_late', delayMs: answerMs });
    const numbers = await send(1);
    await until('it is probed', () => operator.seen.length === 2);
    return [...numbers, ...(await send(40))];
  }

  it('gets a rate that was raised at once, and one that was lowered too', async () => {
    await change({ ratePerSecond: 1 });
    await new Promise((resolve) => setTimeout(resolve, 500));
    const slow = await send(60);
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    expect(arrived(slow)).toBeLessThanOrEqual(4);
    await change({ ratePerSecond: 500 });
    // At the rate before they would take a minute.
    await allArrive(slow);

    await change({ ratePerSecond: 1 });
    await new Promise((resolve) => setTimeout(resolve, 500));
    const slowAgain = await send(30);
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    expect(arrived(slowAgain)).toBeGreaterThanOrEqual(2);
    expect(arrived(slowAgain)).toBeLessThanOrEqual(5);
    await change({ ratePerSecond: 500 });
    await allArrive(slowAgain);
  });

  it('sends all after it was paused and resumed while it was probed', async () => {
    const numbers = await whileProbed(800);
    await story.pauseProvider(id);
    await story.resumeProvider(id);
    await allArrive(numbers);
  });

  it('sends all after it was paused while it was out, came back meanwhile, and was resumed', async () => {
    await operator.goAway();
    const numbers = await send(40);
    await bindIs('connecting');
    await story.pauseProvider(id);
    await operator.comeBack();
    await story.resumeProvider(id);
    await allArrive(numbers);
  });

  it('sends all to where new settings say, also when they come while it is probed', async () => {
    const elsewhere = await HttpOperator.start();
    try {
      // Long enough for the change to come first, also on a busy machine.
      const [probe, ...rest] = await whileProbed(4_000);
      await change({ settings: jsonDialectSettings(elsewhere.origin) });
      await allArrive(rest, elsewhere);
      expect([operator.inbox(probe!).length, elsewhere.inbox(probe!).length]).toEqual([1, 0]);
      await story.pauseProvider(id);
      await story.resumeProvider(id);
      await allArrive(await send(5), elsewhere);
    } finally {
      await elsewhere.stop();
    }
  });

  it('sends all after its credentials were refused and put right', async () => {
    await change({ credentials: { token: 'wrong' } });
    await new Promise((resolve) => setTimeout(resolve, 500));
    const numbers = await send(40);
    const staff = await story.asStaff();
    await until('it is paused', async () => (await staff.get(`/admin/v1/providers/${id}`)).status === 'paused');
    expect(arrived(numbers)).toBe(0);
    // Right ones are tried at once: nobody has to resume it.
    await change({ credentials: JSON_DIALECT_SECRETS });
    await allArrive(numbers);
  });
});
