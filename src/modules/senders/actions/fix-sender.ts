import { Injectable } from '@nestjs/common';
import { Database } from '../../../database/database.js';
import type { Actor } from '../../../gateway/index.js';
import { Clock } from '../../../kernel/clock.js';
import { MESSAGE_SOURCES, type MessageSource } from '../../../kernel/message-sources.js';
import { readSender } from '../../../kernel/sender.js';
import { AccountAudit, AccountsService } from '../../accounts/index.js';
import { SenderCache } from '../persistence/sender-cache.js';
import { invalidSender, sourceNotFound } from '../senders.errors.js';

export interface FixedSender {
  source: MessageSource;
  /** null: the platform's standard one. */
  sender: string | null;
  updatedAt: Date;
}

/** The kinds of traffic whose sender the platform fixes, whatever callers ask for. Other processes follow within seconds. */
@Injectable()
export class FixSender {
  constructor(
    private readonly database: Database,
    private readonly cache: SenderCache,
    private readonly accounts: AccountsService,
    private readonly audit: AccountAudit,
    private readonly clock: Clock,
  ) {}

  list(): Promise<FixedSender[]> {
    return this.database.query<FixedSender & Record<string, unknown>>(
      `SELECT source, sender, updated_at AS "updatedAt" FROM fixed_senders ORDER BY source`,
    );
  }

  /** Refuses an unknown source (not_found) and what is no sender. */
  async fix(actor: Actor, source: string, sender: string | null): Promise<FixedSender> {
    const known = readSource(source);
    const read = sender === null ? null : readSender(sender);
    if (sender !== null && !read) throw invalidSender();
    const fixed = { source: known, sender: read?.text ?? null, updatedAt: this.clock.now() };
    await this.write(actor, 'fixed_sender.set', fixed.source, fixed.sender, {
      text: `INSERT INTO fixed_senders (source, sender, updated_at) VALUES ($1, $2, $3)
             ON CONFLICT (source) DO UPDATE SET sender = EXCLUDED.sender, updated_at = EXCLUDED.updated_at RETURNING source`,
      values: [fixed.source, fixed.sender, fixed.updatedAt],
    });
    return fixed;
  }

  /** From now on callers choose. Refuses a source that is not fixed: not_found. */
  async release(actor: Actor, source: string): Promise<void> {
    await this.write(actor, 'fixed_sender.removed', readSource(source), null, {
      text: `DELETE FROM fixed_senders WHERE source = $1 RETURNING source`,
      values: [source],
    });
  }

  private async write(
    actor: Actor,
    action: string,
    source: MessageSource,
    sender: string | null,
    statement: { text: string; values: unknown[] },
  ): Promise<void> {
    const accountId = await this.accounts.platformAccountId();
    await this.database.transaction(async (tx) => {
      const rows = await tx.query(statement.text, statement.values);
      if (rows.length === 0) throw sourceNotFound();
      const subject = `fixed_sender:${source}`;
      await this.audit.record(tx, { accountId, actor, action, subject, details: { source, sender } });
      tx.afterCommit(() => this.cache.invalidate());
    });
  }
}

function readSource(source: string): MessageSource {
  const known = MESSAGE_SOURCES.find((one) => one === source);
  if (!known) throw sourceNotFound();
  return known;
}
