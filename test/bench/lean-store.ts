import { randomUUID } from 'node:crypto';
import pg from 'pg';

/** In the product's micro-units; the same for every message. */
const PRICE = 3_000_000;

export interface LeanMessage {
  id: string;
  recipient: string;
  body: string;
}

/** What else is written with messages. */
export interface LeanExtras {
  /** A row in the queue for each. */
  queued?: boolean;
  /** Idempotency keys, of the first messages. */
  keys?: readonly string[];
}

/**
 * The baselines' database: one wallet, a ledger of amounts, messages, a queue and keys, written in batches by unnest. No tenants, no
 * postings, no charge states, no partitions.
 */
export class LeanStore {
  private constructor(
    private readonly pool: pg.Pool,
    private readonly schema: string,
  ) {}

  /** In a schema of its own, which is emptied first. */
  static async open(databaseUrl: string, schema = 'lean'): Promise<LeanStore> {
    const options = `-c search_path=${schema}`;
    const pool = new pg.Pool({ connectionString: databaseUrl, max: 4, options });
    // A connection that ends with the server is no news: whatever runs on it fails by itself.
    pool.on('error', () => undefined);
    await pool.query(`
      DROP SCHEMA IF EXISTS ${schema} CASCADE; CREATE SCHEMA ${schema};
      CREATE TABLE wallets (id int PRIMARY KEY, available bigint, held bigint);
      INSERT INTO wallets VALUES (1, 1000000000000000, 0);
      CREATE TABLE entries (id uuid PRIMARY KEY, amount bigint, at timestamptz DEFAULT now());
      CREATE TABLE messages (id uuid PRIMARY KEY, recipient text, body text, state text, provider_id text);
      CREATE INDEX ON messages (provider_id);
      CREATE TABLE queue (message_id uuid PRIMARY KEY, due_at timestamptz DEFAULT now());
      CREATE TABLE keys (key text PRIMARY KEY, message_id uuid, at timestamptz DEFAULT now())`);
    return new LeanStore(pool, schema);
  }

  /** Holds, books and writes messages in one transaction. */
  accept(messages: readonly LeanMessage[], { queued = false, keys }: LeanExtras = {}): Promise<void> {
    const ids = messages.map(({ id }) => id);
    return this.transaction(async (client) => {
      await client.query({
        name: 'hold',
        text: 'UPDATE wallets SET available = available - $1, held = held + $1 WHERE id = 1 AND available >= $1',
        values: [messages.length * PRICE],
      });
      await book(client, messages.length * PRICE);
      await client.query({
        name: 'messages',
        text: `INSERT INTO messages (id, recipient, body, state)
               SELECT i, r, b, 'queued' FROM unnest($1::uuid[], $2::text[], $3::text[]) AS t(i, r, b)`,
        values: [ids, messages.map(({ recipient }) => recipient), messages.map(({ body }) => body)],
      });
      if (queued)
        await client.query({
          name: 'queue',
          text: 'INSERT INTO queue (message_id) SELECT i FROM unnest($1::uuid[]) AS t(i)',
          values: [ids],
        });
      if (keys)
        await client.query({
          name: 'keys',
          text: 'INSERT INTO keys (key, message_id) SELECT k, i FROM unnest($1::text[], $2::uuid[]) AS t(k, i)',
          values: [keys, ids.slice(0, keys.length)],
        });
    });
  }

  /** Submitted messages are paid. */
  settle(ids: readonly string[], providerIds: readonly string[]): Promise<void> {
    return this.transaction(async (client) => {
      await client.query({
        name: 'settle',
        text: `UPDATE messages m SET state = 'submitted', provider_id = t.p
               FROM unnest($1::uuid[], $2::text[]) AS t(i, p) WHERE m.id = t.i`,
        values: [ids, providerIds],
      });
      await client.query({
        name: 'capture',
        text: 'UPDATE wallets SET held = held - $1 WHERE id = 1',
        values: [ids.length * PRICE],
      });
      await book(client, -ids.length * PRICE);
    });
  }

  async deliver(providerIds: readonly string[]): Promise<void> {
    await this.pool.query({
      name: 'deliver',
      text: `UPDATE messages SET state = 'delivered' WHERE provider_id = ANY($1)`,
      values: [providerIds],
    });
  }

  async close(): Promise<void> {
    await this.pool.query(`DROP SCHEMA ${this.schema} CASCADE`);
    await this.pool.end();
  }

  private async transaction(work: (client: pg.PoolClient) => Promise<void>): Promise<void> {
    const client = await this.pool.connect();
    try {
      await client.query('BEGIN');
      await work(client);
      await client.query('COMMIT');
    } finally {
      client.release();
    }
  }
}

async function book(client: pg.PoolClient, amount: number): Promise<void> {
  await client.query({
    name: 'book',
    text: 'INSERT INTO entries (id, amount) VALUES ($1, $2)',
    values: [randomUUID(), amount],
  });
}
