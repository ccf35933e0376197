import { Injectable } from '@nestjs/common';
import { Database } from '../../../database/database.js';
import type { Actor } from '../../../gateway/index.js';
import { Clock } from '../../../kernel/clock.js';
import { AccountAudit } from '../../accounts/index.js';
import { SenderRatesRepository } from '../persistence/sender-rates.repository.js';
import { type SenderRow, SendersRepository } from '../persistence/senders.repository.js';
import { senderNotFound } from '../senders.errors.js';

/** Says how much may leave under a sender in a second. Workers follow within seconds, for what is queued already, too. */
@Injectable()
export class PaceSender {
  constructor(
    private readonly database: Database,
    private readonly repository: SendersRepository,
    private readonly rates: SenderRatesRepository,
    private readonly audit: AccountAudit,
    private readonly clock: Clock,
  ) {}

  /** Null: no limit of its own. Refuses an unknown sender: not_found. */
  async run(accountId: string, id: string, actor: Actor, ratePerSecond: number | null): Promise<SenderRow> {
    const row = await this.repository.find(accountId, id);
    if (!row) throw senderNotFound();
    const { sender, country } = row;
    await this.database.transaction(async (tx) => {
      await this.rates.set(tx, { accountId, sender, country, source: null }, ratePerSecond, this.clock.now());
      const details = { sender, country, ratePerSecond };
      await this.audit.record(tx, { accountId, actor, action: 'sender.paced', subject: `sender:${id}`, details });
    });
    return { ...row, rate_per_second: ratePerSecond };
  }
}
