import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../database/database.js';
import type { InboxReport } from '../../providers/index.js';
import { DispatchSettings } from '../dispatch/dispatch-settings.js';
import type { PartCandidate } from '../domain/report-match.js';
import { FIND_UNKNOWN_BY_ATTEMPT, FIND_UNKNOWN_BY_RECIPIENT } from '../persistence/sql/unknown-outcomes.js';

/** The unknown outcome that a report explains. */
export type Guess = Omit<PartCandidate, 'partNo'>;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Looks for unknown outcomes that reports without a match belong to: by our own reference, which is certain, else by provider,
 * recipient, sender and time, and then only when exactly one fits and the report has waited long enough that it cannot belong
 * to a submit whose answer is still on its way.
 */
@Injectable()
export class GuessUnknown {
  constructor(private readonly settings: DispatchSettings) {}

  /** Per report, what it explains, or null. */
  async execute(
    tx: Tx,
    reports: readonly InboxReport[],
    candidates: readonly PartCandidate[][],
    now: Date,
  ): Promise<(Guess | null)[]> {
    const guesses: (Guess | null)[] = reports.map(() => null);
    const open = reports.flatMap((report, index) => (candidates[index]!.length === 0 ? [{ report, index }] : []));
    if (open.length === 0) return guesses;
    await this.byReference(tx, open, guesses);
    await this.byRecipient(
      tx,
      open.filter(({ index }) => guesses[index] === null),
      guesses,
      now,
    );
    return guesses;
  }

  private async byReference(tx: Tx, open: readonly Open[], guesses: (Guess | null)[]): Promise<void> {
    const named = open.filter(
      ({ report }) => report.clientReference !== undefined && UUID.test(report.clientReference),
    );
    if (named.length === 0) return;
    const rows = await tx.query<Guess>(FIND_UNKNOWN_BY_ATTEMPT, [named.map(({ report }) => report.clientReference)]);
    const found = new Map(rows.map((row) => [row.attemptId, row]));
    for (const { report, index } of named) guesses[index] = found.get(report.clientReference!) ?? null;
  }

  private async byRecipient(tx: Tx, open: readonly Open[], guesses: (Guess | null)[], now: Date): Promise<void> {
    const waited = (report: InboxReport) => now.getTime() - report.receivedAt.getTime() >= this.settings.guessAfterMs;
    const ripe = open.filter(({ report }) => report.to !== undefined && report.from !== undefined && waited(report));
    if (ripe.length === 0) return;
    const rows = await tx.query<Guess & { index: number }>(FIND_UNKNOWN_BY_RECIPIENT, [
      ripe.map(({ report }) => report.to),
      ripe.map(({ report }) => report.providerId),
      ripe.map(({ report }) => report.from),
      ripe.map(({ report }) => report.receivedAt),
    ]);
    for (const row of rows)
      if (rows.filter(({ index }) => index === row.index).length === 1) guesses[ripe[row.index]!.index] = row;
  }
}

interface Open {
  report: InboxReport;
  index: number;
}
