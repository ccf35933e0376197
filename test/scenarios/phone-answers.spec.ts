import { SandboxOperator } from '../support/sandbox-operator.js';
import { type Portal, Story } from '../support/story.js';
import { until } from '../support/until.js';
import { expectedSignature, WebhookReceiver } from '../support/webhook-receiver.js';

interface ShownInbound {
  id: string;
  from: string;
  to: string;
  text: string;
  parts: number;
  complete: boolean;
  attribution: string;
  inReplyTo: string | null;
  action: string | null;
}

const STORED = 0;

/** Everything comes over a real SMPP connection: what the phone writes, and what the operator hears when it is stored. */
describe('a phone that answers', () => {
  let story: Story;
  let operator: SandboxOperator;
  let providerId: string;

  beforeAll(async () => {
    operator = await SandboxOperator.start();
    story = await Story.begin();
    providerId = await story.addSmpp(operator.ports.smpp);
  });
  afterAll(async () => {
    await story.end();
    await operator.stop();
  });

  const openAs = (defaultSender: string) => story.openPortal({ amount: '50.00', defaultSender });
  const delivered = async (portal: Portal, to: string) => {
    const { id } = await portal.send(to, 'Ждём вас завтра');
    await portal.inState(id, 'delivered');
    return id;
  };
  const heard = (portal: Portal, text: string): Promise<ShownInbound> =>
    until(`"${text}" is listed`, async () => {
      const { data } = await portal.get('/v1/inbound-messages');
      return data.find((message: ShownInbound) => message.text === text);
    });
  const blocked = async (portal: Portal, to: string) =>
    (await portal.post('/v1/messages', { recipients: [to], text: 'Ещё раз' }, 422)).items[0];

  it('STOP is not written to again by that account, until it answers START', async () => {
    const [portal, neighbour] = [await openAs('4321'), await openAs('4321')];
    await delivered(neighbour, '+79161000001');
    const id = await delivered(portal, '+79161000001');
    expect(await operator.sendFromPhone('79161000001', '4321', 'Стоп!')).toBe(STORED);
    expect(await heard(portal, 'Стоп!')).toMatchObject({
      from: '+79161000001',
      to: '4321',
      attribution: 'reply',
      inReplyTo: id,
      action: 'opted_out',
    });
    expect(await blocked(portal, '+79161000001')).toMatchObject({ status: 'blocked', code: 'opted_out' });
    expect((await portal.get('/v1/opt-outs')).data).toMatchObject([
      { to: '79161000001', source: 'recipient', note: 'Стоп!' },
    ]);
    // Nobody else's messages were meant.
    expect((await neighbour.get('/v1/inbound-messages')).data).toEqual([]);
    await delivered(neighbour, '+79161000001');

    await portal.post('/v1/messages', { recipients: ['+79161000009'], text: 'x' }, 202);
    expect(await operator.sendFromPhone('79161000001', '4321', 'start')).toBe(STORED);
    // The neighbour wrote last, so this one is the neighbour's and changes nothing for the other.
    expect(await heard(neighbour, 'start')).toMatchObject({ action: 'opted_in' });
    expect(await blocked(portal, '+79161000001')).toMatchObject({ code: 'opted_out' });
  });

  it('lifts by START what it set by STOP', async () => {
    const portal = await openAs('4400');
    await delivered(portal, '+79161000002');
    expect(await operator.sendFromPhone('79161000002', '4400', 'STOPP')).toBe(STORED);
    await heard(portal, 'STOPP');
    expect(await blocked(portal, '+79161000002')).toMatchObject({ code: 'opted_out' });
    expect(await operator.sendFromPhone('79161000002', '4400', 'Unstop.')).toBe(STORED);
    await heard(portal, 'Unstop.');
    await delivered(portal, '+79161000002');
  });

  it('at a number of one account is heard there, whoever wrote to it', async () => {
    const staff = await story.asStaff();
    const portal = await openAs('4500');
    const number = { providerId, address: '4500', accountId: portal.accountId };
    const { id } = await staff.post('/admin/v1/inbound-numbers', number);
    expect((await staff.post('/admin/v1/inbound-numbers', number, 409)).code).toBe('inbound_number_taken');
    expect((await staff.get(`/admin/v1/inbound-numbers?accountId=${portal.accountId}`)).data).toMatchObject([number]);
    expect(await operator.sendFromPhone('79161000003', '4500', 'ΣΤΟΠ')).toBe(STORED);
    expect(await heard(portal, 'ΣΤΟΠ')).toMatchObject({ attribution: 'number', inReplyTo: null, action: 'opted_out' });
    expect(await blocked(portal, '+79161000003')).toMatchObject({ code: 'opted_out' });
    await story.app.http().delete(`/admin/v1/inbound-numbers/${id}`).set(staff.headers).expect(204);
    await story.app.http().delete(`/admin/v1/inbound-numbers/${id}`).set(staff.headers).expect(404);
  });

  it('is told to the portal’s webhook, signed', async () => {
    const portal = await openAs('4550');
    const receiver = await WebhookReceiver.start();
    const endpoint = { url: receiver.url, events: ['message.inbound'] };
    const { secret } = await portal.post('/v1/webhook-endpoints', endpoint);
    const id = await delivered(portal, '+79161000008');
    expect(await operator.sendFromPhone('79161000008', '4550', 'Буду, спасибо 😀')).toBe(STORED);
    const webhook = await until('the webhook comes', async () => receiver.received[0]);
    expect(webhook.headers['webhook-signature']).toBe(expectedSignature(secret, webhook));
    expect(JSON.parse(webhook.body)).toMatchObject({
      type: 'message.inbound',
      accountId: portal.accountId,
      data: { from: '+79161000008', to: '4550', text: 'Буду, спасибо 😀', inReplyTo: id },
    });
    await receiver.stop();
  });

  it('in several parts is heard as one message', async () => {
    const portal = await openAs('4600');
    await delivered(portal, '+79161000004');
    const parts = ['Перезвоните мне, ', 'пожалуйста, ', 'после обеда 😀'];
    for (const partNo of [3, 1, 2]) {
      const part = { reference: 77, partNo, partsTotal: 3 };
      expect(await operator.sendFromPhone('79161000004', '4600', parts[partNo - 1]!, part)).toBe(STORED);
    }
    expect(await heard(portal, parts.join(''))).toMatchObject({ parts: 3, complete: true, action: null });
    expect((await portal.get('/v1/inbound-messages')).data).toHaveLength(1);
  });

  it('and belongs to nobody is shown to the staff alone, and stops nothing', async () => {
    const portal = await openAs('4700');
    expect(await operator.sendFromPhone('79161000005', '4700', 'STOP')).toBe(STORED);
    const staff = await story.asStaff();
    const [shown] = await until('it is listed', async () => {
      const { data } = await staff.get('/admin/v1/inbound-messages?attribution=none');
      return data.length > 0 && data;
    });
    expect(shown).toMatchObject({
      accountId: null,
      providerId,
      from: '+79161000005',
      attribution: 'none',
      action: null,
    });
    expect((await portal.get('/v1/inbound-messages')).data).toEqual([]);
    await delivered(portal, '+79161000005');
  });

  it('is listed page by page, by phone and by time', async () => {
    const portal = await openAs('4800');
    await delivered(portal, '+79161000006');
    await delivered(portal, '+79161000007');
    for (const text of ['one', 'two', 'three']) {
      await operator.sendFromPhone('79161000006', '4800', text);
      await heard(portal, text);
    }
    await operator.sendFromPhone('79161000007', '4800', 'four');
    await heard(portal, 'four');
    const texts = async (query: string) =>
      (await portal.get(`/v1/inbound-messages${query}`)).data.map(({ text }: ShownInbound) => text);
    const first = await portal.get('/v1/inbound-messages?limit=3');
    expect(first.data.map(({ text }: ShownInbound) => text)).toEqual(['four', 'three', 'two']);
    expect(await texts(`?limit=3&cursor=${first.nextCursor}`)).toEqual(['one']);
    expect(await texts('?from=79161000007')).toEqual(['four']);
    expect(await texts('?until=2020-01-01T00:00:00Z')).toEqual([]);
    expect(await texts('?since=2020-01-01T00:00:00Z&from=79161000006&limit=1')).toEqual(['three']);
    const staff = await story.asStaff();
    const { data } = await staff.get(`/admin/v1/inbound-messages?limit=2&providerId=${providerId}`);
    expect(data.map(({ accountId }: { accountId: string }) => accountId)).toEqual([portal.accountId, portal.accountId]);
    await portal.get('/v1/inbound-messages?from=abc', 422);
    await portal.get('/v1/inbound-messages?cursor=x', 400);
  });
});
