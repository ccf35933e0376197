import { randomUUID } from 'node:crypto';
import { writeOutbox } from '../../src/database/outbox.js';
import { RaiseAlerts } from '../../src/modules/alerts/index.js';
import { AccountsService } from '../../src/modules/accounts/index.js';
import { AdvancedClock } from '../support/clock.js';
import { type Portal, Story } from '../support/story.js';

describe('alerts', () => {
  const clock = new AdvancedClock();
  let story: Story;
  let owner: Portal;
  let platformAccountId: string;

  beforeAll(async () => {
    story = await Story.begin({ workers: false, clock });
    owner = await story.openPortal({ amount: '0' });
    platformAccountId = await story.app.app.get(AccountsService, { strict: false }).platformAccountId();
  });
  afterAll(() => story.end());

  /** As `providers` writes them. */
  async function happens(topic: 'providers.paused' | 'providers.resumed', payload: object): Promise<void> {
    await story.app.db.database.transaction((tx) =>
      writeOutbox(tx, [{ accountId: platformAccountId, topic, payload }], clock.now()),
    );
    await story.app.app.get(RaiseAlerts, { strict: false }).catchUp();
  }
  const asStaff = async (query = '') => (await (await story.asStaff()).get(`/admin/v1/alerts${query}`)).data;
  const asOwner = async (query = '') => (await owner.get(`/v1/alerts${query}`)).data;
  const refusedAt = (providerId: string, ownerAccountId: string | null) => ({
    providerId,
    ownerAccountId,
    reason: 'credentials_refused',
    detail: '401: HTTP 401',
  });

  it('of an account’s provider go to the account and the staff, in the language of whoever reads, and close for both', async () => {
    const providerId = randomUUID();
    await happens('providers.paused', refusedAt(providerId, owner.accountId));
    for (const list of [await asStaff(), await asOwner()])
      expect(list).toMatchObject([
        { kind: 'provider_paused', subject: `provider:${providerId}`, detail: '401: HTTP 401', times: 1 },
      ]);
    const russian = await story.app
      .http()
      .get('/v1/alerts')
      .set({ ...owner.headers, 'accept-language': 'ru' });
    expect(russian.body.data[0].title).toBe('Провайдер приостановлен; его сообщения ждут');
    expect(russian.body.data[0].explanation).toContain('учётные данные');
    await happens('providers.resumed', { providerId, ownerAccountId: owner.accountId });
    expect([await asStaff(), await asOwner()]).toEqual([[], []]);
    expect(await asOwner('?state=all')).toMatchObject([{ resolvedAt: expect.any(String) }]);
  });

  it('of the operator’s own provider are not shown to accounts', async () => {
    const providerId = randomUUID();
    const before = (await asOwner('?state=all')).length;
    await happens('providers.paused', refusedAt(providerId, null));
    expect(await asStaff()).toHaveLength(1);
    expect(await asOwner('?state=all')).toHaveLength(before);
    await happens('providers.resumed', { providerId, ownerAccountId: null });
  });

  it('count what comes again within two hours, and are new after that', async () => {
    const providerId = randomUUID();
    const paused = refusedAt(providerId, null);
    const resumed = { providerId, ownerAccountId: null };
    await happens('providers.paused', paused);
    await happens('providers.resumed', resumed);
    clock.advance({ minutes: 90 });
    await happens('providers.paused', { ...paused, detail: 'again' });
    expect(await asStaff()).toMatchObject([{ times: 2, detail: 'again', resolvedAt: null }]);
    await happens('providers.resumed', resumed);
    clock.advance({ hours: 3 });
    await happens('providers.paused', paused);
    expect(await asStaff()).toMatchObject([{ times: 1 }]);
    await happens('providers.resumed', resumed);
  });

  it('are listed newest first, page by page', async () => {
    const subjects = [randomUUID(), randomUUID(), randomUUID()];
    for (const providerId of subjects) await happens('providers.paused', refusedAt(providerId, owner.accountId));
    const first = await owner.get('/v1/alerts?limit=2');
    const second = await owner.get(`/v1/alerts?limit=2&cursor=${first.nextCursor}`);
    const found = [...first.data, ...second.data].map(({ subject }: { subject: string }) => subject);
    expect(found).toEqual(subjects.map((id) => `provider:${id}`).toReversed());
    expect(second.nextCursor).toBeNull();
  });
});
