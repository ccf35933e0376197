import { FailOver } from '../../src/modules/messages/index.js';
import { AdvancedClock } from '../support/clock.js';
import { SandboxOperator } from '../support/sandbox-operator.js';
import { type Caller, type Portal, Story } from '../support/story.js';
import { until } from '../support/until.js';

/** The first route's operator goes away with a backlog; the second tier has another one. */
describe('a provider whose links are all down', () => {
  const clock = new AdvancedClock();
  let story: Story;
  let staff: Caller;
  let portal: Portal;
  let first: SandboxOperator;
  let second: SandboxOperator;
  let firstId: string;
  let secondId: string;

  beforeAll(async () => {
    first = await SandboxOperator.start();
    second = await SandboxOperator.start();
    story = await Story.begin({ clock });
    const quick = { reconnectMinMs: 20, reconnectMaxMs: 100 };
    firstId = await story.addSmpp(first.ports.smpp, '7', quick);
    secondId = await story.addSmpp(second.ports.smpp, '48', quick);
    staff = await story.asStaff();
    await staff.post('/admin/v1/routes', { prefix: '7', tier: 2, providerId: secondId });
    portal = await story.openPortal();
  });
  afterAll(async () => {
    await story.end();
    await first.stop();
    await second.stop();
  });

  /** What the schedule does every few seconds: at once. Which of the two comes first is all the same. */
  const watch = () => story.app.app.get(FailOver, { strict: false }).execute();
  const isFailing = async (id: string): Promise<boolean> => (await provider(id)).isFailing;
  const provider = (id: string) => staff.get(`/admin/v1/providers/${id}`);
  const stateOf = async (id: string) => (await provider(id)).binds[0]?.state;
  const carrier = async (id: string) =>
    (await staff.get(`/admin/v1/accounts/${portal.accountId}/messages/${id}`)).providerId;
  const openAlerts = async () => (await staff.get('/admin/v1/alerts?state=open')).data;

  it('is passed by once it lasted, what waits leaves over the next tier, and it is used again when it is back', async () => {
    const { id: before } = await portal.send('+79161000000', 'x');
    await portal.inState(before, 'delivered');
    expect(await carrier(before)).toBe(firstId);

    const { smpp } = first.ports;
    await first.stop();
    await until('its link is down', async () => (await stateOf(firstId)) === 'connecting');
    const waiting = await Promise.all([1, 2, 3].map((number) => portal.send(`+7916100000${number}`, 'x')));
    await watch();
    clock.advance({ seconds: 45 });
    await watch();
    expect(await isFailing(firstId)).toBe(false);
    expect(await portal.message(waiting[0]!.id)).toMatchObject({ state: 'queued', chargeState: 'held' });

    clock.advance({ seconds: 16 });
    staff = await story.asStaff();
    await watch();
    for (const { id } of waiting) {
      expect(await portal.inState(id, 'delivered')).toMatchObject({ chargeState: 'captured' });
      expect(await carrier(id)).toBe(secondId);
    }
    expect(await provider(firstId)).toMatchObject({ status: 'active', isFailing: true });
    const [alert] = await until('somebody is told', async () => {
      const alerts = await openAlerts();
      return alerts.length > 0 && alerts;
    });
    expect(alert).toMatchObject({ kind: 'provider_failing', reason: 'links_down', subject: `provider:${firstId}` });
    const { id: meanwhile } = await portal.send('+79161000004', 'x');
    await portal.inState(meanwhile, 'delivered');
    expect(await carrier(meanwhile)).toBe(secondId);
    await watch();
    expect(await isFailing(firstId)).toBe(true);

    first = await SandboxOperator.start({ port: smpp });
    await until('it is bound again', async () => (await stateOf(firstId)) === 'ready', 15_000);
    await watch();
    await until('it may be used again', async () => !(await isFailing(firstId)));
    const { id: after } = await portal.send('+79161000005', 'x');
    await portal.inState(after, 'delivered');
    expect(await carrier(after)).toBe(firstId);
    await until('the alert is closed', async () => (await openAlerts()).length === 0);
  }, 60_000);

  it('says after how long that is, or that nobody takes over', async () => {
    const change = async (body: object, status: number) => {
      const path = `/admin/v1/providers/${firstId}`;
      const { etag } = (await story.app.http().get(path).set(staff.headers).expect(200)).headers;
      const request = story.app
        .http()
        .patch(path)
        .set({ ...staff.headers, 'if-match': etag! });
      return (await request.send(body).expect(status)).body;
    };
    expect(await provider(firstId)).toMatchObject({ failoverSeconds: 60, isFailing: false });
    expect(await change({ failoverSeconds: null }, 200)).toMatchObject({ failoverSeconds: null });
    expect((await change({ failoverSeconds: 4 }, 422)).errors).toMatchObject([{ pointer: '/failoverSeconds' }]);
    await first.stop();
    await until('its link is down', async () => (await stateOf(firstId)) === 'connecting');
    await watch();
    clock.advance({ hours: 2 });
    await watch();
    staff = await story.asStaff();
    expect(await isFailing(firstId)).toBe(false);
  }, 30_000);
});
