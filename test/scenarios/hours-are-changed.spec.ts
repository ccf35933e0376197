import { AdvancedClock } from '../support/clock.js';
import { SandboxOperator } from '../support/sandbox-operator.js';
import { type Portal, Story } from '../support/story.js';
import { until } from '../support/until.js';

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/** What waits for an opening, and then somebody changes the hours: of the provider, of the account, or of both. */
describe('hours that are changed while messages wait for them', () => {
  const clock = new AdvancedClock();
  let story: Story;
  let operator: SandboxOperator;
  let providerId: string;
  let portal: Portal;
  let sent = 0;

  beforeAll(async () => {
    operator = await SandboxOperator.start();
    story = await Story.begin({ clock });
    providerId = await story.addSmpp(operator.ports.smpp);
  });
  afterAll(async () => {
    await story.end();
    await operator.stop();
  });
  beforeEach(async () => {
    await change(`/admin/v1/providers/${providerId}`, { sendingWindow: null });
    portal = await story.openPortal({ amount: '100.00' });
  });

  const phone = () => `+7916${7_000_000 + ++sent}`;

  /** Open for a minute, but not today. */
  function closed(): object {
    const today = (clock.now().getUTCDay() + 6) % 7;
    const days = DAYS.filter((_, index) => index !== today && index !== (today + 1) % 7);
    return { timeZone: 'UTC', days: Object.fromEntries(days.map((day) => [day, [{ from: '12:00', to: '12:01' }]])) };
  }

  async function change(path: string, fields: object): Promise<void> {
    const { headers } = await story.asStaff();
    const { etag } = (await story.app.http().get(path).set(headers).expect(200)).headers;
    await story.app
      .http()
      .patch(path)
      .set({ ...headers, 'if-match': etag! })
      .send(fields)
      .expect(200);
  }

  const changeProvider = (sendingWindow: object | null) =>
    change(`/admin/v1/providers/${providerId}`, { sendingWindow });
  const changeAccount = (sendingWindow: object | null) =>
    change(`/admin/v1/accounts/${portal.accountId}`, { sendingWindow });

  /** Until every process has seen what was changed. */
  const seen = () => clock.advance({ seconds: 5 });

  it('leave as soon as ops opens the provider, both those that it put aside and those that it never looked at', async () => {
    const early = await portal.send(phone(), 'hello', {
      sendAt: new Date(clock.now().getTime() + 5_000).toISOString(),
    });
    await changeProvider(closed());
    clock.advance({ seconds: 6 });
    await until('it is put aside', async () => (await portal.message(early.id)).reason === 'window', 10_000);
    const late = await portal.send(phone(), 'hello');
    expect(late).toMatchObject({ status: 'scheduled', code: 'window' });
    await changeProvider(null);
    seen();
    for (const { id } of [early, late]) {
      const { dueAt } = await portal.inState(id, 'delivered');
      expect(new Date(dueAt).getTime()).toBeLessThanOrEqual(clock.now().getTime());
    }
  });

  it('are not sent before the time for which they were scheduled', async () => {
    await changeProvider(closed());
    const sendAt = new Date(clock.now().getTime() + 600_000).toISOString();
    const { id, code, dueAt } = await portal.send(phone(), 'hello', { sendAt });
    expect(code).toBe('window');
    expect(dueAt! > sendAt).toBe(true);
    await changeProvider(null);
    seen();
    await until('it is due when it was wanted', async () => (await portal.message(id)).dueAt === sendAt, 10_000);
    expect(await portal.message(id)).toMatchObject({ state: 'scheduled' });
    clock.advance({ minutes: 10 });
    await portal.inState(id, 'delivered');
  });

  it('wait for the hours that are still closed, whichever is opened first', async () => {
    await changeProvider(closed());
    await changeAccount(closed());
    const { id, dueAt } = await portal.send(phone(), 'hello');
    await changeProvider(null);
    seen();
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(await portal.message(id)).toMatchObject({ state: 'scheduled', dueAt });
    await changeAccount(null);
    seen();
    await portal.inState(id, 'delivered');
  });
});
