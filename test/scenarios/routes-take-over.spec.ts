import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FailOver } from '../../src/modules/messages/index.js';
import type { SubmitRecord } from '../../src/sandbox/journal.js';
import { AdvancedClock } from '../support/clock.js';
import { HttpOperator, JSON_DIALECT_SECRETS, jsonDialectSettings } from '../support/http-operator.js';
import { SandboxOperator } from '../support/sandbox-operator.js';
import { type Caller, type Portal, Story } from '../support/story.js';
import { until } from '../support/until.js';

/** The first route's operator refuses, or goes away with a backlog; further tiers have others. */
describe('other routes take over', () => {
  const clock = new AdvancedClock();
  let story: Story;
  let staff: Caller;
  let portal: Portal;
  let first: SandboxOperator;
  let second: SandboxOperator;
  let http: HttpOperator;
  let folder: string;
  let firstId: string;
  let secondId: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'routes-take-over-'));
    first = await SandboxOperator.start();
    second = await SandboxOperator.start({ logFile: join(folder, 'second.ndjson') });
    http = await HttpOperator.start();
    story = await Story.begin({ clock });
    const quick = { reconnectMinMs: 20, reconnectMaxMs: 100 };
    firstId = await story.addSmpp(first.ports.smpp, '7', quick);
    secondId = await story.addSmpp(second.ports.smpp, '48', quick);
    staff = await story.asStaff();
    await staff.post('/admin/v1/routes', { prefix: '7', tier: 2, providerId: secondId });
    portal = await story.openPortal();
  });
  afterAll(async () => {
    await story.end();
    await first.stop();
    await second.stop();
    await http.stop();
    await rm(folder, { recursive: true });
  });

  /** What the schedule does every few seconds: at once. Which of the two comes first is all the same. */
  const watch = () => story.app.app.get(FailOver, { strict: false }).execute();
  const isFailing = async (id: string): Promise<boolean> => (await provider(id)).isFailing;
  const provider = (id: string) => staff.get(`/admin/v1/providers/${id}`);
  const stateOf = async (id: string) => (await provider(id)).binds[0]?.state;
  const carrier = async (id: string) =>
    (await staff.get(`/admin/v1/accounts/${portal.accountId}/messages/${id}`)).providerId;
  const change = async (id: string, body: object, status: number) => {
    const path = `/admin/v1/providers/${id}`;
    const { etag } = (await story.app.http().get(path).set(staff.headers).expect(200)).headers;
    const request = story.app
      .http()
      .patch(path)
      .set({ ...staff.headers, 'if-match': etag! });
    return (await request.send(body).expect(status)).body;
  };
  const openAlerts = async () => (await staff.get('/admin/v1/alerts?state=open')).data;

  /** What came to the second operator for a number, by its own log. */
  const logOfSecond = async (to: string): Promise<Partial<SubmitRecord>[]> => {
    const lines = (await readFile(join(folder, 'second.ndjson'), 'utf8')).split('\n').filter(Boolean);
    const submits = lines.map((line) => JSON.parse(line) as SubmitRecord).filter(({ event }) => event === 'submit');
    return submits
      .filter((submit) => submit.to === to)
      .map(({ part, of, accepted, answered }) => ({ part, of, accepted, answered }));
  };
  const askedHttp = (to: string) => http.seen.filter(({ body }) => body.includes(to)).length;
  const attemptsOf = async (id: string) =>
    (await portal.message(id)).attempts!.map(({ state, errorCode }) => `${state} ${errorCode}`);

  it('by operator: two numbers of one prefix leave over different providers, and a ported one goes with its operator', async () => {
    const registry = [
      'АВС/ DEF;От;До;Емкость;Оператор;Регион;ИНН',
      '985;0000000;0499999;500000;ПАО "Первый";Москва;',
      '985;0500000;0999999;500000;ООО "Второй";Москва;',
    ];
    const upload = story.app.http().post('/admin/v1/number-imports?source=ru-def-9').set(staff.headers);
    await upload.set('content-type', 'text/csv').send(registry.join('\n')).expect(201);
    const route = { prefix: '7', operatorCode: 'ru-vtoroy', providerId: secondId };
    const { id } = await staff.post('/admin/v1/routes', route);
    const [one, other, ported] = ['79850499999', '79850500000', '79850400000'] as const;
    await staff.put(`/admin/v1/ported-numbers/${ported}`, { operatorCode: 'ru-vtoroy' });
    const sent = await Promise.all([one, other, ported].map((to) => portal.send(`+${to}`, 'x')));
    for (const message of sent) await portal.inState(message.id, 'delivered');
    expect(await Promise.all(sent.map((message) => carrier(message.id)))).toEqual([firstId, secondId, secondId]);
    // To the phones: what came to the second operator, by its own log.
    const arrived = { part: 1, of: 1, accepted: true, answered: true };
    await until('it is all in the log', async () => (await logOfSecond(ported)).length === 1);
    expect(await logOfSecond(one)).toEqual([]);
    expect(await logOfSecond(other)).toEqual([arrived]);
    expect(await logOfSecond(ported)).toEqual([arrived]);
    await story.app.http().delete(`/admin/v1/routes/${id}`).set(staff.headers).expect(204);
  }, 60_000);

  it('when a provider refuses for a reason of its own: each that is left is asked once, at the same price', async () => {
    const httpId = await story.addProvider({
      kind: 'http',
      settings: jsonDialectSettings(http.origin),
      credentials: JSON_DIALECT_SECRETS,
      prefix: '48',
    });
    for (const [tier, providerId] of [firstId, httpId, secondId].entries())
      await staff.post('/admin/v1/routes', { prefix: '7977', tier: tier + 1, providerId });
    await change(firstId, { passOnCodes: ['0x0000000a'] }, 200);
    expect(await change(httpId, { passOnCodes: ['15'] }, 200)).toMatchObject({ passOnCodes: ['15'] });
    expect((await change(secondId, { passOnCodes: [''] }, 422)).errors).toMatchObject([{ pointer: '/passOnCodes' }]);
    const wallet = await portal.wallet();
    // The second peer refuses every number that ends with 04.
    const [one, two, half, all, other] = [1, 2, 3, 4, 5].map((n) => `7977000${n}004`) as [string, ...string[]];
    const refuse = (to: string, count: number, status = 0x0a) => ({ action: 'refuse' as const, to, count, status });
    const taken = { action: 'answer_late' as const, to: half!, delayMs: 0 };
    await first.order({
      next: [refuse(one, 1), refuse(two!, 2), taken, refuse(half!, 1), refuse(all!, 1), refuse(other!, 1, 0x0b)],
    });
    await second.order({ next: [refuse(all!, 1)] });
    const twoParts = 'Ждём вас завтра. '.repeat(5);
    const texts = ['Ждём', twoParts, twoParts, 'Ждём', 'Ждём'];
    const sent = await Promise.all([one, two!, half!, all!, other!].map((to, n) => portal.send(`+${to}`, texts[n]!)));
    const [ids, quotes] = [sent.map(({ id }) => id), await Promise.all(sent.map(({ id }) => portal.message(id)))];
    for (const [n, state] of ['delivered', 'delivered', 'rejected', 'rejected', 'rejected'].entries())
      expect(await portal.inState(ids[n]!, state)).toMatchObject({
        price: quotes[n]!.price,
        chargeState: state === 'delivered' ? 'captured' : 'released',
        reason: state === 'delivered' ? null : 'provider_refused',
      });

    expect(await attemptsOf(ids[0]!)).toEqual(['rejected 0x0000000a', 'rejected 15', 'submitted null']);
    expect(await attemptsOf(ids[1]!)).toEqual(['rejected 0x0000000a', 'rejected 15', 'submitted null']);
    expect(await attemptsOf(ids[2]!)).toEqual(['rejected 0x0000000a']);
    expect(await attemptsOf(ids[3]!)).toEqual(['rejected 0x0000000a', 'rejected 15', 'rejected 0x0000000a']);
    expect(await attemptsOf(ids[4]!)).toEqual(['rejected 0x0000000b']);
    expect([one, two!, half!, all!, other!].map(askedHttp)).toEqual([1, 1, 0, 1, 0]);
    const heard = { answered: true, accepted: true };
    await until('it is all in the log', async () => (await logOfSecond(all!)).length === 1);
    expect(await logOfSecond(one)).toEqual([{ part: 1, of: 1, ...heard }]);
    expect(await logOfSecond(two!)).toEqual([1, 2].map((part) => ({ part, of: 2, ...heard })));
    expect(await logOfSecond(all!)).toEqual([{ part: 1, of: 1, accepted: false, answered: true }]);
    expect([...(await logOfSecond(half!)), ...(await logOfSecond(other!))]).toEqual([]);
    expect(await carrier(ids[0]!)).toBe(secondId);
    const paid = Number(quotes[0]!.price.amount) + Number(quotes[1]!.price.amount);
    const left = await portal.wallet();
    expect(Number(wallet.balance) - Number(left.balance)).toBeCloseTo(paid, 6);
    expect(left.held).toBe(wallet.held);
  }, 60_000);

  it('when the links of a provider are down for a while: what waits leaves over the next tier, and it is used again when it is back', async () => {
    const { id: before } = await portal.send('+79161000000', 'x');
    await portal.inState(before, 'delivered');
    expect(await carrier(before)).toBe(firstId);

    const { smpp } = first.ports;
    await first.stop();
    await until('its link is down', async () => (await stateOf(firstId)) === 'connecting');
    const waiting = await Promise.all([1, 2, 3].map((number) => portal.send(`+7916100000${number}`, 'x')));
    await watch();
    clock.advance({ seconds: 45 });
    await watch();
    expect(await isFailing(firstId)).toBe(false);
    expect(await portal.message(waiting[0]!.id)).toMatchObject({ state: 'queued', chargeState: 'held' });

    clock.advance({ seconds: 16 });
    staff = await story.asStaff();
    await watch();
    for (const { id } of waiting) {
      expect(await portal.inState(id, 'delivered')).toMatchObject({ chargeState: 'captured' });
      expect(await carrier(id)).toBe(secondId);
    }
    expect(await provider(firstId)).toMatchObject({ status: 'active', isFailing: true });
    const [alert] = await until('somebody is told', async () => {
      const alerts = await openAlerts();
      return alerts.length > 0 && alerts;
    });
    expect(alert).toMatchObject({ kind: 'provider_failing', reason: 'links_down', subject: `provider:${firstId}` });
    const { id: meanwhile } = await portal.send('+79161000004', 'x');
    await portal.inState(meanwhile, 'delivered');
    expect(await carrier(meanwhile)).toBe(secondId);
    await watch();
    expect(await isFailing(firstId)).toBe(true);

    first = await SandboxOperator.start({ port: smpp });
    await until('it is bound again', async () => (await stateOf(firstId)) === 'ready', 15_000);
    await watch();
    await until('it may be used again', async () => !(await isFailing(firstId)));
    const { id: after } = await portal.send('+79161000005', 'x');
    await portal.inState(after, 'delivered');
    expect(await carrier(after)).toBe(firstId);
    await until('the alert is closed', async () => (await openAlerts()).length === 0);
  }, 60_000);

  it('after as long as a provider says, or never', async () => {
    expect(await provider(firstId)).toMatchObject({ failoverSeconds: 60, isFailing: false });
    expect(await change(firstId, { failoverSeconds: null }, 200)).toMatchObject({ failoverSeconds: null });
    expect((await change(firstId, { failoverSeconds: 4 }, 422)).errors).toMatchObject([
      { pointer: '/failoverSeconds' },
    ]);
    await first.stop();
    await until('its link is down', async () => (await stateOf(firstId)) === 'connecting');
    await watch();
    clock.advance({ hours: 2 });
    await watch();
    staff = await story.asStaff();
    expect(await isFailing(firstId)).toBe(false);
  }, 30_000);
});
