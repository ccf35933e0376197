import type { Tx } from '../../../database/database.js';
import { IdSequence } from '../../../kernel/ids.js';
import type { InboxReport } from '../../providers/index.js';
import type { DispatchSettings } from '../dispatch/dispatch-settings.js';
import type { ReportBatch } from '../domain/report-batch.js';
import type { ReportOutcome } from '../domain/report-effect.js';
import type { ReportMatch } from '../domain/report-match.js';
import type { LockedMessage } from '../persistence/locked-message.js';
import { DELETE_UNKNOWN, INSERT_UNKNOWN } from '../persistence/sql/unknown-outcomes.js';
import { CONFIRM_ATTEMPTS, WRITE_REPORTS } from '../persistence/sql/write-reports.js';

/** A report with what it was found to be about and what came of it. */
export interface ReportRecord {
  report: InboxReport;
  match: ReportMatch;
  outcome: ReportOutcome;
}

interface AppliedBatch {
  records: readonly ReportRecord[];
  batch: ReportBatch;
  messages: Map<string, LockedMessage>;
  /** Account under which reports are kept that belong to nobody. */
  platform: string;
}

/** Writes parts, and every report as it came. One statement. */
export async function writeReports(tx: Tx, { records, batch, platform }: AppliedBatch, now: Date): Promise<void> {
  const accountOf = accountsOf(matchedOf(records));
  const parts = batch.partChanges();
  const ids = new IdSequence(now);
  const about = ({ match }: ReportRecord) => (match.kind === 'parts' ? match : null);
  await tx.query(WRITE_REPORTS, [
    parts.map(({ attemptId }) => accountOf.get(attemptId)),
    parts.map(({ attemptId }) => attemptId),
    parts.map(({ partNo }) => partNo),
    parts.map(({ state }) => state),
    parts.map(({ errorCode }) => errorCode),
    parts.map(({ providerMessageId }) => providerMessageId),
    records.map((record) => about(record)?.accountId ?? platform),
    records.map(() => ids.next()),
    records.map((record) => about(record)?.messageId ?? null),
    records.map((record) => about(record)?.attemptId ?? null),
    records.map((record) => onlyPart(about(record)?.partNos)),
    records.map(({ report }) => report.providerId),
    records.map(({ report }) => report.providerMessageId),
    records.map(({ report }) => report.status),
    records.map(({ report }) => report.intermediate),
    records.map(({ report }) => report.errorCode),
    records.map(({ report }) => report.doneAt),
    records.map(({ report }) => report.raw),
    records.map(({ report }) => report.receivedAt),
    records.map(({ outcome }) => outcome),
    now,
  ]);
}

/** Keeps attempts and the list of unknown outcomes true to the messages, once these have moved. */
export async function followReports(
  tx: Tx,
  applied: AppliedBatch,
  settings: Pick<DispatchSettings, 'unknownMs'>,
  now: Date,
): Promise<void> {
  const matched = matchedOf(applied.records);
  await confirmAttempts(tx, applied.batch, accountsOf(matched), now);
  await followUnknown(tx, applied, matched, settings, now);
}

type Matched = Extract<ReportMatch, { kind: 'parts' }>;

const matchedOf = (records: readonly ReportRecord[]): Matched[] =>
  records.flatMap(({ match }) => (match.kind === 'parts' ? [match] : []));

const accountsOf = (matched: readonly Matched[]): Map<string, string> =>
  new Map(matched.map(({ attemptId, accountId }) => [attemptId, accountId]));

function onlyPart(partNos: readonly number[] | undefined): number | null {
  return partNos?.length === 1 ? partNos[0]! : null;
}

/** A part whose id was learned from a report was taken over after all. */
async function confirmAttempts(tx: Tx, batch: ReportBatch, accountOf: Map<string, string>, now: Date): Promise<void> {
  const learned = batch.partChanges().filter(({ providerMessageId }) => providerMessageId !== null);
  const attempts = [...new Set(learned.map(({ attemptId }) => attemptId))];
  if (attempts.length === 0) return;
  await tx.query(CONFIRM_ATTEMPTS, [attempts.map((attemptId) => accountOf.get(attemptId)), attempts, now]);
}

/** A message that is no longer unknown needs no explanation; one that a report made unknown does. */
async function followUnknown(
  tx: Tx,
  { batch, messages }: AppliedBatch,
  matched: readonly { messageId: string; attemptId: string }[],
  { unknownMs }: Pick<DispatchSettings, 'unknownMs'>,
  now: Date,
): Promise<void> {
  const moved = [...new Set(batch.rounds.flat().map(({ messageId }) => messageId))].map((id) => messages.get(id)!);
  const explained = moved.filter(({ state }) => state !== 'unknown');
  if (batch.mayExplain && explained.length > 0)
    await tx.query(DELETE_UNKNOWN, [explained.map(({ accountId }) => accountId), explained.map(({ id }) => id)]);
  const unknown = moved.filter(({ state }) => state === 'unknown');
  if (unknown.length === 0) return;
  const attemptOf = new Map(matched.map(({ messageId, attemptId }) => [messageId, attemptId]));
  await tx.query(INSERT_UNKNOWN, [
    unknown.map(({ accountId }) => accountId),
    unknown.map(({ id }) => id),
    unknown.map(({ id }) => attemptOf.get(id)),
    unknown.map(({ providerId }) => providerId),
    unknown.map(({ recipient }) => recipient),
    unknown.map(() => now),
    unknown.map(() => new Date(now.getTime() + unknownMs)),
  ]);
}
