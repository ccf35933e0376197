import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../database/database.js';
import { type CapBook, capByCounters, type CapCounter, type CappedDraft, counterKey } from '../domain/caps.js';
import type { DraftBatch } from '../persistence/message-writer.js';
import { ADD_COUNTS, LOCK_COUNTS } from '../persistence/sql/send-counts.js';
import { SendCaps } from './send-caps.js';

/** What {@link CountCaps.block} looked at, for counting what is accepted in the end. */
export interface CapCount {
  day: string;
  drafts: readonly CappedDraft[];
}

/**
 * Caps per account and country, exact under any number of callers: their counters are locked before wallets. Where no cap is in force
 * nothing is counted, and it costs no statement.
 */
@Injectable()
export class CountCaps {
  constructor(private readonly caps: SendCaps) {}

  /** Blocks what goes past a cap. Locks the counters; undefined where there are none. */
  async block(tx: Tx, batches: readonly DraftBatch[], now: Date): Promise<CapCount | undefined> {
    const book = await this.caps.book();
    const drafts = batches.flatMap((batch) => cappedDrafts(batch, book));
    if (drafts.length === 0) return undefined;
    const day = now.toISOString().slice(0, 10);
    const counters = [...new Map(drafts.flatMap((one) => one.counters).map((one) => [counterKey(one), one])).values()];
    const rows = await tx.query<CapCounter & { sent: number }>(LOCK_COUNTS, [...columns(counters), day]);
    capByCounters(drafts, book, new Map(rows.map((row) => [counterKey(row), row.sent])));
    return { day, drafts };
  }

  /** Counts what was accepted after all: not what could not be paid. */
  async count(tx: Tx, counted: CapCount | undefined): Promise<void> {
    const sums = new Map<string, { counter: CapCounter; more: number }>();
    for (const { draft, counters } of counted?.drafts ?? []) {
      if (draft.state === 'blocked') continue;
      for (const counter of counters) {
        const sum = sums.get(counterKey(counter)) ?? { counter, more: 0 };
        sum.more++;
        sums.set(counterKey(counter), sum);
      }
    }
    if (sums.size === 0) return;
    const all = [...sums.values()];
    await tx.query(ADD_COUNTS, [
      ...columns(all.map(({ counter }) => counter)),
      counted!.day,
      all.map(({ more }) => more),
    ]);
  }
}

function cappedDrafts({ accountId, lane, drafts }: DraftBatch, book: CapBook): CappedDraft[] {
  const traffic = lane === 'otp' ? 'codes' : 'messages';
  return drafts
    .filter(({ state }) => state !== 'blocked')
    .map((draft) => ({ draft, counters: book.countersOf(accountId, traffic, draft.country) }))
    .filter(({ counters }) => counters.length > 0);
}

function columns(counters: readonly CapCounter[]): [string[], string[], string[]] {
  return [
    counters.map(({ accountId }) => accountId),
    counters.map(({ traffic }) => traffic),
    counters.map(({ country }) => country),
  ];
}
