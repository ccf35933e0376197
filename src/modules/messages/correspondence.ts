import { Injectable } from '@nestjs/common';
import type { Tx } from '../../database/database.js';
import { lowestIdAt } from '../../kernel/ids.js';
import { FIND_LAST_TO } from './persistence/sql/find-last-to.js';

/** Who wrote to a phone, for whoever has an answer from it. */
@Injectable()
export class Correspondence {
  /** Per pair, the newest message that left from that sender to that number and was accepted since then; null: none. */
  async lastTo(
    tx: Tx,
    pairs: readonly { recipient: string; sender: string }[],
    since: Date,
  ): Promise<({ accountId: string; messageId: string } | null)[]> {
    if (pairs.length === 0) return [];
    const rows = await tx.query<{ index: number; accountId: string; messageId: string }>(FIND_LAST_TO, [
      pairs.map(({ recipient }) => recipient),
      pairs.map(({ sender }) => sender),
      lowestIdAt(since),
    ]);
    const found = new Map(rows.map(({ index, ...message }) => [index, message]));
    return pairs.map((_, index) => found.get(index) ?? null);
  }
}
