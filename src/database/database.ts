import { Injectable, Logger } from '@nestjs/common';
import type { Pool, PoolClient, QueryResultRow } from 'pg';
import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import { toParameters } from './parameters.js';
import { Turnstile } from './turnstile.js';

/** A statement that is prepared once per connection. Names are unique: `<module>.<what-it-does>`. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

const CLOSE_TIMEOUT_MS = 10_000;

/** An open transaction. Actions that are called across modules take one and never commit it. */
export interface Tx {
  /** Runs one statement. Pass a {@link Statement} on hot paths (prepared), a string elsewhere. */
  query<R extends QueryResultRow>(statement: Statement | string, values?: readonly unknown[]): Promise<R[]>;
  /** TypeORM on the same connection, for plain CRUD. */
  readonly manager: EntityManager;
  /** Runs after a successful commit; for hints such as waking the dispatcher. Must not throw. */
  afterCommit(hook: () => void): void;
  /**
   * Runs when it was not committed, or nobody knows that it was, the last one first; for what memory took for granted. Must not throw.
   */
  afterRollback(hook: () => void): void;
}

type Queryable = Pick<PoolClient, 'query'>;

async function run<R extends QueryResultRow>(
  on: Queryable,
  statement: Statement | string,
  values: readonly unknown[] = [],
): Promise<R[]> {
  const config = typeof statement === 'string' ? { text: statement } : { name: statement.name, text: statement.text };
  const result = await on.query<R>({ ...config, values: toParameters(values) });
  return result.rows;
}

/** The one way to PostgreSQL: transactions with raw statements and TypeORM side by side on one connection. */
@Injectable()
export class Database {
  private closing: Promise<void> | undefined;
  private turnstile: Turnstile | undefined;

  constructor(readonly dataSource: DataSource) {}

  /** The pg pool under TypeORM; for LISTEN, COPY and advisory locks that need a connection of their own. */
  get pool(): Pool {
    return (this.dataSource.driver as unknown as { master: Pool }).master;
  }

  /** One statement in a transaction of its own. */
  query<R extends QueryResultRow>(statement: Statement | string, values: readonly unknown[] = []): Promise<R[]> {
    return run<R>(this.pool, statement, values);
  }

  /**
   * Commits when `work` resolves, rolls back when it throws. Never talk to the outside in here, and never begin another one.
   *
   * A single {@link query} inside is allowed (a cache that has to be read anew, slots of a rate that must not wait for our commit)
   * and takes a second connection. So transactions never get all of them: they would wait for each other's for ever.
   *
   * @param limits `lockTimeoutMs`: how long its statements wait for a lock, where that is not the connection's default
   */
  transaction<T>(work: (tx: Tx) => Promise<T>, limits: { lockTimeoutMs?: number } = {}): Promise<T> {
    this.turnstile ??= new Turnstile(transactionsAtOnce(this.pool.options.max));
    return this.turnstile.pass(() => this.run(work, limits));
  }

  private async run<T>(work: (tx: Tx) => Promise<T>, { lockTimeoutMs }: { lockTimeoutMs?: number }): Promise<T> {
    const client = await this.pool.connect();
    // A connection that ends while we have it fails whatever runs on it; nobody else needs to hear of it.
    client.on('error', ignore);
    const open = new OpenTx(this.dataSource, client);
    try {
      // Not awaited: it leaves together with the first statement, which saves a way to the server and back.
      sendTogether(client);
      const begun = client.query(
        lockTimeoutMs ? `START TRANSACTION; SET LOCAL lock_timeout = ${lockTimeoutMs}` : 'START TRANSACTION',
      );
      begun.catch(ignore);
      const result = await work(open);
      open.close();
      await begun;
      const { command } = await client.query('COMMIT');
      if (command !== 'COMMIT') throw new Error('the transaction had failed before: an error in it was passed over');
      for (const hook of open.committed) hook();
      return result;
    } catch (error) {
      open.close();
      await client.query('ROLLBACK').catch(ignore);
      for (const hook of open.undone.toReversed()) hook();
      throw error;
    } finally {
      client.off('error', ignore);
      client.release();
    }
  }

  /**
   * Closes the pool once its connections have come back, or after {@link CLOSE_TIMEOUT_MS}: a connection that somebody forgot
   * to release must not keep the process from ending. Safe to call twice.
   */
  close(): Promise<void> {
    this.closing ??= this.dataSource.isInitialized ? this.destroy() : Promise.resolve();
    return this.closing;
  }

  private async destroy(): Promise<void> {
    const { pool } = this;
    const destroyed = this.dataSource.destroy();
    let timer: NodeJS.Timeout | undefined;
    const timedOut = new Promise<'late'>((resolve) => {
      timer = setTimeout(resolve, CLOSE_TIMEOUT_MS, 'late');
    });
    const outcome = await Promise.race([destroyed, timedOut]).finally(() => clearTimeout(timer));
    if (outcome === 'late') {
      const held = pool.totalCount - pool.idleCount;
      new Logger(Database.name).error(`${held} connections were not released within ${CLOSE_TIMEOUT_MS} ms`);
    }
  }
}

const ignore = () => undefined;

/** What is asked for in one go leaves in one write: a write costs as much as a small statement. */
function sendTogether({ connection: { stream } }: PoolClient): void {
  if (stream.writableCorked > 0) return;
  stream.cork();
  process.nextTick(() => stream.uncork());
}

class OpenTx implements Tx {
  readonly committed: (() => void)[] = [];
  readonly undone: (() => void)[] = [];
  private orm: EntityManager | undefined;
  private closed = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly client: PoolClient,
  ) {}

  async query<R extends QueryResultRow>(statement: Statement | string, values?: readonly unknown[]): Promise<R[]> {
    if (this.closed) throw new Error('this transaction is over');
    sendTogether(this.client);
    return run<R>(this.client, statement, values);
  }

  get manager(): EntityManager {
    if (this.closed) throw new Error('this transaction is over');
    this.orm ??= this.dataSource.createEntityManager(this.joined());
    return this.orm;
  }

  afterCommit(hook: () => void): void {
    this.committed.push(hook);
  }

  afterRollback(hook: () => void): void {
    this.undone.push(hook);
  }

  /** What somebody still asks for, after a failure beside it, must not run outside of the transaction. */
  close(): void {
    this.closed = true;
  }

  /** A query runner that finds itself connected, and in a transaction that is not its own to end. */
  private joined(): QueryRunner {
    return Object.assign(this.dataSource.createQueryRunner(), {
      databaseConnection: this.client,
      isTransactionActive: true,
      transactionDepth: 1,
    });
  }
}

/**
 * Statements that need nothing of each other, sent one behind the other without waiting in between; they run in the order given.
 * Waits for all, then throws the first error: nothing of them is under way any more when a caller hears of it.
 */
export async function together<T extends readonly unknown[]>(...work: { [K in keyof T]: Promise<T[K]> }): Promise<T> {
  const outcomes = await Promise.allSettled(work);
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  return outcomes.map((outcome) => (outcome as PromiseFulfilledResult<unknown>).value) as unknown as T;
}

/** A quarter of the pool, and at least two, is left: one for who listens, the rest for single statements. */
function transactionsAtOnce(connections: number): number {
  return Math.max(1, connections - Math.max(2, Math.floor(connections / 4)));
}
