import { once } from 'node:events';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Temporal } from 'temporal-polyfill';
import { readEnv } from '../config/env.js';
import { PortalClient } from './demo/portal-client.js';
import { type DemoProcesses, startProcesses } from './demo/processes.js';
import { Progress } from './demo/progress.js';
import { STEPS, Story, type StoryResult } from './demo/story.js';

const OPERATOR = {
  answerDelay: { minMs: 5, maxMs: 40 },
  reportDelay: { minMs: 100, maxMs: 1_500 },
  shares: { undelivered: 0.04, expired: 0.01 },
  submitsPerSecond: 140,
};
const { values: options } = parseArgs({
  options: { json: { type: 'boolean', default: false }, keep: { type: 'boolean', default: false } },
});

const startedAt = performance.now();
const progress = new Progress(STEPS + 1);
const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort());
let processes: DemoProcesses | undefined;
try {
  const shift = secondsToMoscowNoon();
  processes = await progress.step('PostgreSQL, API, worker and the sandbox operator start', () =>
    startProcesses(join(readEnv().DATA_DIR, 'demo'), OPERATOR, shift, stopping.signal),
  );
  const result = await new Story(processes, new PortalClient(processes.apiUrl), progress).play();
  progress.end();
  const seconds = (performance.now() - startedAt) / 1000;
  printTable(result, seconds, shift);
  if (options.keep) await keepRunning(processes, result);
  else await processes.stop();
  if (options.json) console.log(JSON.stringify(figures(result, seconds)));
  process.exitCode = result.violations === 0 ? 0 : 1;
} catch (error) {
  progress.end();
  // What fails because everything was told to end is no news.
  if (stopping.signal.aborted) console.error('Stopped.');
  else console.error(error instanceof Error ? error.message : error);
  if (processes && !stopping.signal.aborted) console.error(`Logs are in ${processes.dataDir}`);
  await processes?.stop();
  process.exitCode = 1;
}

/**
 * Apologies and the demo's campaign only go out by day in Moscow. At night the demo's clock is set ahead to noon, for all of its
 * processes alike.
 */
function secondsToMoscowNoon(): number {
  const now = Temporal.Now.zonedDateTimeISO('Europe/Moscow');
  if (now.hour >= 9 && now.hour < 19) return 0;
  const noon = now.with({ hour: 12, minute: 0, second: 0, millisecond: 0 });
  const next = Temporal.ZonedDateTime.compare(noon, now) > 0 ? noon : noon.add({ days: 1 });
  return Math.round(now.until(next).total('seconds'));
}

function figures(
  { quote, totals, wallet, moved, violations, smscSubmits, sendingSeconds }: StoryResult,
  seconds: number,
): Record<string, unknown> {
  const state = (name: string) => totals.states[name] ?? 0;
  return {
    accepted: totals.accepted,
    // Recipients that the quote ruled out are rows of the campaign; those that accept refused are messages.
    blocked: totals.blocked + Object.values(quote.skipped).reduce((sum, count) => sum + count, 0),
    submitted: totals.submitted,
    delivered: state('delivered'),
    undelivered: state('undelivered'),
    expired: state('expired'),
    unknown: state('unknown'),
    rejected: state('rejected'),
    cancelled: state('cancelled'),
    open: state('scheduled') + state('queued') + state('waiting_funds') + state('submitting') + state('submitted'),
    parts: totals.parts,
    held: moved.held,
    captured: moved.captured,
    released: moved.released,
    refunded: moved.refunded,
    balance: wallet.available.amount,
    seconds: Number(seconds.toFixed(1)),
    messagesPerSecond: Number((totals.accepted / sendingSeconds).toFixed(1)),
    ledgerViolations: violations,
    smscSubmits,
  };
}

function printTable(result: StoryResult, seconds: number, shift: number): void {
  const { invoice, quote, campaignMessages, phone, totals, countries, wallet, moved, statement } = result;
  const list = (counts: Record<string, number>) =>
    Object.entries(counts)
      .map(([key, count]) => `${key} ${count}`)
      .join(', ');
  const rows: [string, string][] = [
    [
      'Invoice',
      `${invoice.number} for ${invoice.total.amount} ${invoice.total.currency} (page ${invoice.pageBytes} bytes, PDF ${invoice.pdfBytes} bytes)`,
    ],
    ['Quote', `${quote.messages} messages, ${quote.parts} parts, ${quote.total.amount} ${quote.total.currency}`],
    ['Skipped', list(quote.skipped)],
    ['Campaign', list(campaignMessages)],
    [
      'Apology',
      phone.messages
        .map(({ state, parts, price }) => `${state}, ${parts} part, ${price?.amount} ${price?.currency}`)
        .join('; '),
    ],
    ['All messages', `accepted ${totals.accepted}: ${list(totals.states)}`],
    ['Statistics', list(countries)],
    ['Parts sent', `${totals.submitted} by our books, ${result.smscSubmits} by the operator's`],
    ['Wallet', `available ${wallet.available.amount}, held ${wallet.held.amount} ${wallet.available.currency}`],
    [
      'Money moved',
      `held ${moved.held}, captured ${moved.captured}, given back ${moved.released}, refunded ${moved.refunded}`,
    ],
    ['Statement', statement.map(({ kind, amount }) => `${kind} ${amount.amount}`).join(', ')],
    ['Ledger audit', `${result.violations} violations`],
    [
      'Time',
      `${seconds.toFixed(1)} s in all, ${result.sendingSeconds.toFixed(1)} s for the campaign${shift ? '; the demo’s clock was set to noon in Moscow' : ''}`,
    ],
  ];
  const width = Math.max(...rows.map(([label]) => label.length));
  console.log(rows.map(([label, value]) => `${label.padEnd(width)}  ${value}`).join('\n'));
}

async function keepRunning(running: DemoProcesses, { credentials }: StoryResult): Promise<void> {
  const { operator, owner, apiKey } = credentials;
  console.log(`
API          ${running.apiUrl}
Swagger UI   ${running.apiUrl}/docs
Operator     ${operator.login} / ${operator.password}   (POST /admin/v1/sessions)
Clinic       ${owner.login} / ${owner.password}   (POST /v1/sessions)
API key      ${apiKey}
SMSC         ${running.operatorControlUrl}/stats
Ctrl-C ends everything.`);
  if (!stopping.signal.aborted) await once(stopping.signal, 'abort');
  await running.stop();
}
