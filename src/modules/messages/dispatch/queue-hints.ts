import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Database } from '../../../database/database.js';

/** PostgreSQL channel on which other processes hear that something was queued. The payload is provider ids, comma separated. */
export const QUEUE_CHANNEL = 'kabinet_queue';

/** NOTIFY is one statement and a lock at commit: never more of them than this, however many batches are accepted. */
const NOTIFY_EVERY_MS = 25;
/** A payload may have 8,000 bytes; beyond this many providers everybody just looks. */
const MAX_NAMED = 100;

export type QueueHintListener = (providerIds: ReadonlySet<string> | 'any') => void;

/**
 * Wakes dispatchers when something was queued: within this process at once, in the others by NOTIFY. Only ever a hint, given
 * after the commit and best effort: dispatchers look by themselves several times a second.
 */
@Injectable()
export class QueueHints implements OnApplicationShutdown {
  private readonly logger = new Logger('queue-hints');
  private readonly listeners = new Set<QueueHintListener>();
  private readonly providerListeners = new Set<() => void>();
  private readonly waiting = new Set<string>();
  private timer: NodeJS.Timeout | undefined;
  private quietUntil = 0;

  constructor(private readonly database: Database) {}

  /** Call after the commit: `tx.afterCommit(() => hints.queued(providerIds))`. */
  queued(providerIds: Iterable<string>): void {
    const ids = new Set(providerIds);
    if (ids.size === 0) return;
    this.tell(ids);
    for (const id of ids) this.waiting.add(id);
    this.timer ??= setTimeout(() => this.notify(), Math.max(0, this.quietUntil - performance.now()));
  }

  /** Hears hints of this process, and those that {@link tell} hands over. Returns how to stop listening. */
  listen(listener: QueueHintListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Hears that a provider was changed, in whatever process. Returns how to stop listening. */
  onProviderChanged(listener: () => void): () => void {
    this.providerListeners.add(listener);
    return () => this.providerListeners.delete(listener);
  }

  tellProviderChanged(): void {
    for (const listener of this.providerListeners) listener();
  }

  /** Hands a hint that came from elsewhere to the listeners of this process. */
  tell(providerIds: ReadonlySet<string> | 'any'): void {
    for (const listener of this.listeners) listener(providerIds);
  }

  onApplicationShutdown(): void {
    clearTimeout(this.timer);
  }

  private notify(): void {
    this.timer = undefined;
    this.quietUntil = performance.now() + NOTIFY_EVERY_MS;
    const payload = this.waiting.size > MAX_NAMED ? '' : [...this.waiting].join(',');
    this.waiting.clear();
    this.database
      .query({ name: 'messages.notify-queued', text: 'SELECT pg_notify($1, $2)' }, [QUEUE_CHANNEL, payload])
      .catch((error: unknown) =>
        this.logger.debug({ err: error, msg: 'no hint could be given; dispatch will look by itself' }),
      );
  }
}
