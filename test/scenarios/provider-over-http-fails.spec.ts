import { AdvancedClock } from '../support/clock.js';
import { HttpOperator, JSON_DIALECT_SECRETS, jsonDialectSettings } from '../support/http-operator.js';
import { SandboxOperator } from '../support/sandbox-operator.js';
import { type Portal, type ShownMessage, Story } from '../support/story.js';
import { until } from '../support/until.js';

const PRICE = 3.9;
const LIMITS = { timeoutMs: 600, retryMinMs: 20, retryMaxMs: 60, throttleMinMs: 20, throttleMaxMs: 60 };

/** Russian numbers go to a provider over HTTP that fails, Polish ones to another that works all the time. */
describe('a provider over HTTP fails', () => {
  const clock = new AdvancedClock();
  let story: Story;
  let http: HttpOperator;
  let other: SandboxOperator;
  let providerId: string;
  let portal: Portal;
  let sent = 0;

  beforeAll(async () => {
    http = await HttpOperator.start();
    other = await SandboxOperator.start();
    story = await Story.begin({ clock });
    providerId = await story.addProvider({
      kind: 'http',
      settings: { ...echoingReference(jsonDialectSettings(http.origin)), limits: LIMITS },
      credentials: JSON_DIALECT_SECRETS,
      prefix: '7',
    });
    await story.addSmpp(other.ports.smpp, '48');
  });
  beforeEach(async () => {
    portal = await story.openPortal({ amount: '100.00' });
  });
  afterEach(async () => {
    http.faults.length = 0;
    http.reports = {};
    await http.comeBack();
  });
  afterAll(async () => {
    await story.end();
    await http.stop();
    await other.stop();
  });

  /** None that the operator would not deliver. */
  const phone = (prefix: '7916' | '4851') => `${prefix}${300_000 + ++sent}0`;

  /** Sends over the provider that fails. */
  async function send(): Promise<{ id: string; to: string }> {
    const to = phone('7916');
    return { id: (await portal.send(`+${to}`, 'Ждём вас')).id, to };
  }

  async function expectOthersUnaffected(): Promise<void> {
    const to = phone('4851');
    const { id } = await portal.send(`+${to}`, 'Czekamy');
    await portal.inState(id, 'delivered');
    expect(other.inbox(to)).toHaveLength(1);
  }

  async function expectHeld(messages: number): Promise<void> {
    expect((await portal.wallet()).held).toBe((messages * PRICE).toFixed(6));
  }

  /**
   * It was sent once, is paid once, and both ends say so. Time passes faster meanwhile: what came back unsent too often waits up
   * to a minute before each new try, and a report that overtook its answer waits a second.
   */
  async function expectDelivered({ id, to }: { id: string; to: string }): Promise<ShownMessage> {
    const tick = setInterval(() => clock.advance({ seconds: 2 }), 20);
    const shown = await portal.inState(id, 'delivered').finally(() => clearInterval(tick));
    expect(http.inbox(to)).toHaveLength(1);
    expect(shown.chargeState).toBe('captured');
    return shown;
  }

  const lastError = async (code: string) => {
    const staff = await story.asStaff();
    await until(`the link says ${code}`, async () => {
      const { binds } = await staff.get(`/admin/v1/providers/${providerId}`);
      return binds[0]?.lastError?.startsWith(code);
    });
  };

  it('by refusing connections: messages stay queued and paid for, nothing is tried twice, all leave when it is back', async () => {
    await http.goAway();
    const messages = [await send(), await send(), await send()];
    await lastError('econnrefused');
    await expectOthersUnaffected();
    // Between two tries: each takes it out of the queue for a moment.
    for (const { id } of messages) expect(await portal.inState(id, 'queued')).toMatchObject({ chargeState: 'held' });
    await expectHeld(3);

    await http.comeBack();
    for (const message of messages)
      expect(await expectDelivered(message)).toMatchObject({ attempts: [{ number: 1, state: 'submitted' }] });
    await expectHeld(0);
  });

  it.each([
    ['HTML with 200', 'text/html', '<html><body><h1>It works!</h1></body></html>', 'unreadable_answer'],
    ['broken JSON', 'application/json', '{"messages":[{"status":"0","id":', 'unreadable_answer'],
    ['JSON of another shape', 'application/json', '[[],null,{"messages":"0"}]', null],
    ['nothing at all', 'application/json', '', 'unreadable_answer'],
  ])(
    'by answering %s: unknown with its price held until a report explains it',
    async (_name, contentType, body, code) => {
      http.reports.paused = true;
      http.faults.push({ action: 'say', contentType, body });
      const strange = await send();
      const unknown = await portal.inState(strange.id, 'unknown');
      expect(unknown).toMatchObject({
        chargeState: 'held',
        reason: 'outcome_unknown',
        attempts: [{ state: 'unknown' }],
      });
      if (code) expect(unknown.attempts![0]!.errorCode).toBe(code);
      await expectHeld(1);
      await expectOthersUnaffected();
      expect(http.inbox(strange.to)).toHaveLength(1);

      http.reports.paused = false;
      await expectDelivered(strange);
      await expectDelivered(await send());
      await expectHeld(0);
    },
  );

  it.each([
    ['an id of 10,000 characters', JSON.stringify('9'.repeat(10_000))],
    ['an id with NUL', '"abc\\u0000def"'],
    ['an id that PostgreSQL cannot store', '"\\ud800"'],
  ])('by giving %s: it is settled like any other, and its report is found', async (_name, id) => {
    http.faults.push({ action: 'take_as', id });
    await expectDelivered(await send());
    await expectOthersUnaffected();
    await expectHeld(0);
  });

  it('by answering 500: unknown, never sent again, its price held for a day and then given back', async () => {
    http.faults.push({ action: 'status', status: 500 });
    const { id, to } = await send();
    expect(await portal.inState(id, 'unknown')).toMatchObject({
      chargeState: 'held',
      attempts: [{ number: 1, state: 'unknown', errorCode: '500' }],
    });
    await expectOthersUnaffected();
    await expectDelivered(await send());
    await expectHeld(1);

    clock.advance({ hours: 24 });
    expect(await portal.inState(id, 'expired')).toMatchObject({
      reason: 'outcome_unknown',
      chargeState: 'released',
      attempts: [{ number: 1 }],
    });
    await expectHeld(0);
    expect(http.inbox(to)).toEqual([]);
  });

  it('by answering 500 again and again: what it said so of is unknown, the rest leaves when it is well', async () => {
    for (let n = 0; n < 5; n++) http.faults.push({ action: 'status', status: 500 });
    const messages = [];
    for (let n = 0; n < 8; n++) messages.push(await send());
    for (const { id } of messages)
      await until('it is no longer waiting', async () =>
        ['unknown', 'delivered'].includes((await portal.message(id)).state),
      );
    const states = (await Promise.all(messages.map(({ id }) => portal.message(id)))).map(({ state }) => state);
    expect(states.filter((state) => state === 'unknown')).toHaveLength(5);
    expect(states.filter((state) => state === 'delivered')).toHaveLength(3);
    await expectHeld(5);
  });

  it('by answering 429: queued without an attempt spent, and sent when it may be', async () => {
    for (let n = 0; n < 3; n++) http.faults.push({ action: 'throttle' });
    const messages = [await send(), await send()];
    await expectOthersUnaffected();
    for (const message of messages)
      expect(await expectDelivered(message)).toMatchObject({ attempts: [{ number: 1, state: 'submitted' }] });
    await expectHeld(0);
  });

  it('by asking for a pause with 429: it is left alone until then', async () => {
    http.faults.push({ action: 'throttle', retryAfterSeconds: 1 });
    const before = http.seen.length;
    const first = await send();
    await until('it was told to wait', () => http.seen.length > before);
    const second = await send();
    await expectOthersUnaffected();
    await expectDelivered(first);
    await expectDelivered(second);
    const [told, next] = http.seen.slice(before);
    expect(next!.atMs - told!.atMs).toBeGreaterThanOrEqual(1_000);
  });

  it('by never answering: unknown when the time is over, the rest goes on, a report explains it', async () => {
    http.reports.paused = true;
    http.faults.push({ action: 'never_answer', reported: true }, { action: 'never_answer' });
    const reported = await send();
    await until('the first is on its way', () => http.inbox(reported.to).length > 0);
    const lost = await send();
    for (const { id } of [reported, lost])
      expect(await portal.inState(id, 'unknown')).toMatchObject({
        chargeState: 'held',
        attempts: [{ state: 'unknown', errorCode: 'response_timeout' }],
      });
    await expectHeld(2);
    await expectOthersUnaffected();

    http.reports.paused = false;
    await expectDelivered(reported);
    await expectHeld(1);
    clock.advance({ hours: 24 });
    // It did arrive, but nobody said so: the customer is not charged for what cannot be shown.
    expect(await portal.inState(lost.id, 'expired')).toMatchObject({ chargeState: 'released' });
    await expectHeld(0);
  });

  it('by refusing our credentials: it is paused, everything waits, and leaves when they are put right', async () => {
    http.faults.push({ action: 'status', status: 401 });
    const message = await send();
    const staff = await story.asStaff();
    const paused = await until('the provider is paused', async () => {
      const provider = await staff.get(`/admin/v1/providers/${providerId}`);
      return provider.status === 'paused' && provider;
    });
    expect(paused.pauseReason).toBe('credentials_refused');
    await expectOthersUnaffected();
    expect(await portal.message(message.id)).toMatchObject({ state: 'queued', chargeState: 'held' });
    await staff.post(`/admin/v1/providers/${providerId}/resume`, {}, 200);
    await expectDelivered(message);
  });
});

/** Its reports name our reference, so that they are found also when no id was ever heard. */
function echoingReference(settings: Record<string, unknown>): Record<string, unknown> {
  const reports = settings['reports'] as { fields: object };
  return { ...settings, reports: { ...reports, fields: { ...reports.fields, reference: '/reference' } } };
}
