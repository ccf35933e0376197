import { newId } from '../../src/kernel/ids.js';
import { SandboxOperator } from '../support/sandbox-operator.js';
import { Caller, type Portal, Story } from '../support/story.js';
import { until } from '../support/until.js';

/** Workers that look at the providers every minute only: what they obey sooner, they were told. */
const SLOW = { tickMs: 60_000, takeNextMs: 30, leaseMs: 180_000 };

describe('providers that are paused with a backlog', () => {
  let story: Story;
  let operator: SandboxOperator;
  let other: SandboxOperator;
  let staff: Caller;
  let portal: Portal;
  let from: string;
  let to: string;

  beforeAll(async () => {
    operator = await SandboxOperator.start();
    other = await SandboxOperator.start();
    story = await Story.begin({ connections: SLOW, workers: false });
    from = await story.addSmpp(operator.ports.smpp, '7');
    to = await story.addSmpp(other.ports.smpp, '48');
    await story.startWorkers();
    staff = await story.asStaff();
    portal = await story.openPortal();
  });
  afterAll(async () => {
    await story.end();
    await operator.stop();
    await other.stop();
  });

  const held = async (id: string) => (await staff.get(`/admin/v1/providers/${id}/links`)).data[0]?.held ?? false;
  const move = (body: object, status = 200) => staff.post('/admin/v1/queue/move', { reason: 'out', ...body }, status);

  it('stop, drain and go on at once, and what waits leaves over another one', async () => {
    await until('both are bound', async () => (await held(from)) && (await held(to)));
    await staff.post(`/admin/v1/providers/${from}/pause`, { reason: 'maintenance' }, 200);
    await until('its link is closed', async () => !(await held(from)), 15_000);
    const { id } = await portal.send('+79161000001', 'x');
    const { price } = await portal.message(id);
    expect(await move({ fromProviderId: from })).toMatchObject({
      moved: 0,
      stayed: { no_other_route: 1 },
      nextCursor: null,
    });
    expect(await move({ fromProviderId: from, toProviderId: to })).toEqual({ moved: 1, stayed: {}, nextCursor: null });
    const arrived = await portal.inState(id, 'delivered');
    expect(arrived).toMatchObject({ chargeState: 'captured', price });
    expect(await staff.get(`/admin/v1/accounts/${portal.accountId}/messages/${id}`)).toMatchObject({ providerId: to });

    await staff.post(`/admin/v1/providers/${from}/resume`, {}, 200);
    await until('it is bound again', () => held(from), 15_000);
    const next = await portal.send('+79161000002', 'x');
    await portal.inState(next.id, 'delivered');
    await staff.post(`/admin/v1/providers/${from}/drain`, {}, 200);
    const last = await portal.send('+79161000003', 'x');
    // A draining provider keeps its link for reports and sends nothing; the message waits until it is resumed.
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect([await held(from), (await portal.message(last.id)).state]).toEqual([true, 'queued']);
    await staff.post(`/admin/v1/providers/${from}/resume`, {}, 200);
    await portal.inState(last.id, 'delivered', 15_000);
  });

  it('are told apart, and moved by those who may', async () => {
    expect(await move({ fromProviderId: from, toProviderId: from }, 422)).toMatchObject({ code: 'same_provider' });
    expect(await move({ fromProviderId: newId() }, 404)).toMatchObject({ code: 'provider_not_found' });
    expect(await move({ fromProviderId: from, toProviderId: to, cursor: 'x' }, 400)).toMatchObject({
      code: 'invalid_cursor',
    });
    const support = new Caller(story.app, await story.app.signInStaff('support'));
    await support.post('/admin/v1/queue/move', { fromProviderId: from, reason: 'x' }, 403);
  });
});
