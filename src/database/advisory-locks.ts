import { createHash } from 'node:crypto';
import type { PoolClient } from 'pg';
import type { Database, Tx } from './database.js';

/**
 * What is being locked. Every kind of advisory lock in the product stands here, so that two of them never share a key by
 * accident. Locks keep replicas out of each other's way; no invariant may rest on one alone.
 */
export type LockScope = 'migrations' | 'idempotency' | 'schedule' | 'partitions' | 'outbox' | 'inbound' | 'test-run';

/** The 64-bit key of a lock, as PostgreSQL wants it (a signed decimal). */
export function lockKey(scope: LockScope, name = ''): string {
  return createHash('sha256').update(`${scope}\0${name}`).digest().readBigInt64BE(0).toString();
}

/** Takes a lock until the transaction ends, or says at once that somebody else has it. */
export async function tryLock(tx: Tx, scope: LockScope, name = ''): Promise<boolean> {
  const [row] = await tx.query<{ locked: boolean }>(
    { name: 'database.try-advisory-lock', text: 'SELECT pg_try_advisory_xact_lock($1) AS locked' },
    [lockKey(scope, name)],
  );
  return row?.locked === true;
}

/**
 * Runs `work` while this process alone holds the lock, across transactions. When somebody else has it, `work` is not run.
 * Takes one connection of the pool for as long as it lasts; the lock falls if that connection does.
 */
export async function runExclusively<T>(
  database: Database,
  scope: LockScope,
  name: string,
  work: () => Promise<T>,
): Promise<{ ran: true; result: T } | { ran: false }> {
  const key = lockKey(scope, name);
  const client = await database.pool.connect();
  let failure: Error | undefined;
  try {
    if (!(await holdLock(client, key))) return { ran: false };
    try {
      return { ran: true, result: await work() };
    } finally {
      // A connection that may still hold the lock must not go back to the pool.
      await client.query('SELECT pg_advisory_unlock($1)', [key]).catch((error: Error) => (failure = error));
    }
  } finally {
    client.release(failure);
  }
}

async function holdLock(client: PoolClient, key: string): Promise<boolean> {
  const { rows } = await client.query<{ locked: boolean }>('SELECT pg_try_advisory_lock($1) AS locked', [key]);
  return rows[0]?.locked === true;
}
