import { Injectable, Logger } from '@nestjs/common';
import type { Pool, PoolClient, QueryResultRow } from 'pg';
import type { DataSource, EntityManager } from 'typeorm';
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
}

type Queryable = Pick<PoolClient, 'query'>;

async function run<R extends QueryResultRow>(
  on: Queryable,
  statement: Statement | string,
  values: readonly unknown[] = [],
): Promise<R[]> {
  const config = typeof statement === 'string' ? { text: statement } : { name: statement.name, text: statement.text };
  const result = await on.query<R>({ ...config, values: values as unknown[] });
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
   */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    this.turnstile ??= new Turnstile(transactionsAtOnce(this.pool.options.max));
    return this.turnstile.pass(() => this.run(work));
  }

  private async run<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    const runner = this.dataSource.createQueryRunner();
    const hooks: (() => void)[] = [];
    try {
      const client = (await runner.connect()) as PoolClient;
      await runner.startTransaction();
      const result = await work({
        query: (statement, values) => run(client, statement, values),
        manager: runner.manager,
        afterCommit: (hook) => hooks.push(hook),
      });
      await runner.commitTransaction();
      for (const hook of hooks) hook();
      return result;
    } catch (error) {
      if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => undefined);
      throw error;
    } finally {
      await runner.release();
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

/** A quarter of the pool, and at least two, is left: one for who listens, the rest for single statements. */
function transactionsAtOnce(connections: number): number {
  return Math.max(1, connections - Math.max(2, Math.floor(connections / 4)));
}
