import pg from 'pg';

/** As autovacuum would sooner or later: so that it does not begin in the middle of a measurement. */
export function vacuum(databaseUrl: string): Promise<void> {
  return withClient(databaseUrl, async (client) => void (await client.query('VACUUM (ANALYZE)')));
}

/** Holds a snapshot open elsewhere, as a dump or a long report does, until `work` is done. */
export function underOldSnapshot<T>(databaseUrl: string, work: () => Promise<T>): Promise<T> {
  return withClient(databaseUrl, async (client) => {
    await client.query('BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ');
    await client.query('SELECT count(*) FROM message_streams');
    const result = await work();
    await client.query('COMMIT');
    return result;
  });
}

async function withClient<T>(databaseUrl: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
