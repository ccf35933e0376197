import { createDataSource } from '../../src/database/data-source.js';
import { Database } from '../../src/database/database.js';
import { type SeedAccount, seedAccount, seedMessages } from '../support/dispatch-rig.js';

const CHUNK = 50_000;
const PRICE = 10_000n;
/** Of the backlog's first message; the others follow. No benchmark sends anything else to numbers of this country. */
const FIRST_NUMBER = 306_900_000_000;

export interface Backlog {
  providerId: string;
  messages: number;
}

/**
 * An account with a backlog of bulk messages for one provider, paid for and queued as accept does it, in transactions of {@link CHUNK}:
 * hold, messages, queue rows, stream. What workers may send of it they send from the first transaction on.
 */
export async function queueBacklog(database: Database, { providerId, messages }: Backlog): Promise<SeedAccount> {
  const account = await seedAccount(database, { micros: BigInt(messages) * PRICE });
  for (let from = 0; from < messages; from += CHUNK) {
    const recipients = Array.from({ length: Math.min(CHUNK, messages - from) }, (_, index) =>
      String(FIRST_NUMBER + from + index),
    );
    await seedMessages(database, { account, providerId, recipients, text: 'hello', priceMicros: PRICE });
  }
  return account;
}

/** A few connections to the product's database, for whoever prepares and judges a run. */
export async function openBooks(url: string): Promise<Database> {
  return new Database(await createDataSource({ url, poolSize: 2, applicationName: 'kabinet bench' }).initialize());
}
