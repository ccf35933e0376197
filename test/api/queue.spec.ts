import { newId } from '../../src/kernel/ids.js';
import { MessageStatistics } from '../../src/modules/statistics/index.js';
import { type Caller, type Portal, Story } from '../support/story.js';

/** No worker runs: what is sent stays in the queue. */
describe('the queue over HTTP', () => {
  let story: Story;
  let staff: Caller;
  let first: Portal;
  let second: Portal;
  let providerId: string;

  beforeAll(async () => {
    story = await Story.begin({ workers: false });
    providerId = await story.addSmpp(1);
    staff = await story.asStaff();
    first = await story.openPortal();
    second = await story.openPortal();
    for (const [portal, lane] of [
      [first, 'bulk'],
      [first, 'transactional'],
      [second, 'bulk'],
    ] as const)
      await portal.send('+79161234567', 'x', { lane });
    await second.send('+79161234567', 'y', { lane: 'bulk', sendAt: new Date(Date.now() + 3_600_000).toISOString() });
    await story.app.app.get(MessageStatistics, { strict: false }).catchUp();
  });
  afterAll(() => story.end());

  it('is listed by provider, lane and account, page by page', async () => {
    const whole = (await staff.get('/admin/v1/queue')).data;
    expect(whole).toMatchObject(
      [
        { lane: 'transactional', accountId: first.accountId, queued: 1, scheduled: 0 },
        { lane: 'bulk', accountId: first.accountId, queued: 1, scheduled: 0 },
        { lane: 'bulk', accountId: second.accountId, queued: 1, scheduled: 1 },
      ].map((line) => ({ ...line, providerId, providerCode: 'provider-1', accountName: 'Clinic', inFlight: 0 })),
    );
    expect(whole[0].oldestDueSeconds).toBeGreaterThanOrEqual(0);
    const pages = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page = await staff.get(`/admin/v1/queue?limit=1${cursor && `&cursor=${cursor}`}`);
      pages.push(...page.data);
      cursor = page.nextCursor;
    }
    expect(pages.map(({ lane, accountId }) => [lane, accountId])).toEqual(
      whole.map(({ lane, accountId }: Record<string, string>) => [lane, accountId]),
    );
  });

  it('can be asked for one provider, lane or account', async () => {
    const ask = async (query: string) => (await staff.get(`/admin/v1/queue?${query}`)).data;
    expect(await ask(`accountId=${second.accountId}`)).toMatchObject([{ lane: 'bulk', accountId: second.accountId }]);
    expect(await ask('lane=transactional')).toMatchObject([{ accountId: first.accountId }]);
    expect(await ask(`providerId=${providerId}`)).toHaveLength(3);
    expect(await ask(`providerId=${newId()}`)).toEqual([]);
    expect(await staff.get('/admin/v1/queue?lane=fast', 422)).toMatchObject({ code: 'validation_failed' });
    expect(await staff.get('/admin/v1/queue?cursor=x', 400)).toMatchObject({ code: 'invalid_cursor' });
  });

  it('is added up by provider and lane', async () => {
    expect((await staff.get('/admin/v1/queue/totals')).data).toMatchObject([
      { lane: 'transactional', providerId, queued: 1, scheduled: 0 },
      { lane: 'bulk', providerId, queued: 2, scheduled: 1 },
    ]);
  });

  it('shows no message any more once it is cancelled', async () => {
    const [message] = await second.messagesTo('+79161234567');
    await second.post(`/v1/messages/${message!.id}/cancel`, {}, 200);
    await story.app.app.get(MessageStatistics, { strict: false }).catchUp();
    expect((await staff.get(`/admin/v1/queue?accountId=${second.accountId}`)).data).toMatchObject([
      { lane: 'bulk', queued: 1, scheduled: 0 },
    ]);
  });
});
