import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../../database/database.js';
import type { Actor } from '../../../gateway/index.js';
import { Clock } from '../../../kernel/clock.js';
import { MESSAGE_SOURCES, type MessageSource } from '../../../kernel/message-sources.js';
import { readSender } from '../../../kernel/sender.js';
import { AccountAudit, AccountsService } from '../../accounts/index.js';
import { SenderCache } from '../persistence/sender-cache.js';
import { type RateOwner, SenderRatesRepository } from '../persistence/sender-rates.repository.js';
import { invalidSender, sourceNotFound } from '../senders.errors.js';

export interface FixedSender {
  source: MessageSource;
  /** null: the platform's standard one. */
  sender: string | null;
  updatedAt: Date;
  /** What of this kind may leave in a second; null: no limit of its own. */
  ratePerSecond: number | null;
}

const COLUMNS = `source, sender, updated_at AS "updatedAt",
  (SELECT r.rate_per_second FROM sender_rates r WHERE r.source = fixed_senders.source) AS "ratePerSecond"`;

/** The kinds of traffic whose sender the platform fixes, whatever callers ask for. Other processes follow within seconds. */
@Injectable()
export class FixSender {
  constructor(
    private readonly database: Database,
    private readonly cache: SenderCache,
    private readonly rates: SenderRatesRepository,
    private readonly accounts: AccountsService,
    private readonly audit: AccountAudit,
    private readonly clock: Clock,
  ) {}

  list(): Promise<FixedSender[]> {
    return this.database.query<FixedSender & Record<string, unknown>>(
      `SELECT ${COLUMNS} FROM fixed_senders ORDER BY source`,
    );
  }

  /** Refuses an unknown source (not_found) and what is no sender. */
  async fix(actor: Actor, source: string, sender: string | null): Promise<FixedSender> {
    const known = readSource(source);
    const read = sender === null ? null : readSender(sender);
    if (sender !== null && !read) throw invalidSender();
    const shown = read?.text ?? null;
    return this.write(
      actor,
      'fixed_sender.set',
      { source: known, sender: shown },
      {
        text: `INSERT INTO fixed_senders (source, sender, updated_at) VALUES ($1, $2, $3)
             ON CONFLICT (source) DO UPDATE SET sender = EXCLUDED.sender, updated_at = EXCLUDED.updated_at RETURNING ${COLUMNS}`,
        values: [known, shown, this.clock.now()],
      },
    );
  }

  /** Null: no limit of its own. Refuses a source that is not fixed: not_found. */
  async pace(actor: Actor, source: string, perSecond: number | null): Promise<FixedSender> {
    const known = readSource(source);
    const accountId = await this.accounts.platformAccountId();
    return this.database.transaction(async (tx) => {
      const [row] = await tx.query<FixedSender & Record<string, unknown>>(
        `SELECT ${COLUMNS} FROM fixed_senders WHERE source = $1 FOR SHARE`,
        [known],
      );
      if (!row) throw sourceNotFound();
      await this.rates.set(tx, rateOf(known), perSecond, this.clock.now());
      const details = { source, ratePerSecond: perSecond };
      const subject = `fixed_sender:${source}`;
      await this.audit.record(tx, { accountId, actor, action: 'fixed_sender.paced', subject, details });
      return { ...row, ratePerSecond: perSecond };
    });
  }

  /** From now on callers choose. Refuses a source that is not fixed: not_found. */
  async release(actor: Actor, source: string): Promise<void> {
    const known = readSource(source);
    const statement = { text: `DELETE FROM fixed_senders WHERE source = $1 RETURNING ${COLUMNS}`, values: [known] };
    await this.write(actor, 'fixed_sender.removed', { source: known, sender: null }, statement, (tx) =>
      this.rates.set(tx, rateOf(known), null, this.clock.now()),
    );
  }

  private async write(
    actor: Actor,
    action: string,
    details: { source: MessageSource; sender: string | null },
    statement: { text: string; values: unknown[] },
    also: (tx: Tx) => Promise<void> = () => Promise.resolve(),
  ): Promise<FixedSender> {
    const accountId = await this.accounts.platformAccountId();
    return this.database.transaction(async (tx) => {
      const [row] = await tx.query<FixedSender & Record<string, unknown>>(statement.text, statement.values);
      if (!row) throw sourceNotFound();
      await also(tx);
      const subject = `fixed_sender:${details.source}`;
      await this.audit.record(tx, { accountId, actor, action, subject, details });
      tx.afterCommit(() => this.cache.invalidate());
      return row;
    });
  }
}

const rateOf = (source: MessageSource): RateOwner => ({ accountId: null, sender: null, country: null, source });

function readSource(source: string): MessageSource {
  const known = MESSAGE_SOURCES.find((one) => one === source);
  if (!known) throw sourceNotFound();
  return known;
}
