import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../database/database.js';
import { MAX_FOREIGN_ID, storable } from '../../database/storable-text.js';
import { newId } from '../../kernel/ids.js';
import { type InboxRow, toInboxReport } from './persistence/inbox-row.js';
import { APPEND_REPORTS } from './persistence/sql/append-reports.js';
import { FINISH_REPORTS } from './persistence/sql/finish-reports.js';
import { PARK_REPORTS } from './persistence/sql/park-reports.js';
import { TAKE_REPORTS } from './persistence/sql/take-reports.js';
import type { ProviderReport } from './sms-provider.js';

/** A report that waits to be applied. */
export interface InboxReport extends ProviderReport {
  /** Of this row; a report that a provider repeats is a row each time. */
  id: string;
  providerId: string;
  /** How often it was parked. */
  tries: number;
}

/**
 * Where delivery reports are durable before a provider is told that we have them. Whoever applies them takes a batch, applies
 * it and finishes it in one transaction; what matches nothing yet (a report may overtake the answer to its submit) is parked.
 */
@Injectable()
export class ReportInbox {
  private readonly listeners = new Set<() => void>();

  constructor(private readonly database: Database) {}

  /** Resolves when the reports are committed: acknowledge them then, and not before. One statement. */
  async append(reports: readonly (ProviderReport & { providerId: string })[], now: Date): Promise<void> {
    if (reports.length === 0) return;
    const column = <K extends keyof (typeof reports)[number]>(key: K) => reports.map((report) => report[key] ?? null);
    await this.database.query(APPEND_REPORTS, [
      // Made without `now`: ids of one millisecond are then in order, and a report may correct the one before it.
      reports.map(() => newId()),
      column('providerId'),
      reports.map(({ providerMessageId }) => storable(providerMessageId, MAX_FOREIGN_ID)),
      column('status'),
      column('intermediate'),
      reports.map(({ clientReference }) => storable(clientReference, MAX_FOREIGN_ID)),
      column('partNo'),
      reports.map(({ from }) => storable(from)),
      reports.map(({ to }) => storable(to)),
      reports.map(({ errorCode }) => storable(errorCode)),
      column('doneAt'),
      reports.map(({ costMicros }) => costMicros?.toString() ?? null),
      column('currency'),
      reports.map(({ operator }) => storable(operator)),
      reports.map(({ raw }) => storable(raw)),
      column('receivedAt'),
      reports.map(({ optedOut }) => optedOut ?? false),
      now,
    ]);
    for (const listener of this.listeners) listener();
  }

  /** A wake-up hint within this process; the inbox is polled all the same. Returns how to stop listening. */
  onAppended(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Due reports, oldest first, locked until the transaction ends; those that another worker has are skipped. */
  async take(tx: Tx, limit: number, now: Date): Promise<InboxReport[]> {
    const rows = await tx.query<InboxRow>(TAKE_REPORTS, [limit, now]);
    return rows.map(toInboxReport);
  }

  /** Removes what was applied, or recorded as not applicable. */
  async finish(tx: Tx, ids: readonly string[]): Promise<void> {
    if (ids.length > 0) await tx.query(FINISH_REPORTS, [ids]);
  }

  /** Puts back what matches nothing yet, and counts the try. */
  async park(tx: Tx, ids: readonly string[], nextTryAt: Date): Promise<void> {
    if (ids.length > 0) await tx.query(PARK_REPORTS, [ids, nextTryAt]);
  }
}
