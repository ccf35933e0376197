import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

const LOOK_EVERY_MS = 10;
const PATIENCE_MS = 60_000;

/** Sees how far all messages of a run are, at a price that does not count: each look goes on where the last one ended. */
export class DeliveryWatch {
  private constructor(
    private readonly client: pg.Client,
    private readonly accountId: string,
  ) {}

  static async open(url: string, accountId: string): Promise<DeliveryWatch> {
    const client = new pg.Client({ connectionString: url });
    // A connection that ends with the server is no news.
    client.on('error', () => undefined);
    await client.connect();
    return new DeliveryWatch(client, accountId);
  }

  /** All messages after `from` (an id), of which there must be some already. */
  allDelivered(from: string): Promise<void> {
    return this.allIn(from, ['delivered']);
  }

  /** The provider has them all, and we have that on record. */
  allSubmitted(from: string): Promise<void> {
    return this.allIn(from, ['submitted', 'delivered']);
  }

  /** When the first message after `from` was taken from the queue, in milliseconds. */
  async firstClaimedAt(from: string): Promise<number> {
    const { rows } = await this.client.query<{ at: Date }>(
      'SELECT min(started_at) AS at FROM attempts WHERE account_id = $1 AND id >= $2',
      [this.accountId, from],
    );
    return rows[0]!.at.getTime();
  }

  close(): Promise<void> {
    return this.client.end();
  }

  private async allIn(from: string, states: readonly string[]): Promise<void> {
    const deadline = performance.now() + PATIENCE_MS;
    for (let next = await this.firstOutside(states, from); next; next = await this.firstOutside(states, next)) {
      if (performance.now() > deadline) throw new Error(`not all messages became ${states[0]} within a minute`);
      await sleep(LOOK_EVERY_MS);
    }
  }

  private async firstOutside(states: readonly string[], from: string): Promise<string | undefined> {
    const { rows } = await this.client.query<{ id: string }>(
      `SELECT id FROM messages WHERE account_id = $1 AND id >= $2 AND state <> ALL ($3) ORDER BY id LIMIT 1`,
      [this.accountId, from, states],
    );
    return rows[0]?.id;
  }
}
