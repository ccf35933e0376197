import { Injectable, Logger } from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import { CronJob } from 'cron';
import { Database } from '../database/database.js';
import { runOccurrence, type ScheduledWork } from '../database/schedule-runs.js';
import { Clock } from '../kernel/clock.js';

/** One line of the list in `schedules.ts`. Six-field cron, UTC. */
export interface Schedule {
  name: string;
  cron: string;
  work: ScheduledWork;
}

/**
 * Starts crons in this process. Every replica runs the same list; an occurrence belongs to whoever writes its row first. A
 * schedule whose last occurrence still runs here is left out until it has ended.
 */
@Injectable()
export class Scheduler {
  private readonly logger = new Logger('schedules');
  private readonly running = new Map<string, Promise<unknown>>();

  constructor(
    private readonly registry: SchedulerRegistry,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  start(schedules: readonly Schedule[]): void {
    for (const schedule of schedules) {
      const job = CronJob.from({ cronTime: schedule.cron, timeZone: 'UTC', onTick: () => this.tick(schedule) });
      this.registry.addCronJob(schedule.name, job);
      job.start();
    }
  }

  /** Stops new occurrences and waits for those that run. */
  async stop(): Promise<void> {
    for (const name of this.registry.getCronJobs().keys()) this.registry.deleteCronJob(name);
    await Promise.allSettled(this.running.values());
  }

  private tick({ name, work }: Schedule): void {
    if (this.running.has(name)) return;
    const plannedFor = new Date(Math.floor(this.clock.now().getTime() / 1000) * 1000);
    const run = runOccurrence({ database: this.database, clock: this.clock }, name, plannedFor, work)
      .catch((error: unknown) => this.logger.error({ schedule: name, err: error }))
      .finally(() => this.running.delete(name));
    this.running.set(name, run);
  }
}
