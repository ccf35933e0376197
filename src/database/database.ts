import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Pool, PoolClient, QueryResultRow } from 'pg';
import type { DataSource, EntityManager } from 'typeorm';

/** A statement that is prepared once per connection. Names are unique: `<module>.<what-it-does>`. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

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
export class Database implements OnApplicationShutdown {
  constructor(readonly dataSource: DataSource) {}

  /** The pg pool under TypeORM; for LISTEN, COPY and advisory locks that need a connection of their own. */
  get pool(): Pool {
    return (this.dataSource.driver as unknown as { master: Pool }).master;
  }

  /** One statement in a transaction of its own. */
  query<R extends QueryResultRow>(statement: Statement | string, values: readonly unknown[] = []): Promise<R[]> {
    return run<R>(this.pool, statement, values);
  }

  /** Commits when `work` resolves, rolls back when it throws. Never talk to the outside in here. */
  async transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
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

  async onApplicationShutdown(): Promise<void> {
    if (this.dataSource.isInitialized) await this.dataSource.destroy();
  }
}
