import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { firstOperator, signIn } from '../../src/entrypoints/demo/cabinet.js';
import { PortalClient } from '../../src/entrypoints/demo/portal-client.js';
import { History, type HistorySize } from './history.js';
import { HOT_STATEMENTS, type HotStatement } from './hot-statements.js';
import { type OpenedCabinet, openCabinet } from './opened-cabinet.js';
import { rounded } from './order-statistics.js';
import { type LoggedPlan, PlanLog } from './plan-log.js';
import { recipients } from './recipients.js';

const DATA_DIR = '.data/plans';
const SENDING_MS = 15_000;
const SETTLING_MS = 3_000;
const BULK_CALLS = 6;
const BULK = 500;
const SINGLE_CALLERS = 8;
const OTHERS = 12;

/** What one statement cost in the execution that stands for it. */
interface Found extends Pick<HotStatement, 'title' | 'shows'> {
  executions: number;
  /** Rows it was given, or found. */
  batch: number;
  ms: number;
  buffers: string;
  touched: number;
  scans: string[];
  plan: string;
}

/**
 * Fills a database with history, lets API and worker do their work on it for a while, and keeps the plans that they got. `out` is the
 * file to write them to; the data folder is removed.
 */
export async function plans({ rows, out }: { rows: number; out: string }): Promise<Record<string, unknown>> {
  const size: HistorySize = { messages: rows, queued: Math.ceil(rows / 5), parked: Math.ceil(rows / 50) };
  const cabinet = await openCabinet({ dataDir: DATA_DIR });
  try {
    const startedAt = performance.now();
    const providerId = await sandboxProvider(cabinet);
    await cabinet.staff.post(`/admin/v1/providers/${providerId}/drain`);
    await History.fill(cabinet, providerId, size, (step) =>
      console.error(`${rounded((performance.now() - startedAt) / 1000)} s: ${step}`),
    );
    const fillSeconds = rounded((performance.now() - startedAt) / 1000);
    const logged = await logWork(cabinet, providerId);
    const found = HOT_STATEMENTS.flatMap((hot) => find(hot, logged));
    await mkdir(dirname(out), { recursive: true });
    await writeFile(out, page(size, found));
    const missing = HOT_STATEMENTS.filter(({ title }) => !found.some((one) => one.title === title));
    return {
      ...size,
      fillSeconds,
      executions: logged.length,
      scans: found.flatMap(({ title, scans }) => scans.map((table) => `${title}: ${table}`)),
      notSeen: missing.map(({ title }) => title),
      others: dearest(logged.filter(({ text }) => !HOT_STATEMENTS.some((hot) => hot.find.test(text)))),
      out,
    };
  } finally {
    await cabinet.close();
    await rm(DATA_DIR, { recursive: true, force: true });
  }
}

async function sandboxProvider({ staff }: OpenedCabinet): Promise<string> {
  const { data } = await staff.get<{ data: { id: string; code: string }[] }>('/admin/v1/providers');
  return data.find(({ code }) => code === 'sandbox')!.id;
}

/** Calls with many messages, calls with one, a backlog and reports, all at the same time. */
async function logWork({ processes, databaseUrl, portal }: OpenedCabinet, providerId: string): Promise<LoggedPlan[]> {
  const log = await PlanLog.open(processes.dataDir, databaseUrl);
  await sleep(SETTLING_MS);
  // Anew: a session does not outlast the filling.
  const anonymous = new PortalClient(processes.apiUrl);
  const staff = await signIn(anonymous, '/admin/v1/sessions', await firstOperator(processes.dataDir));
  await staff.post(`/admin/v1/providers/${providerId}/resume`);
  const until = performance.now() + SENDING_MS;
  const send = (to: string[]) => portal.post('/v1/messages', { recipients: to.map((one) => `+${one}`), text: 'hello' });
  const bulk = async () => {
    for (let call = 0; call < BULK_CALLS; call++) await send(recipients(BULK));
  };
  const single = async () => {
    while (performance.now() < until) await send(recipients(1));
  };
  await Promise.all([bulk(), ...Array.from({ length: SINGLE_CALLERS }, single)]);
  await staff.post(`/admin/v1/providers/${providerId}/drain`);
  await sleep(SETTLING_MS);
  return log.close();
}

function find({ title, find: text, shows }: HotStatement, logged: readonly LoggedPlan[]): Found[] {
  const own = logged.filter((one) => text.test(one.text)).map((one) => ({ ...one, batch: batchOf(one.plan) }));
  if (own.length === 0) return [];
  const enough = Math.max(...own.map(({ batch }) => batch)) / 2;
  const largest = own.filter(({ batch }) => batch >= enough).toSorted((a, b) => a.ms - b.ms);
  const { batch, ms, plan } = largest[Math.floor(largest.length / 2)]!;
  const buffers = /Buffers: (.*)/.exec(plan)?.[1] ?? 'none';
  return [
    {
      title,
      shows,
      executions: own.length,
      batch,
      ms,
      buffers,
      touched: touchedBy(buffers),
      scans: namesOf(plan, /Seq Scan on (\S+)[^\n]*actual time/g),
      plan,
    },
  ];
}

/** Rows of the parameters where these are arrays, or what came out, whichever is more. */
function batchOf(plan: string): number {
  const given = rowsOf(plan, /Function Scan on \w+  \(cost[^\n]*actual time=\S+ rows=([\d.]+)/g);
  const answered = rowsOf(plan, /actual time=\S+ rows=([\d.]+)/g).slice(0, 1);
  return Math.round(Math.max(...given, ...answered));
}

function rowsOf(plan: string, pattern: RegExp): number[] {
  return [...plan.matchAll(pattern)].map(([, rows]) => Number(rows));
}

/** Pages that were looked at, in the cache or not. */
function touchedBy(buffers: string): number {
  const [shared = ''] = buffers.split(', ');
  return [...shared.matchAll(/(?:hit|read)=(\d+)/g)].reduce((sum, [, pages]) => sum + Number(pages), 0);
}

function namesOf(plan: string, pattern: RegExp): string[] {
  return [...new Set([...plan.matchAll(pattern)].map(([, name]) => name!))];
}

/** What else ran and looked at many pages at once: something that grows where nobody looked. */
function dearest(logged: readonly LoggedPlan[]): { text: string; executions: number; pages: number; ms: number }[] {
  const byText = new Map<string, { text: string; executions: number; pages: number; ms: number }>();
  for (const { text, plan, ms } of logged) {
    const key = text.replace(/\s+/g, ' ').trim().slice(0, 90);
    const known = byText.get(key) ?? { text: key, executions: 0, pages: 0, ms: 0 };
    const pages = Math.max(known.pages, touchedBy(/Buffers: (.*)/.exec(plan)?.[1] ?? ''));
    byText.set(key, { text: key, executions: known.executions + 1, pages, ms: Math.max(known.ms, ms) });
  }
  return [...byText.values()].toSorted((a, b) => b.pages - a.pages).slice(0, OTHERS);
}

function page(size: HistorySize, found: readonly Found[]): string {
  const count = (rows: number) => rows.toLocaleString('en');
  const table = found.map(
    ({ title, executions, batch, ms, touched }) =>
      `| ${title} | ${count(executions)} | ${count(batch)} | ${rounded(ms, 2)} | ${count(touched)} | ${batch > 0 ? rounded(touched / batch, 1) : '–'} |`,
  );
  const sections = found.map(
    ({ title, shows, batch, ms, buffers, plan }) =>
      `## ${title}\n\n${shows} ${count(batch)} rows in ${rounded(ms, 2)} ms; ${buffers}.\n\n\`\`\`text\n${plan}\n\`\`\`\n`,
  );
  return `# Plans of the hot statements

Written by \`npm run bench -- plans --rows ${size.messages} --out <file>\`: what API, worker and PostgreSQL did with ${count(size.messages)} messages of
history (with attempt, part and report each), ${count(size.queued)} in the queue and ${count(size.parked)} parked reports, while a backlog was
sent, reports came in and two kinds of callers sent more. The plans are those that were really used, with prepared statements and
the statistics of that moment: \`auto_explain\` with what EXPLAIN (ANALYZE, BUFFERS, SETTINGS) shows. Of each statement the execution of median
duration among those of at least half the largest batch. Explaining itself costs time; believe pages more than milliseconds.

| statement | executions | rows | ms | pages | pages a row |
|---|---|---|---|---|---|
${table.join('\n')}

${sections.join('\n')}`;
}
