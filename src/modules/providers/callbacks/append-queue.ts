import { ReportInbox } from '../report-inbox.js';
import type { ProviderReport } from '../sms-provider.js';

type Report = ProviderReport & { providerId: string };

interface Waiting {
  reports: Report[];
  resolve: () => void;
  reject: (error: unknown) => void;
}

/** The most reports of one statement. */
const MOST_AT_ONCE = 1_000;

/**
 * Calls that come while a statement runs share the next one: a thousand single callbacks a second are a handful of commits.
 * When a shared statement fails, its callers are run again one by one, so that nobody pays for a neighbour.
 */
export class AppendQueue {
  private waiting: Waiting[] = [];
  private running = false;

  constructor(
    private readonly inbox: ReportInbox,
    private readonly now: () => Date,
  ) {}

  /** Resolves when the reports are durable. */
  append(reports: Report[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ reports, resolve, reject });
      if (!this.running) void this.run();
    });
  }

  private async run(): Promise<void> {
    this.running = true;
    while (this.waiting.length > 0) await this.store(this.next());
    this.running = false;
  }

  private next(): Waiting[] {
    let size = 0;
    let count = 0;
    while (count < this.waiting.length && (count === 0 || size + this.waiting[count]!.reports.length <= MOST_AT_ONCE)) {
      size += this.waiting[count++]!.reports.length;
    }
    return this.waiting.splice(0, count);
  }

  private async store(group: Waiting[]): Promise<void> {
    try {
      await this.inbox.append(
        group.flatMap(({ reports }) => reports),
        this.now(),
      );
      for (const { resolve } of group) resolve();
    } catch (error) {
      if (group.length === 1) group[0]!.reject(error);
      else for (const one of group) await this.store([one]);
    }
  }
}
