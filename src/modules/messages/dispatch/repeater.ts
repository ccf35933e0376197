import { Logger } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';

/** Runs a job again and again, never twice at once: so long after it ended. A failure is logged and tried again. */
export class Repeater {
  private readonly logger = new Logger('jobs');
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;

  constructor(
    private readonly name: string,
    private readonly everyMs: number,
    private readonly job: () => unknown,
  ) {}

  start(): void {
    this.running ??= this.run();
  }

  /** Ends after the job in hand. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      try {
        await this.job();
      } catch (error) {
        this.logger.error({ job: this.name, err: error });
      }
      await sleep(this.everyMs, undefined, { signal }).catch(() => undefined);
    }
  }
}
