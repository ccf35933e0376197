import { SandboxOperator } from '../support/sandbox-operator.js';
import { Caller, type Portal, Story } from '../support/story.js';
import { until } from '../support/until.js';

const HOUR_MS = 3_600_000;

/** Russian numbers go to an operator over a provider that sends, Polish ones to another over one that is paused most of the time. */
describe('cancelling a message over HTTP', () => {
  let story: Story;
  let operator: SandboxOperator;
  let other: SandboxOperator;
  let pausedId: string;
  let portal: Portal;
  let sent = 0;

  beforeAll(async () => {
    operator = await SandboxOperator.start();
    other = await SandboxOperator.start();
    story = await Story.begin();
    await story.addSmpp(operator.ports.smpp, '7');
    pausedId = await story.addSmpp(other.ports.smpp, '48');
    await pause();
  });
  beforeEach(async () => {
    portal = await story.openPortal({ amount: '1000.00' });
  });
  afterAll(async () => {
    await story.end();
    await operator.stop();
    await other.stop();
  });

  const pause = () => story.pauseProvider(pausedId);
  const resume = () => story.resumeProvider(pausedId);
  const waiting = () => `+4851${5_000_000 + ++sent}`;
  const leaving = () => `+7916${5_000_000 + ++sent}`;
  const cancel = (id: string, status = 200) => portal.post(`/v1/messages/${id}/cancel`, {}, status);
  const releases = async () => (await portal.statement()).filter(({ kind }) => kind === 'release');
  const hasArrived = (to: string) => other.inbox(to.slice(1)).length > 0;

  it('gives its price back, and the message never leaves', async () => {
    const to = waiting();
    const { id } = await portal.send(to, 'x');
    expect(await portal.wallet()).toMatchObject({ balance: '996.600000', held: '3.400000' });
    expect(await cancel(id)).toMatchObject({ id, state: 'cancelled', reason: 'requested', chargeState: 'released' });
    expect(await portal.wallet()).toMatchObject({ balance: '1000.000000', held: '0.000000' });

    const later = await portal.send(waiting(), 'later');
    await resume();
    await portal.inState(later.id, 'delivered');
    await pause();
    expect(hasArrived(to)).toBe(false);
    expect(await portal.message(id)).toMatchObject({ state: 'cancelled', attempts: [] });
  });

  it('works for what is scheduled for later', async () => {
    const sendAt = new Date(Date.now() + HOUR_MS).toISOString();
    const { id } = await portal.send(leaving(), 'x', { sendAt });
    expect(await portal.message(id)).toMatchObject({ state: 'scheduled', chargeState: 'held' });
    expect(await cancel(id)).toMatchObject({ state: 'cancelled', chargeState: 'released' });
    expect(await portal.wallet()).toMatchObject({ balance: '1000.000000', held: '0.000000' });
  });

  it('is the same when it is asked twice, or six times at once: the price comes back once', async () => {
    const { id } = await portal.send(waiting(), 'x');
    const answers = await Promise.all(Array.from({ length: 6 }, () => cancel(id)));
    answers.push(await cancel(id));
    expect(answers.map(({ state }) => state)).toEqual(Array(7).fill('cancelled'));
    expect(await releases()).toHaveLength(1);
    expect(await portal.wallet()).toMatchObject({ balance: '1000.000000', held: '0.000000' });
  });

  it('is refused for what has left, with its state, and changes nothing', async () => {
    const to = leaving();
    const { id } = await portal.send(to, 'x');
    await portal.inState(id, 'delivered');
    expect(await cancel(id, 409)).toMatchObject({ code: 'message_not_cancellable', status: 409 });
    expect(await portal.message(id)).toMatchObject({ state: 'delivered', chargeState: 'captured' });
    expect(await portal.wallet()).toMatchObject({ balance: '996.100000', held: '0.000000' });
  });

  it('is refused while the operator has it and has not said what became of it', async () => {
    const to = leaving();
    await operator.order({
      reports: { paused: true },
      next: [{ action: 'answer_late', delayMs: 400, to: to.slice(1) }],
    });
    const { id } = await portal.send(to, 'x');
    await portal.inState(id, 'submitting');
    expect((await cancel(id, 409)).code).toBe('message_not_cancellable');
    await portal.inState(id, 'submitted');
    expect((await cancel(id, 409)).code).toBe('message_not_cancellable');
    await operator.order({ reports: { paused: false } });
    await portal.inState(id, 'delivered');
    expect(await releases()).toEqual([]);
  });

  it('is refused for what was never accepted', async () => {
    const poor = await story.openPortal({ amount: '0' });
    const { items } = await poor.post('/v1/messages', { recipients: [leaving()], text: 'x' }, 402);
    const { code } = await poor.post(`/v1/messages/${items[0].id}/cancel`, {}, 409);
    expect(code).toBe('message_not_cancellable');
    expect(await poor.message(items[0].id)).toMatchObject({ state: 'blocked', reason: 'no_funds' });
  });

  it('is nobody else’s business, and asks for the right to send', async () => {
    const { id } = await portal.send(waiting(), 'x');
    const stranger = await story.openPortal();
    expect((await stranger.post(`/v1/messages/${id}/cancel`, {}, 404)).code).toBe('message_not_found');
    const { key } = await portal.post('/v1/api-keys', { name: 'Reader', scopes: ['messages:read'] });
    const reader = new Caller(story.app, { authorization: `Bearer ${key}` });
    expect((await reader.post(`/v1/messages/${id}/cancel`, {}, 403)).code).toBe('permission_missing');
    expect(await portal.message(id)).toMatchObject({ state: 'queued', chargeState: 'held' });
    await cancel(id);
  });

  it('takes one message out of a campaign, whose price comes back', async () => {
    const numbers = [waiting(), waiting()];
    const upload = story.app.http().post('/v1/recipient-lists?name=list').set(portal.headers);
    const csv = ['phone,consent', ...numbers.map((to) => `${to},yes`)].join('\n');
    const { body: list } = await upload.set('content-type', 'text/csv').send(csv).expect(201);
    const campaign = await portal.post('/v1/campaigns', { name: 'c', listId: list.id, text: 'x' });
    await portal.post(`/v1/campaigns/${campaign.id}/quote`, {}, 200);
    await portal.post(`/v1/campaigns/${campaign.id}/start`);
    await until('all are queued', async () => (await portal.get(`/v1/campaigns/${campaign.id}`)).state === 'sent');
    const [message] = await portal.messagesTo(numbers[0]!);
    expect(await cancel(message!.id)).toMatchObject({ state: 'cancelled', chargeState: 'released' });
    expect(await portal.wallet()).toMatchObject({ balance: '996.600000', held: '3.400000' });
    const [other] = await portal.messagesTo(numbers[1]!);
    await cancel(other!.id);
    expect(await portal.wallet()).toMatchObject({ balance: '1000.000000', held: '0.000000' });
  });

  it('races with dispatch: what is cancelled has not left, what has left is paid, and there is nothing between', async () => {
    const numbers = Array.from({ length: 60 }, waiting);
    const { items } = await portal.post('/v1/messages', { recipients: numbers, text: 'x' }, 202);
    const ids: string[] = items.map(({ id }: { id: string }) => id);
    const resumed = resume();
    await until('some have left', () => numbers.some(hasArrived));
    const codes = await Promise.all(
      ids.toReversed().map(async (id) => {
        const { status, body } = await story.app.http().post(`/v1/messages/${id}/cancel`).set(portal.headers);
        return `${status} ${body.code ?? body.state}`;
      }),
    );
    await resumed;
    for (const code of new Set(codes)) expect(['200 cancelled', '409 message_not_cancellable']).toContain(code);
    const final = await until('all are final', async () => {
      const messages = await Promise.all(ids.map((id) => portal.message(id)));
      return messages.every(({ state }) => ['cancelled', 'delivered'].includes(state)) && messages;
    });
    await pause();
    const cancelled = final.filter(({ state }) => state === 'cancelled');
    expect(cancelled).toHaveLength(codes.filter((code) => code.startsWith('200')).length);
    for (const { to, state } of final) expect(other.inbox(to.slice(1))).toHaveLength(state === 'delivered' ? 1 : 0);
    const paid = (60 - cancelled.length) * 3.4;
    expect(await portal.wallet()).toMatchObject({ balance: (1_000 - paid).toFixed(6), held: '0.000000' });
  });
});
