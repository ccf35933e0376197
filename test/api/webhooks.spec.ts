import { randomBytes } from 'node:crypto';
import type { Type } from '@nestjs/common';
import { type Sealed, UnreadableSealError } from '../../src/config/sealing.js';
import { Env } from '../../src/config/env.js';
import { Secrets } from '../../src/config/secrets.js';
import { writeOutbox } from '../../src/database/outbox.js';
import { newId } from '../../src/kernel/ids.js';
import { AccountAudit } from '../../src/modules/accounts/index.js';
import { RaiseAlerts } from '../../src/modules/alerts/index.js';
import { SendDelivery } from '../../src/modules/webhooks/actions/send-delivery.js';
import { SettleDelivery } from '../../src/modules/webhooks/actions/settle-delivery.js';
import { LEASE_MS } from '../../src/modules/webhooks/delivery-runner.js';
import { DeliveryRunner, ForgetEvents, RecordEvents } from '../../src/modules/webhooks/index.js';
import { CLAIM_DELIVERIES } from '../../src/modules/webhooks/persistence/sql/deliveries.js';
import { WebhookSecrets } from '../../src/modules/webhooks/webhook-secrets.js';
import { WebhookSettings } from '../../src/modules/webhooks/webhook-settings.js';
import { AdvancedClock } from '../support/clock.js';
import { type Portal, Story } from '../support/story.js';
import { until } from '../support/until.js';
import { expectedSignature, WebhookReceiver } from '../support/webhook-receiver.js';

const EVENTS = ['message.inbound'];

describe('webhooks', () => {
  const clock = new AdvancedClock();
  let story: Story;
  let portal: Portal;
  let receiver: WebhookReceiver;
  let runner: DeliveryRunner;

  const part = <T>(type: Type<T>): T => story.app.app.get(type, { strict: false });
  const database = () => story.app.db.database;

  beforeAll(async () => {
    story = await Story.begin({ workers: false, clock });
    runner = part(DeliveryRunner);
  });
  afterAll(() => story.end());
  beforeEach(async () => {
    portal = await story.openPortal({ amount: '0' });
    receiver = await WebhookReceiver.start();
  });
  afterEach(async () => {
    await database().query('DELETE FROM webhook_endpoints');
    await receiver.stop();
  });

  const endpoint = (more: object = {}) =>
    portal.post('/v1/webhook-endpoints', { url: receiver.url, events: EVENTS, ...more });

  /** As `inbound` stores and tells it. Returns the message's id. */
  async function hears(text: string, id = newId(clock.now())): Promise<string> {
    const { accountId } = portal;
    await database().transaction(async (tx) => {
      await tx.query(
        `INSERT INTO inbound_messages (account_id, id, provider_id, sender, recipient, body, parts, complete, attribution, received_at)
         VALUES ($1, $2, $3, '79161234567', '4321', $4, 1, true, 'number', $5) ON CONFLICT DO NOTHING`,
        [accountId, id, newId(), text, clock.now()],
      );
      await writeOutbox(tx, [{ accountId, topic: 'inbound.received', payload: { id } }], clock.now());
    });
    await part(RecordEvents).catchUp();
    return id;
  }
  const deliveries = async (id: string, query = '') =>
    (await portal.get(`/v1/webhook-endpoints/${id}/deliveries${query}`)).data;
  const patch = async (id: string, body: object, status = 200) => {
    const { headers } = await story.app.http().get(`/v1/webhook-endpoints/${id}`).set(portal.headers);
    const request = story.app.http().patch(`/v1/webhook-endpoints/${id}`);
    return (
      await request
        .set({ ...portal.headers, 'if-match': headers['etag']! })
        .send(body)
        .expect(status)
    ).body;
  };
  /** As another worker process has it. */
  const anotherRunner = (settings = part(WebhookSettings)) => {
    const send = new SendDelivery(part(Env), clock, part(WebhookSecrets), settings);
    const settle = new SettleDelivery(database(), clock, part(AccountAudit));
    return new DeliveryRunner(database(), clock, part(RecordEvents), send, settle, settings);
  };

  it('tell what a phone wrote, signed, once, however often it is heard', async () => {
    const { id, secret } = await endpoint();
    expect(secret).toMatch(/^whsec_/);
    const messageId = await hears('Перезвоните');
    await hears('Перезвоните', messageId);
    expect(await runner.catchUp()).toBe(1);
    const [webhook] = receiver.received;
    expect(JSON.parse(webhook!.body)).toEqual({
      id: webhook!.id,
      type: 'message.inbound',
      timestamp: expect.any(String),
      accountId: portal.accountId,
      data: (await portal.get('/v1/inbound-messages')).data[0],
    });
    expect(webhook!.headers).toMatchObject({
      'content-type': 'application/json',
      'webhook-signature': expectedSignature(secret, webhook!),
    });
    expect(Number(webhook!.headers['webhook-timestamp'])).toBeCloseTo(clock.now().getTime() / 1_000, -1);
    expect(await deliveries(id)).toMatchObject([
      { eventId: webhook!.id, state: 'delivered', attempts: 1, lastStatus: 204, nextAttemptAt: null },
    ]);
    const one = await portal.get(`/v1/webhook-endpoints/${id}/deliveries/${webhook!.id}`);
    expect(one.body).toBe(webhook!.body);
    expect(JSON.stringify(await portal.get(`/v1/webhook-endpoints/${id}`))).not.toContain('whsec_');
    const stored = await database().query('SELECT secrets::text FROM webhook_endpoints');
    expect(JSON.stringify(stored)).not.toContain(secret.slice(6));
  });

  it('are tried again after a 500, a redirect, silence and a refused connection, under the same id', async () => {
    const { id } = await endpoint();
    const elsewhere = await WebhookReceiver.start();
    receiver.answers.push({ status: 500 }, { status: 302, headers: { location: elsewhere.url } }, 'silence', {
      status: 200,
    });
    await hears('x');
    const outcome = async () => {
      expect(await runner.catchUp()).toBe(1);
      const [delivery] = await deliveries(id);
      expect(await runner.catchUp()).toBe(0);
      clock.advance({ minutes: 10 });
      return delivery;
    };
    expect(await outcome()).toMatchObject({ state: 'pending', attempts: 1, lastStatus: 500, lastError: null });
    expect(await outcome()).toMatchObject({ state: 'pending', attempts: 2, lastStatus: 302 });
    const settings = part(WebhookSettings);
    const { timeoutMs } = settings;
    settings.timeoutMs = 50;
    const third = await outcome().finally(() => (settings.timeoutMs = timeoutMs));
    expect(third).toMatchObject({ state: 'pending', attempts: 3, lastStatus: null, lastError: 'response_timeout' });
    const { url } = elsewhere;
    await elsewhere.stop();
    expect(elsewhere.received).toEqual([]);
    await patch(id, { url });
    expect(await outcome()).toMatchObject({ state: 'pending', attempts: 4, lastError: 'econnrefused' });
    await patch(id, { url: receiver.url });
    expect(await outcome()).toMatchObject({ state: 'delivered', attempts: 5, lastStatus: 200 });
    expect(new Set(receiver.received.map((one) => one.id)).size).toBe(1);
    expect(new Set(receiver.received.map((one) => one.body)).size).toBe(1);
    expect(await portal.get(`/v1/webhook-endpoints/${id}`)).toMatchObject({ failingSince: null });
  });

  it('never reach a private address', async () => {
    const { id } = await endpoint();
    const named = await endpoint({ url: receiver.url.replace('127.0.0.1', 'localhost') });
    await hears('x');
    const env = part(Env);
    env.ALLOW_PRIVATE_ADDRESSES = false;
    try {
      expect(await runner.catchUp()).toBe(2);
      const refused = await portal.post('/v1/webhook-endpoints', { url: receiver.url, events: EVENTS }, 422);
      expect(refused.errors).toMatchObject([{ pointer: '/url', code: 'webhook_url_refused' }]);
    } finally {
      env.ALLOW_PRIVATE_ADDRESSES = true;
    }
    for (const one of [id, named.id]) expect(await deliveries(one)).toMatchObject([{ lastError: 'blocked_address' }]);
    expect(receiver.received).toEqual([]);
  });

  it('carry both signatures while a secret is exchanged, and then the new one alone', async () => {
    const { id, secret: old } = await endpoint();
    const { secret, previousSecretExpiresAt } = await portal.post(
      `/v1/webhook-endpoints/${id}/rotate-secret`,
      { overlapHours: 2 },
      200,
    );
    expect(previousSecretExpiresAt).not.toBeNull();
    const signatures = async () => {
      await hears('x');
      await runner.catchUp();
      const webhook = receiver.received.at(-1)!;
      const known = { [expectedSignature(old, webhook)]: 'old', [expectedSignature(secret, webhook)]: 'new' };
      return String(webhook.headers['webhook-signature'])
        .split(' ')
        .map((one) => known[one]);
    };
    expect(await signatures()).toEqual(['new', 'old']);
    clock.advance({ hours: 2, seconds: 1 });
    expect(await signatures()).toEqual(['new']);
    await portal.post(`/v1/webhook-endpoints/${id}/rotate-secret`, { overlapHours: 169 }, 422);
  });

  it('are sent once by two workers at once', async () => {
    await endpoint();
    for (let count = 0; count < 12; count++) await hears(`text ${count}`);
    const [one, other] = await Promise.all([runner.catchUp(), anotherRunner().catchUp()]);
    expect(one + other).toBe(12);
    expect(new Set(receiver.received.map(({ id }) => id)).size).toBe(12);
    expect(receiver.received).toHaveLength(12);
  });

  it('go on after the lease of a worker that was killed', async () => {
    const { id } = await endpoint();
    await hears('x');
    const now = clock.now();
    const lease = new Date(now.getTime() + LEASE_MS);
    expect(await database().query(CLAIM_DELIVERIES, [now, 10, 4, false, [], lease])).toHaveLength(1);
    expect(await runner.catchUp()).toBe(0);
    clock.advance({ seconds: LEASE_MS / 1_000 + 1 });
    expect(await runner.catchUp()).toBe(1);
    expect(await deliveries(id)).toMatchObject([
      { eventId: receiver.received[0]!.id, state: 'delivered', attempts: 2 },
    ]);
  });

  it('to one endpoint do not wait for another that never answers', async () => {
    const dead = await WebhookReceiver.start();
    dead.usually = 'silence';
    const { id: deadId } = await endpoint({ url: dead.url });
    await endpoint();
    for (let count = 0; count < 10; count++) await hears(`text ${count}`);
    const settings = Object.assign(new WebhookSettings(), { drainMs: 10, timeoutMs: 60_000 });
    const worker = anotherRunner(settings);
    worker.start();
    await until('the other one has all', async () => receiver.received.length === 10);
    // It has one turn and no more.
    expect(dead.received.length).toBeLessThanOrEqual(4);
    await worker.stop();
    // What was cut is nobody's fault, and due again.
    expect(await deliveries(deadId)).toHaveLength(10);
    expect(await deliveries(deadId, '?state=pending')).toHaveLength(10);
    expect(await portal.get(`/v1/webhook-endpoints/${deadId}`)).toMatchObject({ failingSince: null });
    await dead.stop();
  });

  it('end at an endpoint that answers 410, and the account is told', async () => {
    const { id } = await endpoint();
    receiver.answers.push({ status: 410 });
    await hears('x');
    await runner.catchUp();
    expect(await deliveries(id)).toMatchObject([{ state: 'failed', lastStatus: 410 }]);
    expect(await portal.get(`/v1/webhook-endpoints/${id}`)).toMatchObject({
      enabled: false,
      disabledReason: 'endpoint_gone',
    });
    await portal.post(`/v1/webhook-endpoints/${id}/test`, {}, 409);
    await part(RaiseAlerts).catchUp();
    expect((await portal.get('/v1/alerts')).data).toMatchObject([
      { kind: 'webhook_disabled', subject: `webhook_endpoint:${id}`, reason: 'endpoint_gone' },
    ]);
    await patch(id, { enabled: true });
    await part(RaiseAlerts).catchUp();
    expect((await portal.get('/v1/alerts')).data).toEqual([]);
  });

  it('wait at an endpoint that failed for days, until it is enabled again', async () => {
    const { id } = await endpoint();
    receiver.usually = { status: 503 };
    await hears('first');
    await runner.catchUp();
    clock.advance({ hours: 5 * 24 });
    await hears('second');
    await runner.catchUp();
    expect(await portal.get(`/v1/webhook-endpoints/${id}`)).toMatchObject({
      enabled: false,
      disabledReason: 'endpoint_failing',
    });
    receiver.usually = { status: 200 };
    const before = receiver.received.length;
    clock.advance({ hours: 24 });
    await hears('while it is off');
    expect(await runner.catchUp()).toBe(0);
    await patch(id, { enabled: true });
    expect(await runner.catchUp()).toBe(2);
    const texts = receiver.received.slice(before).map(({ body }) => JSON.parse(body).data.text);
    expect(texts.toSorted()).toEqual(['first', 'second']);
  });

  it('are sent again by hand, and as a trial', async () => {
    const { id } = await endpoint();
    const { eventId, type } = await portal.post(`/v1/webhook-endpoints/${id}/test`, {}, 202);
    expect(type).toBe('webhook.test');
    await runner.catchUp();
    const again = `/v1/webhook-endpoints/${id}/deliveries/${eventId}/redeliver`;
    expect(await portal.post(again, {}, 202)).toMatchObject({ state: 'pending', deliveredAt: null });
    await runner.catchUp();
    expect(receiver.received.map((one) => one.id)).toEqual([eventId, eventId]);
    const actions = await database().query<{ action: string }>(
      'SELECT action FROM account_audit WHERE account_id = $1 AND subject = $2 ORDER BY id',
      [portal.accountId, `webhook_endpoint:${id}`],
    );
    expect(actions.map(({ action }) => action)).toEqual(['webhook_endpoint.created', 'webhook.redelivered']);
  });

  it('are listed page by page and by state, and forgotten after 30 days', async () => {
    const { id } = await endpoint();
    for (const text of ['one', 'two', 'three']) {
      await hears(text);
      clock.advance({ seconds: 1 });
    }
    await runner.catchUp();
    const path = `/v1/webhook-endpoints/${id}/deliveries?limit=2`;
    const first = await portal.get(path);
    const rest = await portal.get(`${path}&cursor=${first.nextCursor}`);
    const times = [...first.data, ...rest.data].map(({ createdAt }: { createdAt: string }) => createdAt);
    expect(times).toEqual(times.toSorted().toReversed());
    expect(times).toHaveLength(3);
    expect(await deliveries(id, '?state=failed')).toEqual([]);
    await part(ForgetEvents).execute(new Date(clock.now().getTime() + 29 * 86_400_000));
    expect(await deliveries(id)).toHaveLength(3);
    await part(ForgetEvents).execute(new Date(clock.now().getTime() + 31 * 86_400_000));
    expect(await deliveries(id)).toEqual([]);
  });

  it('have at most ten endpoints in an account, changed by who read them last, deleted with their deliveries', async () => {
    const { id } = await endpoint({ description: 'Calendar' });
    for (let count = 1; count < 10; count++) await endpoint();
    expect(await portal.post('/v1/webhook-endpoints', { url: receiver.url, events: EVENTS }, 409)).toMatchObject({
      code: 'too_many_webhook_endpoints',
    });
    expect((await portal.get('/v1/webhook-endpoints?limit=10')).nextCursor).toBeNull();
    expect(await patch(id, { description: null, enabled: false })).toMatchObject({ description: null, enabled: false });
    const stale = story.app.http().patch(`/v1/webhook-endpoints/${id}`).send({ enabled: true });
    await stale.set({ ...portal.headers, 'if-match': '"v1"' }).expect(412);
    await story.app.http().delete(`/v1/webhook-endpoints/${id}`).set(portal.headers).expect(204);
    await portal.get(`/v1/webhook-endpoints/${id}`, 404);
    await portal.get(`/v1/webhook-endpoints/${id}/deliveries`, 404);
  });

  it('keep their secrets when the key that seals them is exchanged', async () => {
    const { id, secret } = await endpoint();
    const sealed = async () => {
      const [row] = await database().query<{ secrets: Sealed }>('SELECT secrets FROM webhook_endpoints WHERE id = $1', [
        id,
      ]);
      return row!.secrets;
    };
    const keys = part(Secrets);
    const fresh = { id: 'k2', key: randomBytes(32) };
    const both = new Secrets(keys.signingKey, [fresh, ...keys.credentialKeys]);
    expect(await new WebhookSecrets(both, database()).reseal()).toBe(1);
    const alone = new WebhookSecrets(new Secrets(keys.signingKey, [fresh]), database());
    expect(alone.open(id, await sealed()).current).toBe(secret);
    const copied = await sealed();
    expect(() => alone.open(newId(), copied)).toThrow(UnreadableSealError);
  });
});
