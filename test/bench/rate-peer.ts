import { readFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SubmitRecord } from '../../src/sandbox/journal.js';
import { SandboxOperator } from '../../src/sandbox/sandbox-operator.js';
import { leanSettings, serveLean } from './lean-process.js';

/** What the operator saw until now: when each submit came and over which session, and how late it may have seen one. */
export interface PeerRecord {
  submits: { at: number; session: number }[];
  lagMs: number;
}

const WRITTEN_OUT_MS = 100;

/** The sandbox operator in a process that also measures how long it was kept from its work. */
const { logFile } = leanSettings() as { logFile: string };
const operator = await SandboxOperator.start({ logFile, shares: { silent: 1 } });
const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
serveLean({ smppPort: operator.ports.smpp }, async (): Promise<PeerRecord> => {
  const lagMs = delay.max / 1e6;
  await sleep(WRITTEN_OUT_MS);
  const lines = readFileSync(logFile, 'utf8').split('\n').filter(Boolean);
  const submits = lines.map((line) => JSON.parse(line) as SubmitRecord);
  return { submits: submits.map(({ at, session }) => ({ at: Date.parse(at), session })), lagMs };
});
