import { randomUUID } from 'node:crypto';
import pg from 'pg';
import smpp, { type PDU, type Session } from 'smpp';

const BATCH = 500;
const WINDOW = 50;
const PRICE = 3_000_000;

/**
 * The baseline: the same chain with nothing around it. Accept 500 a transaction with a ledger entry and a balance, submit
 * over a window of 50 with the registry's `smpp` package, settle in batches, apply reports in batches. No validation, no routes, no
 * parts, no leases, no rates, no windows, no statistics.
 */
export class LeanChain {
  private constructor(
    private readonly pool: pg.Pool,
    private readonly session: Session,
  ) {}

  static async open(databaseUrl: string, smppPort: number): Promise<LeanChain> {
    const pool = new pg.Pool({ connectionString: databaseUrl, max: 4 });
    // A connection that ends with the server is no news: whatever runs on it fails by itself.
    pool.on('error', () => undefined);
    await pool.query(`
      DROP SCHEMA IF EXISTS lean CASCADE; CREATE SCHEMA lean;
      CREATE TABLE lean.wallets (id int PRIMARY KEY, available bigint, held bigint);
      INSERT INTO lean.wallets VALUES (1, 1000000000000000, 0);
      CREATE TABLE lean.entries (id uuid PRIMARY KEY, amount bigint, at timestamptz DEFAULT now());
      CREATE TABLE lean.messages (id uuid PRIMARY KEY, recipient text, body text, state text, provider_id text);
      CREATE INDEX ON lean.messages (provider_id)`);
    return new LeanChain(pool, await bind(smppPort));
  }

  /** Sends `recipients` and resolves to the seconds until every report was applied. */
  async run(recipients: readonly string[]): Promise<number> {
    const reports: { id: string; answer: () => void }[] = [];
    let applied = 0;
    let flushing = Promise.resolve();
    const flush = async (): Promise<void> => {
      const batch = reports.splice(0);
      if (batch.length === 0) return;
      await this.pool.query(`UPDATE lean.messages SET state = 'delivered' WHERE provider_id = ANY($1)`, [
        batch.map(({ id }) => id),
      ]);
      for (const { answer } of batch) answer();
      applied += batch.length;
    };
    const onReport = (pdu: PDU) => {
      const text = pdu.short_message?.message.toString() ?? '';
      const id = pdu.receipted_message_id ?? /id:(\S+)/.exec(text)?.[1] ?? '';
      reports.push({ id: id.replace(/\0+$/, ''), answer: () => this.session.send(pdu.response()) });
    };
    this.session.on('deliver_sm', onReport);
    const timer = setInterval(() => {
      flushing = flushing.then(flush);
    }, 5);
    const startedAt = performance.now();
    for (let at = 0; at < recipients.length; at += BATCH) {
      const ids = await this.accept(recipients.slice(at, at + BATCH));
      await this.submit(ids, recipients.slice(at, at + BATCH));
    }
    while (applied < recipients.length) await new Promise((resolve) => setTimeout(resolve, 2));
    const seconds = (performance.now() - startedAt) / 1000;
    clearInterval(timer);
    this.session.off('deliver_sm', onReport);
    return seconds;
  }

  async close(): Promise<void> {
    this.session.close();
    await this.pool.query('DROP SCHEMA lean CASCADE');
    await this.pool.end();
  }

  private async accept(recipients: readonly string[]): Promise<string[]> {
    const ids = recipients.map(() => randomUUID());
    await this.transaction(async (client) => {
      await client.query(
        'UPDATE lean.wallets SET available = available - $1, held = held + $1 WHERE id = 1 AND available >= $1',
        [recipients.length * PRICE],
      );
      await client.query('INSERT INTO lean.entries (id, amount) VALUES ($1, $2)', [
        randomUUID(),
        recipients.length * PRICE,
      ]);
      await client.query(
        `INSERT INTO lean.messages (id, recipient, body, state) SELECT i, r, 'hello', 'queued' FROM unnest($1::uuid[], $2::text[]) AS t(i, r)`,
        [ids, recipients],
      );
    });
    return ids;
  }

  private async submit(ids: readonly string[], recipients: readonly string[]): Promise<void> {
    const answers: string[] = [];
    let next = 0;
    await Promise.all(
      Array.from({ length: WINDOW }, async () => {
        while (next < ids.length) {
          const index = next++;
          answers[index] = await this.send(recipients[index]!);
        }
      }),
    );
    await this.transaction(async (client) => {
      await client.query(
        `UPDATE lean.messages m SET state = 'submitted', provider_id = t.p FROM unnest($1::uuid[], $2::text[]) AS t(i, p) WHERE m.id = t.i`,
        [ids, answers],
      );
      await client.query('UPDATE lean.wallets SET held = held - $1 WHERE id = 1', [ids.length * PRICE]);
      await client.query('INSERT INTO lean.entries (id, amount) VALUES ($1, $2)', [randomUUID(), -ids.length * PRICE]);
    });
  }

  private send(recipient: string): Promise<string> {
    return new Promise((resolve, reject) => {
      this.session.submit_sm(
        { destination_addr: recipient, source_addr: 'Lean', short_message: 'hello', registered_delivery: 1 },
        (pdu) => {
          if (pdu.command_status === 0) resolve(pdu.message_id ?? '');
          else reject(new Error(`the operator answered ${pdu.command_status}`));
        },
      );
    });
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

function bind(port: number): Promise<Session> {
  return new Promise((resolve, reject) => {
    const session = smpp.connect({ url: `smpp://127.0.0.1:${port}` });
    session.on('error', reject);
    session.on('connect', () => {
      session.bind_transceiver({ system_id: 'kabinet', password: 'sandbox' }, (pdu) => {
        if (pdu.command_status === 0) resolve(session);
        else reject(new Error(`the bind was answered with ${pdu.command_status}`));
      });
    });
  });
}
