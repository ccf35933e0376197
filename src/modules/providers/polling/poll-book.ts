import { Database, type Tx } from '../../../database/database.js';
import { MAX_FOREIGN_ID, storable } from '../../../database/storable-text.js';
import { newId } from '../../../kernel/ids.js';
import type { ProviderKind } from '../domain/provider.js';
import { type DuePoll, END_POLLS, INSERT_POLLS, TAKE_POLLS } from '../persistence/sql/status-polls.js';
import type { StatusQuery } from '../sms-provider.js';

/** First question so long after the send, and after each answer that is not final twice as long, up to an hour. */
const FIRST_ASK_MS = 10_000;
const LONGEST_PAUSE_MS = 3_600_000;
/** After this nobody reports any more; what becomes of the message is not ours to say. */
const GIVE_UP_MS = 72 * 3_600_000;
/** Sends of which not even an id is known are asked about so often, in case the provider knows our reference. */
const MOST_ASKS_WITHOUT_ID = 8;

export interface PollLimits {
  /** Messages of one provider in one round. */
  perProvider: number;
  /** Whose: all providers of these kinds, or these providers. */
  of: readonly ProviderKind[] | { providerIds: readonly string[] };
}

/** Messages whose state has to be asked for. In the database before the outcome is known above: a kill forgets none. */
export class PollBook {
  private waiting: { providerId: string; queries: StatusQuery[]; done: (error?: unknown) => void }[] = [];
  private writing = false;

  constructor(
    private readonly database: Database,
    private readonly now: () => Date,
  ) {}

  /** Resolves when the messages are committed. Calls that come while a statement runs share the next one. */
  add(providerId: string, queries: StatusQuery[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ providerId, queries, done: (error) => (error ? reject(error) : resolve()) });
      if (!this.writing) void this.write();
    });
  }

  /** What is due, each put off for as long as the answer may take to come again: nobody else asks meanwhile. */
  async take({ perProvider, of }: PollLimits): Promise<DuePoll[]> {
    const whose = 'providerIds' in of ? [[], of.providerIds] : [of, []];
    return this.database.query<DuePoll>(TAKE_POLLS, [
      this.now(),
      perProvider,
      FIRST_ASK_MS,
      LONGEST_PAUSE_MS,
      ...whose,
    ]);
  }

  async end(ids: readonly string[]): Promise<void> {
    if (ids.length > 0) await this.database.query(END_POLLS, [ids]);
  }

  /** Whether it is no use asking about this one again. */
  isOver({ asked, since, providerMessageId }: DuePoll): boolean {
    if (this.now().getTime() - since.getTime() > GIVE_UP_MS) return true;
    return providerMessageId === '' && asked >= MOST_ASKS_WITHOUT_ID;
  }

  private async write(): Promise<void> {
    this.writing = true;
    while (this.waiting.length > 0) {
      const group = this.waiting.splice(0);
      const error = await this.insert(
        group.flatMap(({ providerId, queries }) => queries.map((query) => ({ providerId, ...query }))),
      ).then(
        () => undefined,
        (failure: unknown) => failure,
      );
      for (const { done } of group) done(error);
    }
    this.writing = false;
  }

  private insert(rows: readonly OpenQuestion[]): Promise<void> {
    return askLater(this.database, rows, this.now());
  }
}

/** A message whose provider is to be asked about it. */
export type OpenQuestion = StatusQuery & { providerId: string };

/** Has providers asked; also of those that report by themselves, when a report is missing. In the caller's transaction. */
export async function askLater(tx: Pick<Tx, 'query'>, rows: readonly OpenQuestion[], now: Date): Promise<void> {
  await tx.query(INSERT_POLLS, [
    rows.map(() => newId(now)),
    rows.map(({ providerId }) => providerId),
    rows.map(({ clientReference }) => clientReference),
    rows.map(({ providerMessageId }) => storable(providerMessageId, MAX_FOREIGN_ID)),
    rows.map(({ to }) => to),
    now,
    new Date(now.getTime() + FIRST_ASK_MS),
  ]);
}
