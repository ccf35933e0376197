import { randomUUID } from 'node:crypto';
import { LeanLink } from './lean-link.js';
import { LeanStore } from './lean-store.js';

const BATCH = 500;

/**
 * The baseline: the same chain with nothing around it. Accept 500 a transaction with a ledger entry and a balance, submit
 * over a window of 50 with the registry's `smpp` package, settle in batches, apply reports in batches. No validation, no routes, no
 * parts, no leases, no rates, no windows, no statistics.
 */
export class LeanChain {
  private sent = 0;

  private constructor(
    private readonly store: LeanStore,
    private readonly link: LeanLink,
  ) {}

  static async open(databaseUrl: string, smppPort: number): Promise<LeanChain> {
    const store = await LeanStore.open(databaseUrl);
    return new LeanChain(store, await LeanLink.open(store, smppPort));
  }

  /** Sends `recipients` and resolves to the seconds until every report was applied. */
  async run(recipients: readonly string[]): Promise<number> {
    const startedAt = performance.now();
    for (let at = 0; at < recipients.length; at += BATCH) {
      const batch = recipients.slice(at, at + BATCH);
      const messages = batch.map((recipient) => ({ id: randomUUID(), recipient, body: 'hello' }));
      await this.store.accept(messages);
      await this.link.send(messages);
    }
    this.sent += recipients.length;
    await this.link.allDelivered(this.sent);
    return (performance.now() - startedAt) / 1000;
  }

  async close(): Promise<void> {
    await this.link.close();
    await this.store.close();
  }
}
