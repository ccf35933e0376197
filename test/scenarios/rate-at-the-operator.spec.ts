import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LeanProcess } from '../bench/lean-process.js';
import type { PeerRecord } from '../bench/rate-peer.js';
import { openSmppLink, phones } from '../support/dispatch-rig.js';
import { DispatchStage } from '../support/dispatch-stage.js';
import { mostInAnyWindow } from '../support/rate-run.js';

const RATE = 50;
const SECONDS = 5;
/** The operator notes instants to a millisecond: two may have come one further apart than it seems. */
const CLOCK_STEP_MS = 1;

describe('the rate at the operator', () => {
  const stage = DispatchStage.forSpec({ pollMs: 250, housekeepingMs: 1_000 });
  const folder = mkdtempSync(join(tmpdir(), 'kabinet-rate-'));
  let operator: LeanProcess<{ smppPort: number }, string, PeerRecord>;

  beforeAll(async () => {
    operator = await LeanProcess.start('./rate-peer.js', { logFile: join(folder, 'submits.ndjson') });
  });

  afterAll(async () => {
    await operator.stop();
    rmSync(folder, { recursive: true });
  });

  it('is never above what was agreed in any second, and near it under a backlog', async () => {
    await stage.rate(RATE);
    await stage.queue({ recipients: phones(RATE * (SECONDS + 3)) });
    openSmppLink(stage.rig, operator.ready.smppPort, stage.provider);
    stage.rig.start();
    const seen = () => operator.ask('what did you see?');
    while ((await seen()).submits.length < RATE / 2) await pause(50);
    const from = Date.now();
    await pause(SECONDS * 1_000);
    const to = Date.now();
    const { submits, lagMs } = await seen();
    const instants = submits.map(({ at }) => at);
    // What the operator was late to see came in a second that is longer by as much as it was kept waiting.
    expect(mostInAnyWindow(instants, 1_000 - lagMs - CLOCK_STEP_MS)).toBeLessThanOrEqual(RATE);
    // A slot that a busy machine misses is not caught up: the best second is near the rate, and all of them are no clear failure.
    expect(mostInAnyWindow(instants)).toBeGreaterThanOrEqual(0.8 * RATE);
    const measured = instants.filter((at) => at >= from && at < to).length;
    expect(measured / ((to - from) / 1_000)).toBeGreaterThanOrEqual(0.5 * RATE);
  }, 40_000);
});

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
