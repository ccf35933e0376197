import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

/** One execution of a statement, as the server's log tells it. */
export interface LoggedPlan {
  /** The statement. */
  text: string;
  /** Of the executor, in milliseconds. */
  ms: number;
  /** As EXPLAIN prints it. */
  plan: string;
}

const ENTRY = /^\S+ \S+ UTC \[\d+\] LOG:  duration: ([\d.]+) ms  plan:\n((?:\t.*\n)+)/gm;
const PLAN_STARTS = /\n(?=\S[^\n]*\(cost=)/;

/**
 * The plans that API and worker get while they work, with the prepared statements, parameters and statistics that they have:
 * `auto_explain` with the options of EXPLAIN (ANALYZE, BUFFERS, SETTINGS), in the embedded server's log.
 */
export class PlanLog {
  private constructor(
    private readonly admin: pg.Client,
    private readonly folder: string,
    private readonly from: ReadonlyMap<string, number>,
  ) {}

  /** From now on; sessions that are open are ended, and their processes open new ones. */
  static async open(dataDir: string, databaseUrl: string): Promise<PlanLog> {
    const admin = new pg.Client({ connectionString: databaseUrl.replace('//kabinet:', '//postgres:') });
    admin.on('error', () => undefined);
    await admin.connect();
    const settings = {
      session_preload_libraries: 'auto_explain',
      'auto_explain.log_min_duration': '0',
      'auto_explain.log_analyze': 'on',
      'auto_explain.log_buffers': 'on',
      'auto_explain.log_settings': 'on',
      'auto_explain.log_parameter_max_length': '0',
    };
    await admin.query(`LOAD 'auto_explain'`);
    for (const [name, value] of Object.entries(settings))
      await admin.query(`ALTER ROLE kabinet SET ${name} = '${value}'`);
    const folder = join(dataDir, 'postgres/data/log');
    const log = new PlanLog(admin, folder, sizes(folder));
    await log.endSessions();
    return log;
  }

  /** All plans since {@link open}; logs no more. */
  async close(): Promise<LoggedPlan[]> {
    await this.admin.query(`ALTER ROLE kabinet RESET ALL`);
    await this.endSessions();
    await this.admin.end();
    await sleep(1_000);
    const plans: LoggedPlan[] = [];
    for (const [file] of sizes(this.folder)) {
      const content = await readFile(join(this.folder, file));
      plans.push(...plansOf(content.subarray(this.from.get(file) ?? 0).toString('utf8')));
    }
    return plans;
  }

  private async endSessions(): Promise<void> {
    await this.admin.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'kabinet'`);
  }
}

function plansOf(log: string): LoggedPlan[] {
  return [...log.matchAll(ENTRY)].flatMap(([, ms, lines]) => {
    const body = lines!.replace(/^\t/gm, '').trimEnd();
    const [text, ...plan] = body.replace(/^Query Text: /, '').split(PLAN_STARTS);
    return plan.length === 0 ? [] : [{ text: text!, ms: Number(ms), plan: plan.join('\n') }];
  });
}

function sizes(folder: string): Map<string, number> {
  return new Map(readdirSync(folder).map((file) => [file, readFileSync(join(folder, file)).length]));
}
