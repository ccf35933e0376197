import { randomUUID } from 'node:crypto';
import pg from 'pg';

const BATCH = 500;
const PRICE = 3_000_000;

interface LeanMessage {
  id: string;
  recipient: string;
}

/** A queue with nothing around it but the wallet: no lines, no streams, no windows, no attempts, no parts, no statistics. */
export class LeanQueue {
  private constructor(private readonly pool: pg.Pool) {}

  static async open(databaseUrl: string): Promise<LeanQueue> {
    const pool = new pg.Pool({ connectionString: databaseUrl, max: 4 });
    // A connection that ends with the server is no news: whatever runs on it fails by itself.
    pool.on('error', () => undefined);
    await pool.query(`
      DROP SCHEMA IF EXISTS lean CASCADE; CREATE SCHEMA lean;
      CREATE TABLE lean.wallets (id int PRIMARY KEY, available bigint, held bigint);
      INSERT INTO lean.wallets VALUES (1, 1000000000000000, 1000000000000000);
      CREATE TABLE lean.entries (id uuid PRIMARY KEY, amount bigint, at timestamptz DEFAULT now());
      CREATE TABLE lean.messages (id uuid PRIMARY KEY, recipient text, body text, state text, provider_id text);
      CREATE INDEX ON lean.messages (provider_id);
      CREATE TABLE lean.queue (id uuid PRIMARY KEY, recipient text, due_at timestamptz, claimed_at timestamptz);
      CREATE INDEX ON lean.queue (due_at, id) WHERE claimed_at IS NULL`);
    return new LeanQueue(pool);
  }

  async fill(recipients: readonly string[]): Promise<void> {
    const ids = recipients.map(() => randomUUID());
    await this.pool.query(
      `WITH written AS (
         INSERT INTO lean.messages (id, recipient, body, state)
         SELECT i, r, 'hello', 'queued' FROM unnest($1::uuid[], $2::text[]) AS t(i, r))
       INSERT INTO lean.queue (id, recipient, due_at) SELECT i, r, now() FROM unnest($1::uuid[], $2::text[]) AS t(i, r)`,
      [ids, recipients],
    );
  }

  /** Messages that were sent before, and messages that are due before those of {@link fill}. */
  async grow(history: number, due: number): Promise<void> {
    await this.pool.query(
      `INSERT INTO lean.messages (id, recipient, body, state, provider_id)
       SELECT gen_random_uuid(), (306800000000 + n)::text, 'hello', 'delivered', (1000000000000000 + n)::text
         FROM generate_series(1, $1::int) AS n`,
      [history],
    );
    await this.pool.query(
      `WITH due AS MATERIALIZED (
         SELECT gen_random_uuid() AS id, (306900000000 + n)::text AS recipient FROM generate_series(1, $1::int) AS n
       ), written AS (
         INSERT INTO lean.messages (id, recipient, body, state) SELECT id, recipient, 'hello', 'queued' FROM due)
       INSERT INTO lean.queue (id, recipient, due_at) SELECT id, recipient, now() FROM due`,
      [due],
    );
  }

  /** Sends what is due until it has sent `most`, 500 a turn: claimed in one transaction, `atOnce` on their way, settled in another. */
  async work(most: number, atOnce: number, send: (recipient: string) => Promise<string>): Promise<void> {
    for (let sent = 0; sent < most;) {
      const claimed = await this.claim();
      if (claimed.length === 0) return;
      const answers = await sendAll(claimed, atOnce, send);
      await this.settle(claimed, answers);
      sent += claimed.length;
    }
  }

  async applyReports(providerIds: readonly string[]): Promise<void> {
    await this.pool.query({
      name: 'lean-report',
      text: `UPDATE lean.messages SET state = 'delivered' WHERE provider_id = ANY($1)`,
      values: [providerIds],
    });
  }

  async close(): Promise<void> {
    await this.pool.query('DROP SCHEMA lean CASCADE');
    await this.pool.end();
  }

  private async claim(): Promise<LeanMessage[]> {
    const { rows } = await this.pool.query<LeanMessage>({
      name: 'lean-claim',
      text: `UPDATE lean.queue q SET claimed_at = now()
               FROM (SELECT id FROM lean.queue WHERE claimed_at IS NULL AND due_at <= now()
                      ORDER BY due_at, id LIMIT ${BATCH} FOR UPDATE SKIP LOCKED) d
              WHERE q.id = d.id RETURNING q.id, q.recipient`,
    });
    return rows;
  }

  private async settle(claimed: readonly LeanMessage[], answers: readonly string[]): Promise<void> {
    const ids = claimed.map(({ id }) => id);
    const price = ids.length * PRICE;
    const client = await this.pool.connect();
    try {
      await client.query('BEGIN');
      await client.query({
        name: 'lean-settle',
        text: `WITH gone AS (DELETE FROM lean.queue WHERE id = ANY($1::uuid[]))
               UPDATE lean.messages m SET state = 'submitted', provider_id = t.p
                 FROM unnest($1::uuid[], $2::text[]) AS t(i, p) WHERE m.id = t.i`,
        values: [ids, answers],
      });
      await client.query('UPDATE lean.wallets SET held = held - $1 WHERE id = 1', [price]);
      await client.query('INSERT INTO lean.entries (id, amount) VALUES ($1, $2)', [randomUUID(), -price]);
      await client.query('COMMIT');
    } finally {
      client.release();
    }
  }
}

async function sendAll(
  claimed: readonly LeanMessage[],
  atOnce: number,
  send: (recipient: string) => Promise<string>,
): Promise<string[]> {
  const answers: string[] = [];
  let next = 0;
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (next < claimed.length) {
        const index = next++;
        answers[index] = await send(claimed[index]!.recipient);
      }
    }),
  );
  return answers;
}
