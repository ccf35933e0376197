import { ChangingCompany } from '../support/companies/changing-company.js';
import { SMSC_SECRETS } from '../support/companies/smsc.js';
import { SandboxOperator } from '../support/sandbox-operator.js';
import { type Portal, Story } from '../support/story.js';
import { until } from '../support/until.js';

/** What providers bill against what accounts pay: by their own words, by price lists, and not at all where the account pays. */
describe('the margin', () => {
  let story: Story;
  let operator: SandboxOperator;
  let company: ChangingCompany;
  let portal: Portal;
  let smpp: string;
  let smsc: string;
  let sent = 0;

  beforeAll(async () => {
    operator = await SandboxOperator.start();
    company = await new ChangingCompany().start();
    story = await Story.begin();
    smpp = await story.addSmpp(operator.ports.smpp, '48');
    const settings = { baseUrl: company.operator.origin };
    smsc = await story.addProvider({ kind: 'smsc', settings, credentials: SMSC_SECRETS, prefix: '7' });
    portal = await story.openPortal({ amount: '500.00' });
  });
  afterAll(async () => {
    await story.end();
    await operator.stop();
    await company.operator.stop();
  });

  const day = (offset: number) => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);
  const margins = async (groupBy: string, more = '') => {
    const query = `from=${day(-1)}&until=${day(2)}&groupBy=${groupBy}&accountId=${portal.accountId}${more}`;
    return (await (await story.asStaff()).get(`/admin/v1/margins?${query}`)).data;
  };
  const send = async (prefix: string, text: string, state = 'submitted') =>
    portal.inState((await portal.send(`+${prefix}${100_000 + ++sent}0`, text)).id, state);

  it('is told by day, provider, route and account: what an answer names goes before the price list, of the right prefix and date', async () => {
    const staff = await story.asStaff();
    const prices = `/admin/v1/providers/${smpp}/purchase-prices`;
    const early = new Date(Date.now() - 86_400_000).toISOString();
    const later = new Date(Date.now() + 86_400_000).toISOString();
    const entered = await staff.post(
      prices,
      {
        prices: [
          { prefix: '', amount: '9.99', currency: 'RUB', validFrom: early },
          { prefix: '4850', amount: '1.20', currency: 'RUB', validFrom: early },
          { prefix: '4850', amount: '7.00', currency: 'RUB', validFrom: later },
        ],
      },
      200,
    );
    expect(entered.data).toHaveLength(3);
    // Not asked: what SMSC answers names 2.90.
    await staff.post(
      `/admin/v1/providers/${smsc}/purchase-prices`,
      { prices: [{ prefix: '', amount: '50.00', currency: 'RUB', validFrom: early }] },
      200,
    );
    await send('4850', 'x'.repeat(200), 'delivered');
    await send('7916', 'x');

    const line = (more: object) => expect.objectContaining(more);
    const money = (amount: string) => ({ amount, currency: 'RUB' });
    const polish = { parts: 2, revenue: money('6.800000'), cost: money('2.400000'), margin: money('4.400000') };
    const russian = { parts: 1, revenue: money('3.900000'), cost: money('2.900000'), margin: money('1.000000') };
    const byProvider = await margins('provider');
    expect(byProvider).toHaveLength(2);
    expect(byProvider).toEqual(
      expect.arrayContaining([line({ key: smpp, ...polish }), line({ key: smsc, ...russian })]),
    );
    expect(await margins('route')).toContainEqual(line({ key: `${smpp} 4850`, ...polish }));
    const all = {
      messages: 2,
      parts: 3,
      revenue: money('10.700000'),
      cost: money('5.300000'),
      margin: money('5.400000'),
    };
    expect(await margins('account')).toEqual([line({ key: portal.accountId, label: 'Clinic', ...all })]);
    const byDay = await margins('day');
    expect(byDay.reduce((sum: number, { parts }: { parts: number }) => sum + parts, 0)).toBe(3);
    expect(await margins('account', `&providerId=${smsc}`)).toEqual([line(russian)]);
  });

  it('is not known where nothing names a cost, and is what was charged where the account pays its provider itself', async () => {
    const other = await story.openPortal({ amount: '100.00' });
    const unpriced = await story.addSmpp(operator.ports.smpp, '30');
    const { id } = await other.send('+306912345670', 'x');
    // The operator knows both links by one name, so its report may come over the other one.
    await until('it has left', async () => ['submitted', 'delivered'].includes((await other.message(id)).state));
    const of = async (groupBy: string) => {
      const query = `from=${day(-1)}&until=${day(2)}&groupBy=${groupBy}&accountId=${other.accountId}`;
      return (await (await story.asStaff()).get(`/admin/v1/margins?${query}`)).data;
    };
    expect(await of('provider')).toMatchObject([{ key: unpriced, cost: null, margin: null }]);

    const own = await other.post('/v1/providers', {
      kind: 'smsc',
      name: 'Ours',
      sender: 'Clinic',
      credentials: SMSC_SECRETS,
      settings: { baseUrl: company.operator.origin },
    });
    await story.resumeProvider(own.id);
    const { id: second } = await other.send('+79161234560', 'x');
    await other.inState(second, 'submitted');
    expect(await of('provider')).toContainEqual(
      expect.objectContaining({ key: own.id, cost: { amount: '0.000000', currency: 'RUB' }, parts: 1 }),
    );
    const refused = { prices: [{ prefix: '', amount: '1.00', currency: 'RUB' }] };
    const staff = await story.asStaff();
    expect(await staff.post(`/admin/v1/providers/${own.id}/purchase-prices`, refused, 409)).toMatchObject({
      code: 'provider_account_owned',
    });
  });

  it('is asked for a month at most', async () => {
    const staff = await story.asStaff();
    await staff.get('/admin/v1/margins?from=2026-01-01&until=2026-02-02&groupBy=day', 422);
    await staff.get('/admin/v1/margins?from=2026-01-02&until=2026-01-01&groupBy=day', 422);
  });
});
