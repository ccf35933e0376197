import { parseArgs } from 'node:util';
import { runSoak } from './soak.js';

/** `npm run soak [-- --json --messages N --seconds N --seed N]`. Exit code 1 when a promise was broken, 130 when interrupted. */
const MOST_FINDINGS = 50;

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    messages: { type: 'string', default: '20000' },
    seconds: { type: 'string', default: '120' },
    seed: { type: 'string', default: '1' },
  },
});
const count = (name: 'messages' | 'seconds' | 'seed', least: number, most: number): number => {
  const number = Number(values[name]);
  if (!Number.isInteger(number) || number < least || number > most) {
    console.error(`--${name} is a number from ${least} to ${most}`);
    process.exit(2);
  }
  return number;
};
const options = {
  workers: 3,
  unknownSeconds: 45,
  messages: count('messages', 1, 200_000),
  seconds: count('seconds', 10, 3_600),
  seed: count('seed', 0, 2 ** 32 - 1),
};
const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopping.abort());

try {
  const note = (line: string): void => void (values.json || console.error(line));
  const { figures, findings } = await runSoak({ ...options, dataDir: '.data/soak', signal: stopping.signal, note });
  for (const finding of findings.slice(0, MOST_FINDINGS)) console.error(finding);
  if (findings.length > MOST_FINDINGS) console.error(`and ${findings.length - MOST_FINDINGS} more`);
  if (values.json) console.log(JSON.stringify(figures));
  else for (const [key, value] of Object.entries(figures)) console.log(`${key.padEnd(18)} ${String(value)}`);
  process.exitCode = findings.length > 0 ? 1 : 0;
} catch (error) {
  console.error(stopping.signal.aborted ? 'Stopped.' : error);
  process.exitCode = stopping.signal.aborted ? 130 : 1;
}
