import { setTimeout as sleep } from 'node:timers/promises';
import { type Cluster, initialise, openCluster, readPassword } from './embedded/cluster.js';
import { EmbeddedPostgresError, systemErrorCode } from './embedded/embedded-postgres.error.js';
import { withFolderLock } from './embedded/folder-lock.js';
import { Presence } from './embedded/presence.js';
import { ensureRunning, stop } from './embedded/server.js';
import { serverSettings } from './embedded/settings.js';

export { EmbeddedPostgresError } from './embedded/embedded-postgres.error.js';

/** Name of the application's role and of its database. */
const APPLICATION = 'kabinet';
const LOCK_TIMEOUT_MS = 6 * 60_000;
const REVIVE_PAUSE_MS = 1_000;

export interface EmbeddedOptions {
  /** The folder of the server; created when missing. Everybody who names the same folder shares the server. */
  dataDir: string;
  /** TCP port on 127.0.0.1; 0 picks a free one and keeps to it. A server that already runs keeps the port it has. */
  port: number;
  /** What an operator wants to read: first start, recovery, restart. */
  log: (message: string) => void;
  /** The server is on its way, by other processes, or runs already. */
  begun?: () => void;
  /** Overrides of single server settings, for tests. */
  settings?: Readonly<Record<string, string>>;
}

export interface EmbeddedPostgres {
  /** For a role that owns its database and may create others, but is no superuser. */
  url: string;
  /** Call after the last statement. Stops the server if no other process uses it. Safe to call twice. */
  release(): Promise<void>;
}

/**
 * Starts, or joins, the embedded PostgreSQL of a folder. Any number of processes may do so at the same time; the one that
 * releases it last stops it. What a killed process left behind is reused or repaired. While it is held, a server that dies is
 * started again on the same port.
 *
 * Throws {@link EmbeddedPostgresError} with an instruction when the folder or port cannot be used.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const holder = new Holder(options);
  const url = await holder.enter();
  return { url, release: () => holder.release() };
}

class Holder {
  private presence: Presence | undefined;
  private cluster: Cluster;
  private port: number;
  private reviving: Promise<void> = Promise.resolve();
  private released: Promise<void> | undefined;

  constructor(private readonly options: EmbeddedOptions) {
    this.port = options.port;
  }

  async enter(): Promise<string> {
    try {
      this.cluster = await openCluster(this.options.dataDir);
      const password = await this.underLock(() => this.join());
      return `postgres://${APPLICATION}:${password}@127.0.0.1:${this.port}/${APPLICATION}`;
    } catch (error) {
      // A session that stayed open would keep this process from ending, and the server from being stopped by the others.
      if (this.presence) await this.release().catch(() => undefined);
      throw this.readable(error);
    }
  }

  release(): Promise<void> {
    this.released ??= this.reviving.then(() => this.leave());
    return this.released;
  }

  private async join(): Promise<string> {
    const { log, settings, begun = () => undefined } = this.options;
    await initialise(this.cluster, { log, begun });
    const password = await readPassword(this.cluster);
    const server = await ensureRunning(this.cluster, {
      port: this.port,
      settings: { ...serverSettings, ...settings },
      log,
      begun,
    });
    begun();
    this.port = server.port;
    this.presence = await Presence.enter(server.port, password, () => {
      this.reviving = this.revive();
    });
    await this.presence.provide(APPLICATION, password);
    return password;
  }

  private async leave(): Promise<void> {
    await this.underLock(async () => {
      const last = (await this.presence?.leave().catch(() => false)) ?? false;
      if (last) await stop(this.cluster);
    });
  }

  /** Our session ended although we stay: the server died, or restarted itself after a crash. Get it back, or join it again. */
  private async revive(): Promise<void> {
    while (!this.released) {
      try {
        await this.underLock(() => this.join());
        this.options.log('The embedded PostgreSQL had stopped and runs again');
        return;
      } catch (error) {
        this.options.log(`The embedded PostgreSQL stopped and cannot be started yet: ${String(error)}`);
        await sleep(REVIVE_PAUSE_MS);
      }
    }
  }

  private underLock<T>(work: () => Promise<T>): Promise<T> {
    return withFolderLock(`${this.cluster.folder}/lock`, LOCK_TIMEOUT_MS, work);
  }

  /** System errors about the folder become an instruction; everything else stays as it is. */
  private readable(error: unknown): unknown {
    const code = systemErrorCode(error) ?? '';
    if (error instanceof EmbeddedPostgresError || !/^(EACCES|EPERM|EROFS|ENOSPC|ENOTDIR|EDQUOT)$/.test(code))
      return error;
    const { path } = error as NodeJS.ErrnoException;
    return new EmbeddedPostgresError(
      `The folder ${this.options.dataDir} of the embedded PostgreSQL cannot be used: ${code} at ${path ?? 'an unnamed file'}. ` +
        'It belongs to another user, is read-only, or the disk is full. Run Kabinet as the user who made it, or set DATA_DIR.',
      { cause: error },
    );
  }
}
