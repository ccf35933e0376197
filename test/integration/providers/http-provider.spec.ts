import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { HttpProvider } from '../../../src/modules/providers/http/http-provider.js';
import { readHttpSettings } from '../../../src/modules/providers/http/read-http-settings.js';
import { submission } from '../../contract/sms-provider.js';
import { AdvancedClock } from '../../support/clock.js';
import {
  HttpOperator,
  type HttpFault,
  JSON_DIALECT_SECRETS,
  jsonDialectSettings,
  KANNEL_SECRETS,
  kannelSettings,
} from '../../support/http-operator.js';
import { ProviderRecorder } from '../../support/provider-recorder.js';
import { TEST_TLS } from '../../support/tls-fixture.js';
import { until } from '../../support/until.js';

const TO = '48500000001';

let operator: HttpOperator;
let provider: HttpProvider;
let heard: ProviderRecorder;
let clock: AdvancedClock;

beforeEach(async () => {
  operator = await HttpOperator.start();
  heard = new ProviderRecorder();
  clock = new AdvancedClock();
});
afterEach(async () => {
  await provider.stop(100);
  await operator.stop();
});

function start(settings: Record<string, unknown>, secrets: Record<string, string>, limits: object = {}, open = true) {
  provider = new HttpProvider({
    settings: readHttpSettings(
      { ...settings, limits: { timeoutMs: 1_000, retryMinMs: 40, retryMaxMs: 80, throttleMinMs: 20, ...limits } },
      new Set(Object.keys(secrets)),
    ),
    secrets,
    callbackUrl: null,
    policy: { allowPrivateAddresses: open },
    now: () => clock.now(),
  });
  provider.start(heard);
}
const startJson = (limits: object = {}) => start(jsonDialectSettings(operator.origin), JSON_DIALECT_SECRETS, limits);
const send = async (text = 'hello', to = TO) => (await provider.submit([submission(to, text)]))[0]!.parts[0]!;

/** A head that never ends, octet by octet. */
function dribble(socket: Socket): void {
  socket.write('HTTP/1.1 200 OK\r\nx: ');
  const timer = setInterval(() => socket.write('x'), 20);
  socket.on('close', () => clearInterval(timer));
}

describe('an HTTP provider', () => {
  it('lets messages share a request only where they share what it says once', async () => {
    const settings = jsonDialectSettings(operator.origin) as { request: object };
    const each = { '{{each}}': { to: '{{to}}', id: '{{reference}}' } };
    const content = { from: '{{sender}}', text: '{{text}}', ttl: '{{number:validitySeconds}}', to: [each] };
    const batch = { most: 10, recipient: '/messages/[id={{reference}}]' };
    const request = { ...settings.request, body: { type: 'json', content }, batch };
    start({ ...settings, request }, JSON_DIALECT_SECRETS);
    const texts = ['one', 'two', 'two', 'one', 'two'];
    await provider.submit(texts.map((text, index) => submission(`4850000000${index}`, text)));
    const written = operator.seen.map(({ body }) => JSON.parse(body) as { text: string; to: { to: string }[] });
    const sent = written.flatMap(({ text, to }) => to.map((one) => [one.to, text]));
    expect(Object.fromEntries(sent)).toEqual(
      Object.fromEntries(texts.map((text, index) => [`4850000000${index}`, text])),
    );
    expect(written).toHaveLength(2);
  });

  it.each<[string, HttpFault, object]>([
    ['garbage', { action: 'garbage' }, { kind: 'unknown', code: 'unreadable_answer' }],
    ['an answer that is cut', { action: 'cut_in_body' }, { kind: 'unknown' }],
    ['a success without an id', { action: 'without_id' }, { kind: 'unknown', code: 'no_message_id' }],
    ['an endless answer', { action: 'huge' }, { kind: 'unknown', code: 'answer_too_large' }],
    ['a server error', { action: 'status', status: 500 }, { kind: 'unknown', code: '500' }],
    ['a client error', { action: 'status', status: 400 }, { kind: 'rejected', code: '400' }],
    ['a code for too fast', { action: 'refuse', code: '1' }, { kind: 'not_sent', reason: 'throttled', code: '1' }],
    ['a code for no credit', { action: 'refuse', code: '9' }, { kind: 'not_sent', reason: 'unavailable', code: '9' }],
  ])('makes of %s what is certain', async (_what, fault, expected) => {
    startJson();
    operator.faults.push(fault);
    expect(await send()).toMatchObject(expected);
    expect(operator.seen).toHaveLength(1);
    expect(provider.state().lastError === null).toBe((expected as { kind: string }).kind === 'rejected');
  });

  it('does not follow a redirect', async () => {
    startJson();
    operator.faults.push({ action: 'status', status: 307, headers: { location: `${operator.origin}/elsewhere` } });
    expect(await send()).toMatchObject({ kind: 'not_sent', reason: 'unavailable', code: '307' });
    expect(operator.seen.map(({ url }) => url)).toEqual(['/v1/messages']);
  });

  it('never repeats a request by itself, not even a GET', async () => {
    start(kannelSettings(operator.origin), KANNEL_SECRETS);
    expect(await send('one')).toMatchObject({ kind: 'submitted' });
    operator.faults.push({ action: 'cut' });
    expect(await send('two')).toMatchObject({ kind: 'unknown' });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(operator.seen).toHaveLength(2);
  });

  it('keeps the price and the operator that the answer names, the price once', async () => {
    startJson();
    const [outcome] = await provider.submit([submission(TO, 'first ', 'second')]);
    const id = expect.stringMatching(/^90071992547409\d\d$/);
    expect(outcome!.parts).toEqual([
      { partNo: 1, kind: 'submitted', providerMessageId: id, costMicros: 45_100n, currency: 'EUR', operator: '25001' },
      { partNo: 2, kind: 'submitted', providerMessageId: id, operator: '25001' },
    ]);
  });

  it('refuses addresses that are not public, before anything is sent', async () => {
    start(jsonDialectSettings(operator.origin), JSON_DIALECT_SECRETS, {}, false);
    expect(await send()).toMatchObject({ kind: 'not_sent', reason: 'disconnected', code: 'blocked_address' });
    expect(operator.seen).toEqual([]);
  });

  it('stops trying when its credentials are refused, until it is started again', async () => {
    start(jsonDialectSettings(operator.origin), { token: 'wrong' });
    expect(await send()).toMatchObject({ kind: 'not_sent', reason: 'unavailable', code: '401' });
    expect(provider.state()).toMatchObject({ status: 'auth_failed', lastError: { code: '401' } });
    expect(heard.states.at(-1)).toMatchObject({ status: 'auth_failed' });
    expect(await send()).toMatchObject({ kind: 'not_sent', reason: 'unavailable', code: 'auth_failed' });
    expect(operator.seen).toHaveLength(1);
    provider.start(heard);
    expect(provider.freeSlots()).toBeGreaterThan(0);
    await send();
    expect(operator.seen).toHaveLength(2);
  });

  it('waits as long as the provider asks', async () => {
    startJson();
    operator.faults.push({ action: 'throttle', retryAfterSeconds: 1 });
    const part = await send();
    expect(part).toMatchObject({ kind: 'not_sent', reason: 'throttled' });
    expect(part.kind === 'not_sent' && part.retryAfterMs).toBeGreaterThan(800);
    expect(provider.state()).toMatchObject({ status: 'throttled', retryAt: expect.any(Date) });
  });

  it('counts a pause until an instant by the provider’s own clock', async () => {
    startJson();
    clock.advance({ hours: 24 });
    const headers = { 'retry-after': new Date(Date.now() + 3_000).toUTCString() };
    operator.faults.push({ action: 'status', status: 429, headers });
    const part = await send();
    expect(part).toMatchObject({ kind: 'not_sent', reason: 'throttled' });
    expect(part.kind === 'not_sent' && part.retryAfterMs).toBeGreaterThan(1_000);
    expect(part.kind === 'not_sent' && part.retryAfterMs).toBeLessThan(5_000);
  });

  it('pauses after several ambiguous outcomes, and tries with a single request', async () => {
    startJson({ unknownsBeforePause: 3, retryMinMs: 60 });
    for (let n = 0; n < 4; n++) operator.faults.push({ action: 'status', status: 502 });
    for (let n = 0; n < 3; n++) expect(await send()).toMatchObject({ kind: 'unknown', code: '502' });
    expect(provider.state().status).toBe('connecting');
    expect(await send()).toMatchObject({ kind: 'not_sent', reason: 'disconnected' });
    await until('it is ready again', () => provider.state().status === 'ready');
    expect(provider.freeSlots()).toBe(1);
    expect(provider.state().window).toBe(1);
    expect(await send()).toMatchObject({ kind: 'unknown', code: '502' });
    expect(provider.state().status).toBe('connecting');
    await until('it is ready again', () => provider.state().status === 'ready');
    expect(provider.freeSlots()).toBe(1);
    expect(await send()).toMatchObject({ kind: 'submitted' });
    expect(provider.freeSlots()).toBe(16);
    expect(provider.state().window).toBe(16);
  });

  it.each<[string, (socket: Socket) => void, 'http' | 'https']>([
    ['hangs up at once', (socket) => void socket.end(), 'http'],
    ['resets at once', (socket) => void socket.resetAndDestroy(), 'http'],
    ['says nothing', () => undefined, 'http'],
    ['says what is no HTTP', (socket) => void socket.end('SSH-2.0-OpenSSH_9.2\r\n'), 'http'],
    ['hangs up in the middle of the head', (socket) => void socket.end('HTTP/1.1 200 OK\r\ncontent-'), 'http'],
    ['goes on for ever', dribble, 'http'],
    ['hangs up instead of speaking TLS', (socket) => void socket.end(), 'https'],
    ['resets instead of speaking TLS', (socket) => void socket.resetAndDestroy(), 'https'],
    ['says nothing instead of speaking TLS', () => undefined, 'https'],
    ['speaks HTTP instead of TLS', (socket) => void socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'), 'https'],
  ])('has an outcome for every request and all its slots back when the peer %s', async (_what, peer, scheme) => {
    const server = createServer((socket) => peer(socket.on('error', () => undefined)));
    const sockets = new Set<Socket>();
    server.on('connection', (socket) => sockets.add(socket));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    try {
      const origin = `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`;
      start(jsonDialectSettings(origin), JSON_DIALECT_SECRETS, { timeoutMs: 400, connectTimeoutMs: 400 });
      const outcomes = await provider.submit(Array.from({ length: 16 }, () => submission(TO, 'x')));
      expect(
        outcomes.flatMap(({ parts }) => parts).every(({ kind }) => kind === 'unknown' || kind === 'not_sent'),
      ).toBe(true);
      expect(provider.state().inFlight).toBe(0);
      await until('it may be tried again', () => provider.freeSlots() === 1);
    } finally {
      for (const socket of sockets) socket.destroy();
      server.close();
    }
  });

  it('has an outcome when nobody vouches for the certificate', async () => {
    const server = createTlsServer(TEST_TLS).on('tlsClientError', () => undefined);
    await once(server.listen(0, '127.0.0.1'), 'listening');
    try {
      const { port } = server.address() as AddressInfo;
      start(jsonDialectSettings(`https://127.0.0.1:${port}`), JSON_DIALECT_SECRETS);
      expect(await send()).toMatchObject({ kind: 'not_sent', reason: 'disconnected' });
      expect(provider.state().inFlight).toBe(0);
    } finally {
      server.close();
    }
  });

  it('keeps no more requests open than it may, and tells when there is room again', async () => {
    startJson({ maxConcurrent: 2 });
    for (let n = 0; n < 2; n++) operator.faults.push({ action: 'answer_late', delayMs: 60 });
    const open = provider.submit([submission(TO, 'a'), submission(TO, 'b'), submission(TO, 'c')]);
    await until('two are on their way', () => operator.seen.length === 2);
    expect(provider.freeSlots()).toBe(0);
    expect(provider.state()).toMatchObject({ inFlight: 2, window: 2 });
    expect((await open).flatMap(({ parts }) => parts.map(({ kind }) => kind))).toEqual(Array(3).fill('submitted'));
    expect(heard.capacityCalls).toBeGreaterThan(0);
  });
});
