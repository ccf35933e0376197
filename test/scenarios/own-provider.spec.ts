import { RaiseAlerts } from '../../src/modules/alerts/index.js';
import { ProbePaused } from '../../src/modules/providers/index.js';
import { AdvancedClock } from '../support/clock.js';
import { ChangingCompany } from '../support/companies/changing-company.js';
import { SMSC_SECRETS } from '../support/companies/smsc.js';
import { HttpOperator, JSON_DIALECT_SECRETS, jsonDialectSettings } from '../support/http-operator.js';
import { type Portal, Story } from '../support/story.js';
import { until } from '../support/until.js';

/** A broker brings its own account at a company; everybody else goes over the operator's provider. */
describe('a provider that an account owns', () => {
  const clock = new AdvancedClock();
  let story: Story;
  let platform: HttpOperator;
  let company: ChangingCompany;
  let owner: Portal;
  let other: Portal;
  let sent = 0;

  beforeAll(async () => {
    platform = await HttpOperator.start();
    story = await Story.begin({ clock });
    await story.addProvider({
      kind: 'http',
      settings: jsonDialectSettings(platform.origin),
      credentials: JSON_DIALECT_SECRETS,
    });
  });
  afterAll(async () => {
    await story.end();
    await platform.stop();
  });
  beforeEach(async () => {
    company = await new ChangingCompany().start();
    owner = await story.openPortal({ amount: '10.00' });
    other = await story.openPortal({ amount: '10.00' });
  });
  afterEach(() => company.operator.stop());

  /** None that an operator would not deliver. */
  const phone = () => `7916${200_000 + ++sent}0`;
  const entered = () => ({
    kind: 'smsc',
    name: 'Our account',
    sender: 'Broker',
    credentials: SMSC_SECRETS,
    settings: { baseUrl: company.operator.origin },
  });
  const show = (id: string) => owner.get(`/v1/providers/${id}`);
  const switchOn = async (id: string) => (await story.asStaff()).post(`/admin/v1/providers/${id}/resume`, {}, 200);

  async function send(portal: Portal, to = phone()): Promise<{ id: string; to: string }> {
    return { id: (await portal.send(`+${to}`, 'Ваш полис')).id, to };
  }

  async function change(id: string, body: object, status = 200) {
    const { etag } = (await story.app.http().get(`/v1/providers/${id}`).set(owner.headers).expect(200)).headers;
    const request = story.app
      .http()
      .patch(`/v1/providers/${id}`)
      .set({ ...owner.headers, 'if-match': etag! });
    return (await request.send(body).expect(status)).body;
  }

  const setFee = async (amount: string) => {
    const staff = await story.asStaff();
    const tariff = { name: 'Fee', currency: 'RUB', chargeOn: 'submit', refundUndelivered: true, traffic: 'own' };
    const prices = [{ prefix: '', amount }];
    const { id } = await staff.post('/admin/v1/tariffs', { ...tariff, code: `fee-${++sent}`, prices });
    await staff.put(`/admin/v1/accounts/${owner.accountId}/tariff`, { tariffId: id });
  };

  it('[M3] is chosen and entered by the account, tried at once, switched on by the operator, and carries its messages alone', async () => {
    const { data: kinds } = await owner.get('/v1/provider-kinds');
    expect(kinds).toContainEqual(
      expect.objectContaining({ kind: 'smsc', company: 'SMSC.ru', hosts: ['smsc.ru', 'smsc.kz'] }),
    );

    const wrong = { ...entered(), credentials: { ...SMSC_SECRETS, password: 'mistyped' } };
    const refusal = await owner.post('/v1/providers', wrong, 422);
    expect(refusal).toMatchObject({
      code: 'provider_credentials_refused',
      errors: [{ pointer: '/credentials', code: 'provider_credentials_refused' }],
    });
    expect(refusal.title + (refusal.detail ?? '')).toContain('authorise error');
    expect((await owner.get('/v1/providers')).data).toEqual([]);

    const { id } = await owner.post('/v1/providers', entered());
    expect(await show(id)).toMatchObject({
      status: 'awaiting_activation',
      sender: 'Broker',
      credentials: ['login', 'password'],
      balance: { amount: '100.40', currency: 'RUR' },
    });
    expect(JSON.stringify(await show(id))).not.toContain(SMSC_SECRETS.password);

    // Not in service yet: what is sent now goes the usual way, at the usual price.
    const early = await send(owner);
    await owner.inState(early.id, 'delivered');
    expect(platform.inbox(early.to)).toHaveLength(1);
    await until('the staff is told of it', async () => {
      const { data } = await (await story.asStaff()).get('/admin/v1/alerts');
      return data.some(
        (alert: { kind: string; subject: string }) =>
          alert.kind === 'provider_awaits' && alert.subject === `provider:${id}`,
      );
    });

    await switchOn(id);
    expect((await show(id)).status).toBe('active');
    const mine = await send(owner);
    const theirs = await send(other);
    await owner.inState(mine.id, 'submitted');
    await other.inState(theirs.id, 'delivered');
    expect(company.operator.inbox(mine.to)).toMatchObject([{ from: 'Broker' }]);
    expect(platform.inbox(mine.to)).toEqual([]);
    expect(platform.inbox(theirs.to)).toHaveLength(1);
    expect(company.operator.inbox(theirs.to)).toEqual([]);

    for (const path of ['', '/balance']) await other.get(`/v1/providers/${id}${path}`, 404);
    expect((await other.get('/v1/providers')).data).toEqual([]);
    const trail = (await owner.get('/v1/account/audit?limit=100')).data.map(({ action }: { action: string }) => action);
    expect(trail).toEqual(expect.arrayContaining(['provider.created', 'provider.resumed']));
  });

  it('[M4] shows its balance on request and beside what was sent; the account pays at most the fee here', async () => {
    const { id } = await owner.post('/v1/providers', entered());
    await switchOn(id);
    const free = await send(owner);
    expect(await owner.inState(free.id, 'submitted')).toMatchObject({ price: { amount: '0.000000' } });
    expect(await owner.wallet()).toMatchObject({ balance: '10.000000', held: '0.000000' });

    await setFee('0.25');
    await until(
      'the fee is known',
      async () => (await owner.get('/v1/prices?traffic=own')).data[0].price.amount === '0.250000',
    );
    company.balance = '97.50';
    const charged = await send(owner);
    await owner.inState(charged.id, 'submitted');
    expect((await owner.wallet()).balance).toBe('9.750000');
    expect((await owner.get('/v1/messages')).data).toHaveLength(2);

    clock.advance({ seconds: 30 });
    expect(await owner.get(`/v1/providers/${id}/balance`)).toMatchObject({ amount: '97.50', currency: 'RUR' });
    // Beside the list nobody is asked.
    const asked = company.operator.asked.length;
    expect((await owner.get('/v1/providers')).data).toMatchObject([{ balance: { amount: '97.50', currency: 'RUR' } }]);
    expect(company.operator.asked).toHaveLength(asked);
  });

  it('[M3] says that its money is spent: messages wait and say why, the account is told, and all leaves after a top-up there', async () => {
    const { id } = await owner.post('/v1/providers', entered());
    await switchOn(id);
    company.operator.faults.push({ action: 'refuse', code: '3' });
    company.balance = '0';
    const message = await send(owner);
    await until('it is paused', async () => (await show(id)).pauseReason === 'provider_no_funds');
    expect(await owner.inState(message.id, 'queued')).toMatchObject({ reason: 'provider_no_funds' });
    expect((await show(id)).lastError).toContain('3');
    const late = await send(owner);
    expect(await owner.message(late.id)).toMatchObject({ state: 'queued' });
    await story.app.app.get(RaiseAlerts, { strict: false }).catchUp();
    await until(
      'the account is told',
      async () => (await owner.get('/v1/alerts')).data[0]?.reason === 'provider_no_funds',
    );
    expect(platform.inbox(late.to)).toEqual([]);

    company.balance = '500';
    clock.advance({ minutes: 2 });
    await story.app.app.get(ProbePaused, { strict: false }).execute();
    for (const { id: one } of [message, late]) await owner.inState(one, 'submitted');
    for (const { to } of [message, late]) expect(company.operator.inbox(to)).toHaveLength(1);
    expect((await show(id)).balance).toMatchObject({ amount: '500' });
  });

  it('[Z2] has its credentials changed by the account: a wrong guess changes nothing, the right ones end the pause', async () => {
    const { id } = await owner.post('/v1/providers', entered());
    await switchOn(id);
    company.password = 'changed-there';
    const message = await send(owner);
    await until('it is paused', async () => (await show(id)).pauseReason === 'credentials_refused');
    expect(await owner.post(`/v1/providers/${id}/check`, {}, 200)).toMatchObject({
      result: 'refused',
      code: '2',
      resumed: false,
    });
    const guess = { credentials: { ...SMSC_SECRETS, password: 'guessed' } };
    expect(await change(id, guess, 422)).toMatchObject({ code: 'provider_credentials_refused' });
    expect(await change(id, { credentials: { ...SMSC_SECRETS, password: company.password } })).toMatchObject({
      status: 'active',
      pauseReason: null,
    });
    expect(await owner.inState(message.id, 'submitted')).toMatchObject({ attempts: [{ number: 1 }] });
    expect(company.operator.inbox(message.to)).toHaveLength(1);
    expect(await owner.post(`/v1/providers/${id}/check`, {}, 200)).toMatchObject({ result: 'accepted' });
  });
});
