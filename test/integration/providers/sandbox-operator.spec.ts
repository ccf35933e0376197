import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SmppProvider } from '../../../src/modules/providers/smpp/smpp-provider.js';
import { readSmppSettings, type SmppSettings } from '../../../src/modules/providers/smpp/smpp-settings.js';
import { SlidingSecond, type SubmitRecord } from '../../../src/sandbox/journal.js';
import {
  DEFAULT_OPERATOR_CONFIG,
  readOperatorConfig,
  type OperatorConfig,
} from '../../../src/sandbox/operator-config.js';
import { submission } from '../../contract/sms-provider.js';
import { ProviderRecorder } from '../../support/provider-recorder.js';
import { outcomeOf, startOperatorProcess, type OperatorProcess } from '../../support/sandbox-operator.js';
import { until } from '../../support/until.js';

describe('the sandbox operator in its own process', () => {
  let operator: OperatorProcess;
  let folder: string;
  const providers: SmppProvider[] = [];

  async function start(config: Partial<OperatorConfig> = {}): Promise<void> {
    folder = await mkdtemp(join(tmpdir(), 'operator-'));
    operator = await startOperatorProcess({ logFile: join(folder, 'operator.ndjson'), ...config });
  }

  async function connect(
    heard = new ProviderRecorder(),
    changes: Partial<SmppSettings> = {},
    systemId = 'kabinet',
  ): Promise<SmppProvider> {
    const provider = new SmppProvider({
      settings: readSmppSettings({ host: '127.0.0.1', port: operator.port, reconnectMinMs: 20, ...changes }),
      credentials: { systemId, password: 'sandbox' },
      now: () => new Date(),
    });
    providers.push(provider);
    provider.start(heard);
    await until('it is ready', () => provider.state().status === 'ready');
    return provider;
  }

  afterEach(async () => {
    for (const provider of providers.splice(0)) await provider.stop(0);
    await operator?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('decides by the number alone, in the shares it was told', async () => {
    const shares = { undelivered: 0.1, expired: 0.05, refused: 0.02 };
    const numbers = Array.from({ length: 20_000 }, (_, index) => String(48_500_000_000 + index));
    const outcomes = numbers.map((number) => outcomeOf(number, shares, {}));
    const share = (outcome: string) => outcomes.filter((one) => one === outcome).length / numbers.length;
    expect(share('undelivered')).toBeCloseTo(0.1, 1.7);
    expect(share('expired')).toBeCloseTo(0.05, 1.7);
    expect(share('refused')).toBeCloseTo(0.02, 1.7);
    expect(outcomeOf('48500000000', shares, { '0': 'silent', '000': 'expired' })).toBe('expired');

    await start({ shares, reportDelay: { minMs: 0, maxMs: 5 } });
    const heard = new ProviderRecorder();
    const provider = await connect(heard, { windowSize: 500 });
    const sample = numbers.slice(0, 300);
    const sent = await provider.submit(sample.map((number) => submission(number, 'hello')));
    const predicted = sample.map((number) => outcomeOf(number, shares, {}));
    expect(sent.map(({ parts }) => parts[0]!.kind)).toEqual(
      predicted.map((outcome) => (outcome === 'refused' ? 'rejected' : 'submitted')),
    );
    const reported = predicted.filter((outcome) => outcome !== 'refused');
    await until('all reports', () => heard.reports.length === reported.length);
    const byNumber = new Map(heard.reports.map((report) => [report.to, report.status]));
    sample.forEach((number, index) => {
      if (predicted[index] !== 'refused') expect([number, byNumber.get(number)]).toEqual([number, predicted[index]]);
    });
    expect(await operator.stats()).toMatchObject({
      received: 300,
      answeredOk: reported.length,
      refused: 300 - reported.length,
      throttled: 0,
      reportsSent: reported.length,
      reportsAcknowledged: reported.length,
      reportsPending: 0,
    });
  });

  it('throttles above so many submits in a sliding second, per session', async () => {
    await start({ submitsPerSecond: 5, shares: { silent: 1 } });
    const [one, other] = [await connect(), await connect()];
    const batch = () => Array.from({ length: 8 }, () => submission('48500000001', 'x'));
    const kinds = (await Promise.all([one.submit(batch()), other.submit(batch())])).map(
      (outcomes) => outcomes.filter(({ parts }) => parts[0]!.kind === 'submitted').length,
    );
    expect(kinds).toEqual([5, 5]);
    expect(await operator.stats()).toMatchObject({
      answeredOk: 10,
      throttled: 6,
      sessions: 2,
      maxPerSlidingSecond: 16,
    });
  });

  it('keeps a record that says what it counts, also when it is told to stop', async () => {
    await start({ suffixes: { '9': 'refused' } });
    const provider = await connect(undefined, { responseTimeoutMs: 100 });
    await operator.order({
      next: [
        { action: 'never_answer', to: '2' },
        { action: 'never_answer', to: '3', accepted: false },
      ],
    });
    await provider.submit(
      ['48500000001', '48500000002', '48500000003', '48500000009'].map((to) => submission(to, 'x')),
    );
    await provider.submit([submission('48500000004', 'one ', 'two')]);
    const stats = await operator.stats();
    expect(await operator.stop()).toBe(0);
    const lines = (await readFile(join(folder, 'operator.ndjson'), 'utf8')).trim().split('\n');
    const submits = lines.map((line) => JSON.parse(line) as SubmitRecord).filter(({ event }) => event === 'submit');
    expect(
      submits.map(({ to, part, of, status, accepted, answered }) => [to, part, of, status, accepted, answered]),
    ).toEqual([
      ['48500000001', 1, 1, 0, true, true],
      ['48500000002', 1, 1, 0, true, false],
      ['48500000003', 1, 1, 0, false, false],
      ['48500000009', 1, 1, 11, false, true],
      ['48500000004', 1, 2, 0, true, true],
      ['48500000004', 2, 2, 0, true, true],
    ]);
    expect(stats).toMatchObject({ received: 6, answeredOk: 3, acceptedUnanswered: 1, ignored: 1, refused: 1 });
  });

  it('holds reports until somebody is bound again, and repeats those that were cut off', async () => {
    await start({ reportDelay: { minMs: 30, maxMs: 60 } });
    const first = new ProviderRecorder();
    first.beforeStored = () => new Promise(() => undefined);
    const provider = await connect(first);
    await provider.submit(Array.from({ length: 20 }, () => submission('48500000001', 'x')));
    await until('some are under way', async () => (await operator.stats()).reportsSent > 0);
    await provider.stop(0);
    await until('all wait', async () => (await operator.stats()).reportsPending === 20);
    const second = new ProviderRecorder();
    await connect(second);
    await until('all have come', () => new Set(second.reports.map((report) => report.providerMessageId)).size === 20);
    await until('none waits', async () => (await operator.stats()).reportsPending === 0);
  });

  it('refuses strangers and more binds than it has', async () => {
    await start({ maxBinds: 1, password: 'other' });
    const stranger = new SmppProvider({
      settings: readSmppSettings({ host: '127.0.0.1', port: operator.port }),
      credentials: { systemId: 'kabinet', password: 'sandbox' },
      now: () => new Date(),
    });
    providers.push(stranger);
    stranger.start(new ProviderRecorder());
    await until('it is refused', () => stranger.state().status === 'auth_failed');
    expect(stranger.state().lastError?.code).toBe('0x0000000e');
  });

  it('lets a second bind in when the first has gone', async () => {
    await start({ maxBinds: 1 });
    const first = await connect();
    const second = new SmppProvider({
      settings: readSmppSettings({ host: '127.0.0.1', port: operator.port, reconnectMinMs: 20, reconnectMaxMs: 50 }),
      credentials: { systemId: 'kabinet', password: 'sandbox' },
      now: () => new Date(),
    });
    providers.push(second);
    second.start(new ProviderRecorder());
    await until('it is refused', () => second.state().lastError?.code === '0x00000005');
    await first.stop(100);
    await until('it is let in', () => second.state().status === 'ready');
  });

  it('reports to the system id that sent the message, and counts binds for each', async () => {
    await start({ maxBinds: 1, moreSystemIds: { south: 'sandbox' }, reportDelay: { minMs: 0, maxMs: 0 } });
    const [north, south] = [new ProviderRecorder(), new ProviderRecorder()];
    await (await connect(north)).submit([submission('48500000001', 'north')]);
    await (await connect(south, {}, 'south')).submit([submission('48500000002', 'south')]);
    await until('both reports', () => north.reports.length + south.reports.length === 2);
    expect([north.reports[0]!.to, south.reports[0]!.to]).toEqual(['48500000001', '48500000002']);
  });

  it('sends what phones write', async () => {
    await start();
    const heard = new ProviderRecorder();
    await connect(heard);
    for (const text of ['STOP', 'СТОП 😜'])
      await fetch(`http://127.0.0.1:${operator.controlPort}/inbound`, {
        method: 'POST',
        body: JSON.stringify({ from: '48500000001', to: '4321', text }),
      });
    expect(heard.inbound).toMatchObject([{ from: '48500000001', to: '4321', text: 'STOP' }, { text: 'СТОП 😜' }]);
  });

  it('dies with the process that started it', async () => {
    await start();
    const exited = new Promise((resolve) => operator.child.once('exit', resolve));
    operator.child.disconnect();
    expect(await exited).toBe(0);
  });
});

describe('readOperatorConfig', () => {
  it('lays JSON over the defaults', () =>
    expect(readOperatorConfig('{"port":2775}')).toEqual({ ...DEFAULT_OPERATOR_CONFIG, port: 2775 }));

  it.each([
    ['{"prot":2775}', 'unknown setting of the sandbox operator: prot'],
    ['{"port":"2775"}', 'setting of the sandbox operator is not a number: port'],
    ['port', 'JSON'],
  ])('refuses %s', (json, message) => expect(() => readOperatorConfig(json)).toThrow(message));
});

describe('SlidingSecond', () => {
  it('is half-open: an event a second old is gone', () => {
    const second = new SlidingSecond();
    expect([0, 500, 999, 1000, 1499, 1500].map((at) => second.add(at))).toEqual([1, 2, 3, 3, 4, 4]);
    expect(second.count(2499)).toBe(1);
    expect(second.count(2500)).toBe(0);
  });
});
