import { SELLER } from '../../src/entrypoints/demo/cabinet.js';
import { SandboxOperator } from '../support/sandbox-operator.js';
import { type Portal, Story } from '../support/story.js';
import { until } from '../support/until.js';

describe('a message, from the portal to the phone', () => {
  let story: Story;
  let operator: SandboxOperator;

  beforeAll(async () => {
    operator = await SandboxOperator.start({ suffixes: { '99': 'undelivered' } });
    story = await Story.begin();
    await story.addSmpp(operator.ports.smpp);
  });
  afterAll(async () => {
    await story.end();
    await operator.stop();
  });

  const kinds = async (portal: Portal) => (await portal.statement()).map(({ kind }) => kind);

  it('[M8] is delivered, shown as delivered, and its price is taken once', async () => {
    const portal = await story.openPortal({ amount: '10.00' });
    const { id } = await portal.send('+7 916 100-00-01', 'Ждём вас завтра в 10:00');
    const shown = await portal.inState(id, 'delivered');

    expect(operator.inbox('79161000001')).toEqual([
      expect.objectContaining({ to: '79161000001', text: 'Ждём вас завтра в 10:00', parts: 1 }),
    ]);
    expect(shown).toMatchObject({
      to: '+79161000001',
      text: 'Ждём вас завтра в 10:00',
      parts: 1,
      encoding: 'ucs2',
      price: { amount: '3.900000', currency: 'RUB' },
      chargeState: 'captured',
      attempts: [{ number: 1, state: 'submitted', errorCode: null }],
      reports: [{ status: 'delivered', outcome: 'applied' }],
    });
    expect(await portal.wallet()).toMatchObject({ balance: '6.100000', held: '0.000000' });
    expect(await kinds(portal)).toEqual(['capture', 'hold', 'adjustment']);
  });

  it('[M8] arrives whole when it is longer than one part, and is paid part by part', async () => {
    const portal = await story.openPortal({ amount: '20.00' });
    const text = `${'Уважаемый клиент, для вас есть письмо. '.repeat(4)}€ 😀`;
    const { id } = await portal.send('+79161000002', text);
    const shown = await portal.inState(id, 'delivered');
    expect(operator.inbox('79161000002')).toEqual([expect.objectContaining({ text, parts: 3 })]);
    expect(shown).toMatchObject({ parts: 3, price: { amount: '11.700000' }, chargeState: 'captured' });
    expect(await portal.wallet()).toMatchObject({ balance: '8.300000', held: '0.000000' });
  });

  it('that could not be delivered is shown so, and by the default tariff its price comes back', async () => {
    const portal = await story.openPortal({ amount: '10.00' });
    const { id } = await portal.send('+79161000099', 'hello');
    const shown = await portal.inState(id, 'undelivered');
    expect(shown).toMatchObject({ chargeState: 'refunded', reports: [{ status: 'undelivered', outcome: 'applied' }] });
    expect(await portal.wallet()).toMatchObject({ balance: '10.000000', held: '0.000000' });
    expect(await kinds(portal)).toEqual(['refund', 'capture', 'hold', 'adjustment']);
  });

  it('[M6] [D11] without funds reaches nobody and is a row with its reason; after a top-up the next one goes out', async () => {
    const portal = await story.openPortal({ amount: '0' });
    const body = { recipients: ['+79161000003'], text: 'Без денег' };
    const refused = await portal.post('/v1/messages', body, 402);
    expect(refused).toMatchObject({
      code: 'insufficient_funds',
      shortfall: { amount: '3.900000', currency: 'RUB' },
      items: [{ status: 'blocked', code: 'no_funds' }],
    });
    expect((await portal.get('/v1/messages?state=blocked')).data).toEqual([
      expect.objectContaining({
        id: refused.items[0].id,
        to: '+79161000003',
        text: 'Без денег',
        state: 'blocked',
        reason: 'no_funds',
        chargeState: 'none',
      }),
    ]);

    const staff = await story.asStaff();
    await staff.post('/admin/v1/legal-entities', SELLER);
    await staff.post(`/admin/v1/accounts/${portal.accountId}/payments`, {
      seller: SELLER.code,
      amount: { amount: '5.00', currency: 'RUB' },
      receivedOn: new Date().toISOString().slice(0, 10),
      payerName: 'ООО «Здоровье»',
      purpose: 'Пополнение',
      bankReference: 'bank-1',
    });
    const { id } = await portal.send('+79161000003', 'С деньгами');
    await portal.inState(id, 'delivered');
    // The one without funds never left, not even when there were funds again.
    expect(operator.inbox('79161000003').map(({ text }) => text)).toEqual(['С деньгами']);
    expect(await portal.message(refused.items[0].id)).toMatchObject({ state: 'blocked', attempts: [] });
    expect(await portal.wallet()).toMatchObject({ balance: '1.100000', held: '0.000000' });
  });

  it('that waits for funds reaches the phone by itself after the top-up, and is paid once', async () => {
    const portal = await story.openPortal({ amount: '0' });
    const { id, status } = await portal.send('+79161000007', 'С терпением', { onInsufficientFunds: 'wait' });
    expect(status).toBe('waiting_funds');
    await portal.credit(await story.asStaff(), '5.00');
    expect(await portal.inState(id, 'delivered')).toMatchObject({ chargeState: 'captured' });
    expect(operator.inbox('79161000007').map(({ text }) => text)).toEqual(['С терпением']);
    expect(await portal.wallet()).toMatchObject({ balance: '1.100000', held: '0.000000' });
    expect(await kinds(portal)).toEqual(['capture', 'hold', 'adjustment']);
  });

  it('[D11] of several, those that can be paid go out in request order and the others are rows with their reason', async () => {
    const portal = await story.openPortal({ amount: '8.00' });
    const numbers = ['+79161000004', '+79161000005', '+79161000006'];
    const { items } = await portal.post('/v1/messages', { recipients: numbers, text: 'x' }, 202);
    expect(items.map(({ status, code }: { status: string; code?: string }) => code ?? status)).toEqual([
      'queued',
      'queued',
      'no_funds',
    ]);
    await portal.inState(items[0].id, 'delivered');
    await portal.inState(items[1].id, 'delivered');
    expect(operator.inbox('79161000006')).toEqual([]);
    expect(await portal.wallet()).toMatchObject({ balance: '0.200000', held: '0.000000' });
  });

  it('[D4] written as a template with [klient] and [nadawca] arrives rendered, its Polish letters intact', async () => {
    const portal = await story.openPortal({ country: 'PL', currency: 'PLN', locale: 'pl', timeZone: 'Europe/Warsaw' });
    const template = await portal.post('/v1/templates', {
      name: 'Korespondencja',
      body: '[klient], czeka na Ciebie list. Nadawca: [nadawca].',
    });
    const recipients = [
      { to: '+48 510 000 001', variables: { klient: 'Żółcisława Gęślą', nadawca: 'Urząd Miasta Łódź' } },
      { to: '+48 510 000 002', variables: { klient: 'Jan', nadawca: 'ZUS [klient]' } },
      { to: '+48 510 000 003', variables: { klient: 'Jan' } },
    ];
    const { items } = await portal.post('/v1/messages', { recipients, templateId: template.id }, 202);
    const rendered = 'Żółcisława Gęślą, czeka na Ciebie list. Nadawca: Urząd Miasta Łódź.';
    expect(await portal.inState(items[0].id, 'delivered')).toMatchObject({
      text: rendered,
      encoding: 'ucs2',
      parts: 1,
    });
    expect(operator.inbox('48510000001')).toEqual([expect.objectContaining({ text: rendered, parts: 1 })]);
    // A value is never read as a template; without diacritics it travels in GSM-7.
    const plain = 'Jan, czeka na Ciebie list. Nadawca: ZUS [klient].';
    expect(await portal.inState(items[1].id, 'delivered')).toMatchObject({ text: plain, parts: 1 });
    expect(operator.inbox('48510000002').map(({ text }) => text)).toEqual([plain]);
    expect(items[2]).toMatchObject({ status: 'blocked', code: 'missing_variables' });
    expect(operator.inbox('48510000003')).toEqual([]);
  });

  it('is counted by the operator exactly as by us', async () => {
    const staff = await story.asStaff();
    const parts = await until('nothing is on its way', async () => {
      const totals = await staff.get('/admin/v1/messages/totals');
      const open = ['queued', 'submitting', 'submitted'].some((state) => totals.states[state] > 0);
      return !open && totals.parts;
    });
    expect(operator.stats().answeredOk).toBe(parts);
  });
});
