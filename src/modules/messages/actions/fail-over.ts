import { Injectable } from '@nestjs/common';
import { SYSTEM_ACTOR } from '../../../gateway/index.js';
import { ProvidersService, WatchLinks } from '../../providers/index.js';
import { type BacklogCursor, MoveBacklog } from './move-backlog.js';

const REASON = 'links_down';

/**
 * Lets other routes take over what is provably unsent at a provider that fails. What no other route takes, or what has parts there
 * already, stays and is looked at again with the next run; prices stay as they are. A provider that an account owns keeps its messages.
 */
@Injectable()
export class FailOver {
  /** Where the next run goes on: what nobody else takes is not locked and read over and over. */
  private readonly positions = new Map<string, BacklogCursor>();

  constructor(
    private readonly links: WatchLinks,
    private readonly providers: ProvidersService,
    private readonly backlog: MoveBacklog,
  ) {}

  /** For a schedule, every few seconds. */
  async execute(): Promise<{ failing: number; recovered: number; moved: number }> {
    const changed = await this.links.execute();
    const failing = (await this.providers.list()).filter((one) => one.isFailing && one.ownerAccountId === null);
    let moved = 0;
    for (const { id } of failing) moved += await this.empty(id);
    return { ...changed, moved };
  }

  private async empty(providerId: string): Promise<number> {
    const move = { from: providerId, reason: REASON, actor: SYSTEM_ACTOR };
    let moved = 0;
    for (let after = this.positions.get(providerId) ?? null; ;) {
      const result = await this.backlog.execute(move, after);
      moved += result.moved;
      after = result.next;
      if (after === null) this.positions.delete(providerId);
      else this.positions.set(providerId, after);
      if (after === null || result.moved === 0) return moved;
    }
  }
}
