import type { LeanReport, LeanSmpp } from './lean-smpp.js';

const FLUSH_MS = 5;
const BATCH = 500;

/** Applies reports as they come, up to 500 together, and acknowledges what is applied. */
export class LeanReports {
  private waiting: LeanReport[] = [];
  private done = 0;
  private flushing = false;

  constructor(
    session: LeanSmpp,
    private readonly apply: (providerIds: readonly string[]) => Promise<void>,
  ) {
    session.onReport((report) => {
      this.waiting.push(report);
      if (this.waiting.length >= BATCH) void this.flush();
    });
    setInterval(() => void this.flush(), FLUSH_MS);
  }

  /** Resolves when so many more were applied. */
  async applied(count: number): Promise<void> {
    while (this.done < count) await new Promise((resolve) => setTimeout(resolve, 2));
    this.done -= count;
  }

  private async flush(): Promise<void> {
    if (this.flushing) return;
    this.flushing = true;
    for (let batch = this.waiting.splice(0, BATCH); batch.length > 0; batch = this.waiting.splice(0, BATCH)) {
      await this.apply(batch.map(({ providerId }) => providerId));
      for (const report of batch) report.acknowledge();
      this.done += batch.length;
      if (this.waiting.length < BATCH) break;
    }
    this.flushing = false;
  }
}
