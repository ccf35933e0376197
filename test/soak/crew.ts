import { type ChildProcess, fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readEnv } from '../../src/config/env.js';
import { type OpenServer, openServer } from '../../src/database/open-server.js';
import { Child, claimFolder, freePort } from '../../src/entrypoints/demo/child.js';
import { type OperatorProcess, startOperatorProcess } from '../support/sandbox-operator.js';
import type { OperatorConfig } from '../../src/sandbox/operator-config.js';
import type { Watched } from './reaper.js';

const MAIN = fileURLToPath(new URL('../../src/main.js', import.meta.url));
const REAPER = fileURLToPath(new URL('./reaper.js', import.meta.url));
const HEAP_LIMIT = '--max-old-space-size=256';
const APIS = 2;

export interface CrewOptions {
  dataDir: string;
  operator: Partial<OperatorConfig>;
  workers: number;
  /** Beside what every process of the crew gets. */
  environment: Record<string, string>;
}

interface Post {
  name: string;
  role: 'api' | 'worker';
  port: number;
  child: Child | null;
  ready: boolean;
}

/**
 * Everybody who takes part in a soak: two API processes and some workers as they are deployed, on one embedded PostgreSQL, and the
 * operator. A supervisor, as production has one, starts again what was killed. All of them end with {@link stop}, or when this
 * process is gone, however it went.
 */
export class Crew {
  /** What went wrong with the processes themselves: nobody may end who was not told to. */
  readonly problems: string[] = [];
  private readonly posts: Post[] = [];
  private readonly supervising = new Set<Promise<void>>();
  private stopping = false;
  private stopped: Promise<void> | undefined;
  private server: OpenServer | undefined;
  private operatorProcess: OperatorProcess | undefined;

  private constructor(
    private readonly options: CrewOptions,
    private readonly reaper: ChildProcess,
  ) {}

  /** Starts from an empty folder. When `signal` ends it half-way, everything that runs is stopped. */
  static async start(options: CrewOptions, signal?: AbortSignal): Promise<Crew> {
    claimFolder(options.dataDir);
    // Not of our process group: a Ctrl-C is for us, and the reaper is for when we do not live to act on it.
    const reaper = fork(REAPER, [options.dataDir], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], detached: true });
    const crew = new Crew(options, reaper);
    signal?.addEventListener('abort', () => void crew.stop(), { once: true });
    try {
      await crew.assemble();
      signal?.throwIfAborted();
      return crew;
    } catch (error) {
      await crew.stop();
      throw error;
    }
  }

  get apiUrls(): string[] {
    return this.posts.filter(({ role }) => role === 'api').map(({ port }) => `http://127.0.0.1:${port}`);
  }

  get operator(): OperatorProcess {
    return this.operatorProcess!;
  }

  get databaseUrl(): string {
    return this.server!.url;
  }

  /** SIGKILL to one of them, or to the next one that runs; null when none does. The supervisor starts it again. */
  async kill(role: Post['role'], index: number): Promise<string | null> {
    const posts = this.posts.filter((post) => post.role === role);
    const turn = posts.map((_, step) => posts[(index + step) % posts.length]!);
    const post = turn.find(({ ready }) => ready);
    if (!post) return null;
    await this.replace(post, (child) => child.kill());
    return post.name;
  }

  /** The postmaster itself, by pid: its processes notice, the crew's holders start it again. */
  crashPostgres(): void {
    process.kill(this.postmaster(), 'SIGKILL');
  }

  /** A clean stop: everybody is disconnected, everything is written out. */
  stopPostgres(): void {
    process.kill(this.postmaster(), 'SIGINT');
  }

  /** Workers and APIs first, the operator and the database last. Safe to call twice. */
  stop(): Promise<void> {
    this.stopped ??= this.stopAll();
    return this.stopped;
  }

  private async stopAll(): Promise<void> {
    this.stopping = true;
    await Promise.all(this.posts.map(async ({ child }) => child?.stop()));
    await Promise.all(this.supervising);
    await this.operatorProcess?.stop();
    await this.server?.release();
    this.tell({ done: true });
    if (this.reaper.connected) this.reaper.disconnect();
  }

  private async assemble(): Promise<void> {
    this.operatorProcess = await startOperatorProcess(this.options.operator);
    this.server = await openServer(readEnv({ DATA_DIR: this.options.dataDir }), () => undefined);
    for (let number = 1; number <= APIS; number++)
      this.posts.push({ name: `api-${number}`, role: 'api', port: await freePort(), child: null, ready: false });
    for (let number = 1; number <= this.options.workers; number++)
      this.posts.push({ name: `worker-${number}`, role: 'worker', port: 0, child: null, ready: false });
    // The first makes the schema and the keys, the others find them.
    const [first, ...others] = this.posts;
    await this.fill(first!);
    await Promise.all(others.map((post) => this.fill(post)));
  }

  private async fill(post: Post): Promise<void> {
    const { dataDir, environment } = this.options;
    const child = Child.start(post.name, dataDir, [HEAP_LIMIT, MAIN], {
      DATA_DIR: dataDir,
      DATABASE_URL: '',
      HOST: '127.0.0.1',
      PORT: String(post.port),
      PUBLIC_URL: this.apiUrls[0]!,
      LOG_LEVEL: 'info',
      ALLOW_PRIVATE_ADDRESSES: 'true',
      ROLE: post.role,
      ...environment,
    });
    post.child = child;
    this.tell({ pid: child.pid });
    await child.line((text) => text.startsWith(post.role === 'api' ? 'Kabinet listens' : 'Kabinet worker'));
    post.ready = true;
    void this.miss(post, child);
  }

  private async miss(post: Post, child: Child): Promise<void> {
    const code = await child.ended;
    if (post.child !== child || this.stopping) return;
    this.problems.push(`${post.name} ended by itself with ${code}: ${child.lastWords}`);
    this.supervise(post);
  }

  private async replace(post: Post, end: (child: Child) => Promise<void>): Promise<void> {
    const { child } = post;
    post.ready = false;
    post.child = null;
    await end(child!);
    this.supervise(post);
  }

  /** Again and again: a process may fail to start while the database is away, as its supervisor knows. */
  private supervise(post: Post): void {
    post.ready = false;
    const filled = (async () => {
      while (!this.stopping) {
        try {
          return await this.fill(post);
        } catch {
          await new Promise((resolve) => setTimeout(resolve, 500));
        }
      }
    })().finally(() => this.supervising.delete(filled));
    this.supervising.add(filled);
  }

  private postmaster(): number {
    const file = join(this.options.dataDir, 'postgres/data/postmaster.pid');
    return Number(readFileSync(file, 'utf8').split('\n')[0]);
  }

  private tell(message: Watched): void {
    if (this.reaper.connected) this.reaper.send(message);
  }
}
