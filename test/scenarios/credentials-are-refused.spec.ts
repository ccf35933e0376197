import type { PDU } from 'smpp';
import { ProbePaused } from '../../src/modules/providers/index.js';
import { AdvancedClock } from '../support/clock.js';
import { ChangingCompany } from '../support/companies/changing-company.js';
import { SMSC_SECRETS } from '../support/companies/smsc.js';
import { polite, RawSmsc } from '../support/raw-smsc.js';
import { type Portal, Story } from '../support/story.js';
import { until } from '../support/until.js';

/** The password at a provider was changed, and nobody told us. */
describe('credentials that are refused', () => {
  const clock = new AdvancedClock();
  let story: Story;
  let portal: Portal;
  let sent = 0;

  beforeAll(async () => {
    story = await Story.begin({ clock });
  });
  afterAll(() => story.end());
  beforeEach(async () => {
    portal = await story.openPortal({ amount: '100.00' });
  });

  const phone = (prefix: string) => `${prefix}${1_000_000 + ++sent}0`.slice(0, 11);
  const provider = async (id: string) => (await story.asStaff()).get(`/admin/v1/providers/${id}`);
  const alertsOf = async (id: string, state = 'open') => {
    const { data } = await (await story.asStaff()).get(`/admin/v1/alerts?state=${state}`);
    return data.filter(({ subject }: { subject: string }) => subject === `provider:${id}`);
  };
  /** What the schedule does when its minute has come. */
  const probe = () => story.app.app.get(ProbePaused, { strict: false }).execute();

  async function change(id: string, body: object) {
    const path = `/admin/v1/providers/${id}`;
    const { headers } = await story.asStaff();
    const { etag } = (await story.app.http().get(path).set(headers).expect(200)).headers;
    const request = story.app
      .http()
      .patch(path)
      .set({ ...headers, 'if-match': etag! });
    return (await request.send(body).expect(200)).body;
  }

  async function expectPaused(id: string, reason: string) {
    await until('it is paused', async () => (await provider(id)).pauseReason === reason);
    const [alert] = await until('somebody is told', async () => {
      const alerts = await alertsOf(id);
      return alerts.length === 1 && alerts;
    });
    return alert;
  }

  /** Nothing was lost and nothing spent: one attempt, one message at the provider, paid once. */
  async function expectAllDelivered(ids: readonly string[], state: string): Promise<void> {
    for (const id of ids)
      expect(await portal.inState(id, state)).toMatchObject({
        chargeState: 'captured',
        attempts: [{ number: 1, state: 'submitted' }],
      });
  }

  it('[Z2] pause an HTTP provider visibly and tell somebody; its queue waits, and leaves by itself once they are right', async () => {
    const company = await new ChangingCompany().start();
    const id = await addCompany(company, '791');
    const first = phone('791');
    await portal.inState((await portal.send(`+${first}`, 'x')).id, 'submitted');

    company.password = 'changed-there';
    const numbers = [phone('791'), phone('791'), phone('791')];
    const ids: string[] = [];
    for (const to of numbers) ids.push((await portal.send(`+${to}`, 'Ждём вас')).id);
    const alert = await expectPaused(id, 'credentials_refused');
    expect(alert).toMatchObject({ kind: 'provider_paused', reason: 'credentials_refused', times: 1, resolvedAt: null });
    expect(alert.detail).toContain('2');
    for (const one of ids) expect(await portal.message(one)).toMatchObject({ state: 'queued', chargeState: 'held' });

    clock.advance({ minutes: 2 });
    expect(await probe()).toEqual({ asked: 1, resumed: 0 });
    expect((await provider(id)).status).toBe('paused');

    const wrong = await change(id, { credentials: { ...SMSC_SECRETS, password: 'guessed' } });
    expect(wrong).toMatchObject({ status: 'paused', pauseReason: 'credentials_refused' });
    const right = await change(id, { credentials: { ...SMSC_SECRETS, password: company.password } });
    expect(right).toMatchObject({ status: 'active', pauseReason: null });
    await expectAllDelivered(ids, 'submitted');
    for (const to of numbers) expect(company.operator.inbox(to)).toHaveLength(1);
    await until('the alert is over', async () => (await alertsOf(id)).length === 0);
    expect(await alertsOf(id, 'all')).toMatchObject([{ resolvedAt: expect.any(String) }]);
    await stop(id, company);
  });

  it('[Z2] of an HTTP provider that takes them again by itself: it is asked twice as late each time, and resumed', async () => {
    const company = await new ChangingCompany().start();
    const id = await addCompany(company, '792');
    company.password = 'for-a-while';
    const to = phone('792');
    const { id: message } = await portal.send(`+${to}`, 'x');
    await expectPaused(id, 'credentials_refused');
    expect(await probe()).toEqual({ asked: 0, resumed: 0 });
    clock.advance({ seconds: 61 });
    expect(await probe()).toEqual({ asked: 1, resumed: 0 });
    clock.advance({ seconds: 61 });
    expect(await probe()).toEqual({ asked: 0, resumed: 0 });

    company.password = SMSC_SECRETS.password;
    clock.advance({ seconds: 61 });
    expect(await probe()).toEqual({ asked: 1, resumed: 1 });
    await expectAllDelivered([message], 'submitted');
    expect(company.operator.inbox(to)).toHaveLength(1);
    await stop(id, company);
  });

  it('[Z2] pause an SMPP provider the same way: a bind looks whether they are right, and everything leaves', async () => {
    let password = 'first';
    const answer = polite((pdu, socket) => {
      if (pdu.command === 'submit_sm')
        socket.write(pdu.response({ message_id: `id-${pdu.destination_addr}` }).toBuffer());
    });
    const smsc = await RawSmsc.start((pdu, socket, self) => {
      const wrong = pdu.command.startsWith('bind_') && pdu['password'] !== password;
      if (wrong) socket.write(pdu.response({ command_status: 0x0e }).toBuffer());
      else answer(pdu, socket, self);
    });
    const id = await story.addProvider({
      kind: 'smpp',
      settings: { host: '127.0.0.1', port: smsc.port, reconnectMinMs: 10, reconnectMaxMs: 40 },
      credentials: { systemId: 'kabinet', password },
      prefix: '793',
    });
    const first = phone('793');
    await portal.inState((await portal.send(`+${first}`, 'x')).id, 'submitted');

    password = 'second';
    for (const socket of smsc.sockets) socket.destroy();
    const numbers = [phone('793'), phone('793')];
    const ids: string[] = [];
    for (const to of numbers) ids.push((await portal.send(`+${to}`, 'x')).id);
    expect(await expectPaused(id, 'credentials_refused')).toMatchObject({
      detail: expect.stringContaining('0x0000000e'),
    });
    for (const one of ids) expect(await portal.message(one)).toMatchObject({ state: 'queued', chargeState: 'held' });

    expect(await change(id, { credentials: { systemId: 'kabinet', password: 'guessed' } })).toMatchObject({
      status: 'paused',
    });
    expect(await change(id, { credentials: { systemId: 'kabinet', password } })).toMatchObject({ status: 'active' });
    await expectAllDelivered(ids, 'submitted');
    const submits = (to: string) =>
      smsc.received.filter((pdu: PDU) => pdu.command === 'submit_sm' && pdu.destination_addr === to);
    for (const to of numbers) expect(submits(to)).toHaveLength(1);
    await until('the alert is over', async () => (await alertsOf(id)).length === 0);
    await story.pauseProvider(id);
    await smsc.stop();
  });

  it('money that is spent at the provider pauses it too: messages say why they wait, and leave when there is some again', async () => {
    const company = await new ChangingCompany().start();
    const id = await addCompany(company, '794');
    company.operator.faults.push({ action: 'refuse', code: '3' });
    company.balance = '0.00';
    const to = phone('794');
    const { id: message } = await portal.send(`+${to}`, 'x');
    expect(await expectPaused(id, 'provider_no_funds')).toMatchObject({ detail: expect.stringContaining('3') });
    expect(await portal.message(message)).toMatchObject({
      state: 'queued',
      reason: 'provider_no_funds',
      chargeState: 'held',
    });
    clock.advance({ minutes: 2 });
    expect(await probe()).toEqual({ asked: 1, resumed: 0 });
    company.balance = '500.00';
    clock.advance({ minutes: 3 });
    expect(await probe()).toEqual({ asked: 1, resumed: 1 });
    await expectAllDelivered([message], 'submitted');
    await stop(id, company);
  });

  const addCompany = (company: ChangingCompany, prefix: string): Promise<string> =>
    story.addProvider({
      kind: 'smsc',
      settings: { baseUrl: company.operator.origin, limits: { timeoutMs: 1_000 } },
      credentials: SMSC_SECRETS,
      prefix,
    });

  async function stop(id: string, company: ChangingCompany): Promise<void> {
    await story.pauseProvider(id);
    await company.operator.stop();
  }
});
