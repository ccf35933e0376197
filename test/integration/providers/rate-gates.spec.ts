import { type ChildProcess, spawn } from 'node:child_process';
import { createConnection } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { GATE_SLACK_MS, HORIZON_MS, slotIntervalMs } from '../../../src/modules/providers/domain/rate.js';
import { RateGates } from '../../../src/modules/providers/rate-gates.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import {
  mostInAnyWindow,
  type PeerRecord,
  type RateWorkerOptions,
  type RateWorkerResult,
} from '../../support/rate-run.js';

let db: TestDatabase;
let gates: RateGates;

beforeAll(async () => {
  db = await createTestDatabase();
  gates = new RateGates(db.database);
});
afterAll(() => db.drop());
beforeEach(() => db.database.query('DELETE FROM rate_gates'));

const bulk = { lane: 'bulk' } as const;
const since = (now: Date, slots: Date[]) => slots.map((slot) => slot.getTime() - now.getTime());
const gaps = (slots: Date[]) => slots.slice(1).map((slot, index) => slot.getTime() - slots[index]!.getTime());

describe('rate gates', () => {
  it('hands out evenly spaced slots, and only within the horizon of the lane', async () => {
    const now = new Date();
    const { slots, askAgainAt } = await gates.take([{ gate: 'g', perSecond: 100 }], 500, now, bulk);
    expect(slots).toHaveLength(Math.floor(HORIZON_MS.bulk / slotIntervalMs(100)) + 1);
    for (const gap of gaps(slots)) expect(Math.abs(gap - slotIntervalMs(100))).toBeLessThanOrEqual(1);
    expect(askAgainAt.getTime()).toBeGreaterThan(now.getTime() + 20);
    expect((await gates.take([{ gate: 'g', perSecond: 100 }], 500, new Date(), bulk)).slots.length).toBeLessThan(4);
  });

  it('lets one-time codes book past a bulk backlog', async () => {
    const gate = [{ gate: 'g', perSecond: 100 }];
    await gates.take(gate, 500, new Date(), bulk);
    const now = new Date();
    const { slots } = await gates.take(gate, 1, now, { lane: 'otp' });
    expect(since(now, slots)[0]).toBeLessThanOrEqual(HORIZON_MS.bulk + slotIntervalMs(100) + 50);
    expect((await gates.take(gate, 500, new Date(), { lane: 'otp' })).slots.length).toBeGreaterThan(100);
    expect((await gates.take(gate, 500, new Date(), bulk)).slots).toEqual([]);
  });

  it.each([
    ['the clock of the server was set back an hour', '1 hour'],
    ['its rate was one in a minute', '1 minute'],
  ])('goes on at once when %s', async (_what, ahead) => {
    const gate = [{ gate: 'g', perSecond: 100 }];
    await gates.take(gate, 1, new Date(), bulk);
    await db.database.query(`UPDATE rate_gates SET next_slot_at = clock_timestamp() + $1::interval`, [ahead]);
    const now = new Date();
    const { slots, askAgainAt } = await gates.take(gate, 5, now, bulk);
    expect(slots).toHaveLength(5);
    expect(askAgainAt.getTime() - now.getTime()).toBeLessThan(1_000);
    for (const gap of gaps(slots)) expect(gap).toBeGreaterThanOrEqual(Math.floor(slotIntervalMs(100)));
  });

  it('does not catch up what nobody used', async () => {
    const gate = [{ gate: 'g', perSecond: 20 }];
    await gates.take(gate, 1, new Date(), bulk);
    await new Promise((resolve) => setTimeout(resolve, 500));
    const { slots } = await gates.take(gate, 100, new Date(), { lane: 'transactional' });
    for (const gap of gaps(slots)) expect(gap).toBeGreaterThanOrEqual(Math.floor(slotIntervalMs(20)));
  });

  it('leaves the time that the caller needs', async () => {
    const now = new Date();
    const { slots } = await gates.take([{ gate: 'g', perSecond: 100 }], 3, now, { ...bulk, leadMs: 40 });
    expect(since(now, slots)[0]).toBeGreaterThanOrEqual(38);
  });

  it('lets a slow side gate end the booking without making the pacing gate skip time', async () => {
    const pacing = { gate: 'provider', perSecond: 100 };
    const slow = { gate: 'account', perSecond: 1 };
    const first = await gates.take([pacing, slow], 10, new Date(), bulk);
    expect(first.slots).toHaveLength(1);
    const now = new Date();
    const second = await gates.take([pacing, slow], 10, now, bulk);
    expect(second.slots).toEqual([]);
    expect(since(now, [second.askAgainAt])[0]).toBeGreaterThan(900);
    // The provider is free for everybody else.
    const other = await gates.take([pacing], 10, new Date(), bulk);
    expect(other.slots).toHaveLength(10);
  });

  it('lets two links of half the rate each use the whole of it', async () => {
    const provider = { gate: 'provider', perSecond: 200 };
    const granted = { a: [] as Date[], b: [] as Date[] };
    const until = Date.now() + 1_500;
    while (Date.now() < until) {
      for (const link of ['a', 'b'] as const) {
        const { slots } = await gates.take([provider, { gate: link, perSecond: 100 }], 100, new Date(), bulk);
        granted[link].push(...slots);
      }
    }
    const all = [...granted.a, ...granted.b].map((slot) => slot.getTime()).sort((one, other) => one - other);
    expect(mostInAnyWindow(all)).toBeLessThanOrEqual(200);
    for (const link of [granted.a, granted.b])
      expect(mostInAnyWindow(link.map((slot) => slot.getTime()))).toBeLessThanOrEqual(100);
    expect(mostInAnyWindow(all)).toBeGreaterThanOrEqual(180);
  });

  it('never books more than the rate in any second, however it is asked', async () => {
    const ask = fc.record({
      wanted: fc.integer({ min: 1, max: 50 }),
      leadMs: fc.integer({ min: 0, max: 30 }),
      lane: fc.constantFrom('otp' as const, 'transactional' as const, 'bulk' as const),
      side: fc.boolean(),
    });
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 500 }),
        fc.array(ask, { minLength: 1, maxLength: 30 }),
        async (perSecond, asks) => {
          const main = { gate: `main ${run++}`, perSecond };
          const side = { gate: `side ${run}`, perSecond: Math.max(1, Math.floor(perSecond / 3)) };
          const booked: number[] = [];
          const sides: number[] = [];
          for (const { wanted, leadMs, lane, side: both } of asks) {
            const { slots } = await gates.take(both ? [main, side] : [main], wanted, new Date(), { lane, leadMs });
            booked.push(...slots.map((slot) => slot.getTime()));
            if (both) sides.push(...slots.map((slot) => slot.getTime()));
          }
          booked.sort((one, other) => one - other);
          // What is left of the margin is for lateness: the slots themselves stay within it by more than a millisecond.
          expect(mostInAnyWindow(booked, 1_000 + GATE_SLACK_MS)).toBeLessThanOrEqual(perSecond);
          expect(mostInAnyWindow(sides, 1_000)).toBeLessThanOrEqual(side.perSecond);
        },
      ),
      { numRuns: 25 },
    );
  });
});

const script = fileURLToPath(new URL('../../support/rate-run.js', import.meta.url));
const SECONDS = 3;

describe('three worker processes under one rate, measured at the peer', () => {
  it.each([50, 500])('sends %i a second and never more', async (perSecond) => {
    const peer = spawn(process.execPath, [script, 'peer'], { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      const { port } = await firstLine<{ port: number }>(peer);
      const options = { url: db.url, port, gate: 'provider', perSecond, seconds: SECONDS, lane: 'bulk' } as const;
      const results = await Promise.all([1, 2, 3].map(() => runWorker(options)));
      const { instants, lagMs } = await askPeer(port);
      expect(instants).toHaveLength(results.reduce((sum, { sent }) => sum + sent, 0));
      // What the peer saw late by up to its own lag came in a second that is longer by as much.
      expect(mostInAnyWindow(instants, 1_000 - lagMs)).toBeLessThanOrEqual(perSecond);
      const seconds = (instants.at(-1)! - instants[0]!) / 1_000;
      // A slot that a busy machine misses is not caught up: here only a clear failure counts, the 95 % are the benchmark's.
      expect(mostInAnyWindow(instants, 2_000)).toBeGreaterThanOrEqual(0.75 * 2 * perSecond);
      expect((instants.length - 1) / seconds / perSecond).toBeGreaterThan(0.5);
    } finally {
      peer.kill();
    }
  });
});

async function runWorker(options: RateWorkerOptions): Promise<RateWorkerResult> {
  const worker = spawn(process.execPath, [script, 'worker', JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return firstLine<RateWorkerResult>(worker);
}

async function firstLine<T>(child: ChildProcess): Promise<T> {
  for await (const line of createInterface(child.stdout!)) return JSON.parse(line) as T;
  throw new Error('the process ended without a word');
}

function askPeer(port: number): Promise<PeerRecord> {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = createConnection({ port, host: '127.0.0.1' }, () => socket.write('?'));
    socket.on('data', (chunk) => (text += chunk.toString()));
    socket.once('end', () => resolve(JSON.parse(text) as PeerRecord));
    socket.once('error', reject);
  });
}
