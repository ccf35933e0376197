import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import { Clock } from '../../kernel/clock.js';
import { NIL_ID } from '../../kernel/ids.js';
import { type Lane, LANES, laneNumber } from './domain/message.js';
import { COUNT_UNKNOWN } from './persistence/sql/unknown-outcomes.js';
import { LIST_QUEUE, SUM_QUEUE } from './persistence/sql/read-queue.js';

export interface QueueKey {
  providerId: string;
  lane: Lane;
  accountId: string;
}

/** What waits, and is being written, of one account at one provider in one lane. */
export interface QueueEntry extends QueueKey {
  /** When the oldest message that could leave now was due; null: nothing is, or only of paused groups. */
  oldestDueAt: Date | null;
  /** Being written to the provider. */
  inFlight: number;
  /** Streams (the account's groups) that are walked, that have nothing due yet, that belong to a paused group. */
  streams: { open: number; parked: number; paused: number };
}

export type QueueTotal = Pick<QueueEntry, 'providerId' | 'lane' | 'oldestDueAt' | 'inFlight'>;

interface Row {
  providerId: string;
  lane: number;
  accountId: string;
  oldestDueAt: Date | null;
  inFlight: number;
  open: number;
  parked: number;
  paused: number;
}

/** The queue as operations sees it: what it costs does not depend on how much is queued. */
@Injectable()
export class QueueReads {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** One more than `limit` where there is more; sorted by provider, lane, account. */
  async list(
    filter: Partial<QueueKey>,
    after: { providerId: string; lane: number; accountId: string } | null,
    limit: number,
  ): Promise<QueueEntry[]> {
    const rows = await this.database.query<Row & Record<string, unknown>>(LIST_QUEUE, [
      this.clock.now(),
      filter.providerId ?? null,
      filter.lane === undefined ? null : laneNumber(filter.lane),
      filter.accountId ?? null,
      after?.providerId ?? NIL_ID,
      after?.lane ?? 0,
      after?.accountId ?? NIL_ID,
      limit + 1,
    ]);
    return rows.map(({ open, parked, paused, ...row }) => ({
      providerId: row.providerId,
      accountId: row.accountId,
      lane: LANES[row.lane]!,
      oldestDueAt: row.oldestDueAt,
      inFlight: row.inFlight,
      streams: { open, parked, paused },
    }));
  }

  /** Outcomes that wait to be explained; counted up to 100,000. */
  async countUnknown(): Promise<number> {
    const [row] = await this.database.query<{ count: number }>(COUNT_UNKNOWN);
    return row!.count;
  }

  /** Over all accounts; where nothing is due and nothing is being written there is no line. */
  async totals(): Promise<QueueTotal[]> {
    const rows = await this.database.query<Row & Record<string, unknown>>(SUM_QUEUE, [this.clock.now()]);
    return rows.map(({ providerId, lane, oldestDueAt, inFlight }) => ({
      providerId,
      lane: LANES[lane]!,
      oldestDueAt,
      inFlight,
    }));
  }
}
