import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import { READ_DEPTHS, SUM_DEPTHS } from './persistence/sql/queue-depths.js';

/** Messages that wait: due or becoming due at once, and planned for later. */
export interface QueueDepth {
  queued: number;
  scheduled: number;
}

export interface DepthKey {
  providerId: string;
  lane: string;
  accountId: string;
}

interface DepthRow {
  accountId: string;
  providerId: string;
  lane: string;
  queued: bigint;
  scheduled: bigint;
}

/** How much waits, from the roll-up: as old as the oldest event that was not consumed yet, and as cheap for a million as for one. */
@Injectable()
export class QueueDepths {
  constructor(private readonly database: Database) {}

  /** By {@link depthKey}; what is absent has nothing. */
  async of(keys: readonly DepthKey[]): Promise<Map<string, QueueDepth>> {
    if (keys.length === 0) return new Map();
    const rows = await this.database.query<DepthRow & Record<string, unknown>>(READ_DEPTHS, [
      keys.map(({ accountId }) => accountId),
      keys.map(({ providerId }) => providerId),
      keys.map(({ lane }) => lane),
    ]);
    return new Map(rows.map((row) => [depthKey(row), toDepth(row)]));
  }

  /** Altogether, by provider and lane. */
  async totals(): Promise<(Omit<DepthKey, 'accountId'> & QueueDepth)[]> {
    const rows = await this.database.query<Omit<DepthRow, 'accountId'> & Record<string, unknown>>(SUM_DEPTHS);
    return rows.map((row) => ({ providerId: row.providerId, lane: row.lane, ...toDepth(row) }));
  }
}

export function depthKey({ providerId, lane, accountId }: DepthKey): string {
  return `${providerId} ${lane} ${accountId}`;
}

/** An event that says "gone" may be consumed before the one that said "there": nobody is shown less than nothing. */
function toDepth({ queued, scheduled }: Pick<DepthRow, 'queued' | 'scheduled'>): QueueDepth {
  return { queued: Math.max(0, Number(queued)), scheduled: Math.max(0, Number(scheduled)) };
}
