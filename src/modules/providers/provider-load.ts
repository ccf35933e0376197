import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import { Clock } from '../../kernel/clock.js';
import { COUNT_REPORTS, SUM_LINKS } from './persistence/sql/read-load.js';

/** What the links of a provider are doing, over all workers. */
export interface LinkLoad {
  providerId: string;
  held: number;
  ready: number;
  throttled: number;
  inFlight: number;
  window: number;
}

/** Reports that wait to be applied; counts end at 100,000. */
export interface ReportLoad {
  due: number;
  oldestDueAt: Date | null;
  parked: number;
}

/** For those who watch: cheap whatever waits. */
@Injectable()
export class ProviderLoad {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  links(): Promise<LinkLoad[]> {
    return this.database.query<LinkLoad & Record<string, unknown>>(SUM_LINKS);
  }

  async reports(): Promise<ReportLoad> {
    const [row] = await this.database.query<ReportLoad & Record<string, unknown>>(COUNT_REPORTS, [this.clock.now()]);
    return row!;
  }
}
