import { Injectable } from '@nestjs/common';
import { Clock } from '../../kernel/clock.js';
import { AccountsService } from '../accounts/index.js';
import { LANES, type Lane, laneNumber, type QueueKey, QueueReads } from '../messages/index.js';
import { ProvidersService } from '../providers/index.js';
import { depthKey, QueueDepths } from '../statistics/index.js';
import type { QueueEntryDto, QueueTotalDto } from './dto/queue.dto.js';

/** An entry with what its page is continued behind. */
export interface ShownEntry {
  key: [string, string, string];
  entry: QueueEntryDto;
}

const NOTHING = { queued: 0, scheduled: 0 };

/** The queue with counts and names: how long something waits is read from the queue, how much waits from the roll-up. */
@Injectable()
export class QueueView {
  constructor(
    private readonly queue: QueueReads,
    private readonly depths: QueueDepths,
    private readonly providers: ProvidersService,
    private readonly accounts: AccountsService,
    private readonly clock: Clock,
  ) {}

  /** One more than `limit` where there is more. */
  async list(
    filter: Partial<QueueKey>,
    after: { providerId: string; lane: number; accountId: string } | null,
    limit: number,
  ): Promise<ShownEntry[]> {
    const entries = await this.queue.list(filter, after, limit);
    const [depths, codes, accounts] = await Promise.all([
      this.depths.of(entries),
      this.providerCodes(),
      this.accounts.getMany([...new Set(entries.map(({ accountId }) => accountId))]),
    ]);
    return entries.map((entry) => {
      const { providerId, lane, accountId, inFlight, streams } = entry;
      const depth = depths.get(depthKey(entry)) ?? NOTHING;
      return {
        key: [providerId, String(laneNumber(lane)), accountId],
        entry: {
          providerId,
          providerCode: codes.get(providerId) ?? null,
          lane,
          accountId,
          accountName: accounts.get(accountId)?.name ?? null,
          ...waiting(depth, inFlight),
          ...this.age(entry.oldestDueAt),
          streams,
        },
      };
    });
  }

  /** By provider and lane; lines with nothing in them are left out. */
  async totals(): Promise<QueueTotalDto[]> {
    const [queue, depths, codes] = await Promise.all([this.queue.totals(), this.depths.totals(), this.providerCodes()]);
    const lines = new Map<string, { queued: number; scheduled: number; inFlight: number; oldestDueAt: Date | null }>();
    const keyOf = ({ providerId, lane }: { providerId: string; lane: string }) => `${providerId} ${lane}`;
    for (const one of depths) lines.set(keyOf(one), { ...one, inFlight: 0, oldestDueAt: null });
    for (const one of queue) lines.set(keyOf(one), { ...NOTHING, ...lines.get(keyOf(one)), ...one });
    return [...lines]
      .map(([key, { inFlight, oldestDueAt, ...depth }]): QueueTotalDto => {
        const [providerId, lane] = key.split(' ') as [string, Lane];
        const providerCode = codes.get(providerId) ?? null;
        return { providerId, providerCode, lane, ...waiting(depth, inFlight), ...this.age(oldestDueAt) };
      })
      .sort((a, b) => LANES.indexOf(a.lane) - LANES.indexOf(b.lane) || (a.providerId < b.providerId ? -1 : 1));
  }

  private age(oldestDueAt: Date | null): Pick<QueueTotalDto, 'oldestDueAt' | 'oldestDueSeconds'> {
    if (oldestDueAt === null) return { oldestDueAt: null, oldestDueSeconds: null };
    const ms = this.clock.now().getTime() - oldestDueAt.getTime();
    return { oldestDueAt: oldestDueAt.toISOString(), oldestDueSeconds: Math.max(0, Math.floor(ms / 1000)) };
  }

  private async providerCodes(): Promise<Map<string, string>> {
    return new Map((await this.providers.list()).map(({ id, code }) => [id, code]));
  }
}

/** The roll-up counts what is being written as queued. */
function waiting(
  { queued, scheduled }: { queued: number; scheduled: number },
  inFlight: number,
): Pick<QueueTotalDto, 'queued' | 'scheduled' | 'inFlight'> {
  return { queued: Math.max(0, queued - inFlight), scheduled, inFlight };
}
