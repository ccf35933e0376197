import { parseArgs } from 'node:util';
import { deliveryReports, dispatchHttp, dispatchSmpp } from './dispatch.js';
import { endToEnd } from './end-to-end.js';

/** `npm run bench -- <name> [--json]`: each benchmark runs its lean baseline in turns with ours and prints the ratio. */
const BENCHES: Record<string, () => Promise<Record<string, unknown>>> = {
  'end-to-end': endToEnd,
  'dispatch-smpp': dispatchSmpp,
  'dispatch-http': dispatchHttp,
  dlr: deliveryReports,
};

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean', default: false } },
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
