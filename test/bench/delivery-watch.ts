import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

/** Sees when all messages of a run are delivered, at a price that does not count: each look goes on where the last one ended. */
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
  async allDelivered(from: string): Promise<void> {
    for (let next = await this.undelivered(from); next; next = await this.undelivered(next)) await sleep(10);
  }

  private async undelivered(from: string): Promise<string | undefined> {
    const { rows } = await this.client.query<{ id: string }>(
      `SELECT id FROM messages WHERE account_id = $1 AND id >= $2 AND state <> 'delivered' ORDER BY id LIMIT 1`,
      [this.accountId, from],
    );
    return rows[0]?.id;
  }

  close(): Promise<void> {
    return this.client.end();
  }
}
