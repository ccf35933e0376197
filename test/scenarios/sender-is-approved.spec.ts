import { SandboxOperator } from '../support/sandbox-operator.js';
import { type Portal, Story } from '../support/story.js';
import { until } from '../support/until.js';

describe('the sender on the phone', () => {
  let story: Story;
  let operator: SandboxOperator;
  let portal: Portal;

  beforeAll(async () => {
    operator = await SandboxOperator.start();
    story = await Story.begin();
    await story.addSmpp(operator.ports.smpp);
    portal = await story.openPortal({ amount: '100.00' });
  });
  afterAll(async () => {
    await story.end();
    await operator.stop();
  });

  const senderOn = (number: string): Promise<string> =>
    until('it has arrived', () => operator.inbox(number.slice(1))[0]?.from);

  it('[D2] is the standard one until the operator approves another, and then that one', async () => {
    await portal.send('+79162000001', 'before');
    expect(await senderOn('+79162000001')).toBe('Kabinet');

    const { id } = await portal.post('/v1/senders', { sender: 'Clinic1', country: 'RU', asDefault: true });
    const body = { recipients: ['+79162000002'], text: 'too early', sender: 'Clinic1' };
    expect((await portal.post('/v1/messages', body, 422)).items).toMatchObject([{ code: 'sender_not_allowed' }]);
    await (await story.asStaff()).post(`/admin/v1/accounts/${portal.accountId}/senders/${id}/approve`, {}, 200);

    await portal.send('+79162000003', 'by default');
    await portal.send('+79162000004', 'by name', { sender: 'Clinic1' });
    expect(await senderOn('+79162000003')).toBe('Clinic1');
    expect(await senderOn('+79162000004')).toBe('Clinic1');
    expect(operator.inbox('79162000002')).toEqual([]);
    // It was approved for Russia alone.
    const polish = await portal.post('/v1/messages', { recipients: ['+48510000001'], text: 'x' }, 422);
    expect(polish.items).toMatchObject([{ status: 'blocked', code: 'sender_not_allowed' }]);
  });
});
