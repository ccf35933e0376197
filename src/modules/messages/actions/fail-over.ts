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
    for (let after: BacklogCursor | null = null; ;) {
      const result = await this.backlog.execute(move, after);
      moved += result.moved;
      if (result.next === null) return moved;
      after = result.next;
    }
  }
}
