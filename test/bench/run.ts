import { parseArgs } from 'node:util';
import { acceptBulk, acceptSingle } from './accept.js';
import { claimGrowth } from './claim-growth.js';
import { deliveryReports, dispatchHttp, dispatchSmpp } from './dispatch.js';
import { endToEnd } from './end-to-end.js';
import { lanes } from './lanes.js';
import { money } from './money.js';
import { plans } from './plans.js';
import { rate } from './rate.js';
import { restart } from './restart.js';

/** `npm run bench -- <name> [--json]`: each benchmark runs its lean baseline in turns with ours and prints the ratio. */
const BENCHES: Record<string, () => Promise<Record<string, unknown>>> = {
  'accept-single': acceptSingle,
  'accept-bulk': acceptBulk,
  'dispatch-smpp': dispatchSmpp,
  'dispatch-http': dispatchHttp,
  dlr: deliveryReports,
  'claim-growth': () => claimGrowth({ history: count('history'), due: count('due'), held: count('held') }),
  lanes: () => lanes({ messages: count('messages'), codes: count('codes') }),
  money: () => money({ lines: count('lines') }),
  rate: () => rate({ seconds: count('seconds') }),
  restart: () => restart({ messages: count('queued') }),
  'end-to-end': endToEnd,
  plans: () => plans({ rows: count('rows'), out: values.out }),
};

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    /** Of `claim-growth`: rows of a full table, and how many seconds a snapshot is held. */
    history: { type: 'string', default: '1000000' },
    due: { type: 'string', default: '1000000' },
    held: { type: 'string', default: '60' },
    /** Of `rate`: how long each rate is measured. */
    seconds: { type: 'string', default: '60' },
    /** Of `lanes`: how many bulk messages wait, and how many codes are sent, at most 250. */
    messages: { type: 'string', default: '1000000' },
    codes: { type: 'string', default: '100' },
    /** Of `money`: lines of the bank's file. */
    lines: { type: 'string', default: '50000' },
    /** Of `restart`: how many messages wait when everything is killed. */
    queued: { type: 'string', default: '100000' },
    /** Of `plans`: how many messages of history there are, and where the plans are written to. */
    rows: { type: 'string', default: '5000000' },
    out: { type: 'string', default: '.data/plans.md' },
  },
});
const [name] = positionals;
const bench = name === undefined ? undefined : BENCHES[name];
if (!bench) {
  console.error(`Name one of: ${Object.keys(BENCHES).join(', ')}`);
  process.exitCode = 2;
} else {
  const figures = { name, ...(await bench()) };
  if (values.json) console.log(JSON.stringify(figures));
  else
    for (const [key, value] of Object.entries(figures))
      console.log(`${key.padEnd(16)} ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`);
}

function count(option: Exclude<keyof typeof values, 'json' | 'out'>): number {
  const number = Number(values[option]);
  if (!Number.isInteger(number) || number < 1) throw new Error(`--${option} is a whole number from 1 up`);
  return number;
}
