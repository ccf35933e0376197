import { Injectable } from '@nestjs/common';
import { Database } from '../../../database/database.js';
import { type Actor, isUniqueViolation } from '../../../gateway/index.js';
import { Clock } from '../../../kernel/clock.js';
import { newId } from '../../../kernel/ids.js';
import { readSender } from '../../../kernel/sender.js';
import { AccountAudit } from '../../accounts/index.js';
import type { RequestSenderDto } from '../dto/sender.dto.js';
import { type SenderRow, SendersRepository } from '../persistence/senders.repository.js';
import { countryRequired, invalidSender, senderExists, senderIsStandard, tooManySenders } from '../senders.errors.js';
import { SendersService } from '../senders.service.js';

/** Most requested and approved names of an account together. */
const MAX_ACTIVE = 100;

/** Asks the operator for a name. Nothing may show it before it is approved. */
@Injectable()
export class RequestSender {
  constructor(
    private readonly database: Database,
    private readonly repository: SendersRepository,
    private readonly senders: SendersService,
    private readonly audit: AccountAudit,
    private readonly clock: Clock,
  ) {}

  /** Refuses what is no sender, a short code without its country, the platform's standard name, and what was requested or approved before. */
  async run(accountId: string, actor: Actor, input: RequestSenderDto): Promise<SenderRow> {
    const read = readSender(input.sender);
    if (!read) throw invalidSender();
    const country = input.country ?? null;
    if (read.kind === 'short_code' && country === null) throw countryRequired();
    if (read.text === (await this.senders.standard())) throw senderIsStandard();
    const now = this.clock.now();
    const row = {
      account_id: accountId,
      id: newId(now),
      sender: read.text,
      country,
      purpose: input.purpose ?? null,
      as_default: input.asDefault ?? false,
      requested_at: now,
    };
    try {
      return await this.database.transaction(async (tx) => {
        if ((await this.repository.countActive(tx, accountId)) >= MAX_ACTIVE) throw tooManySenders(MAX_ACTIVE);
        const written = await this.repository.insert(tx, row);
        const subject = `sender:${row.id}`;
        const details = { sender: row.sender, country, asDefault: row.as_default };
        await this.audit.record(tx, { accountId, actor, action: 'sender.requested', subject, details });
        return written;
      });
    } catch (error) {
      if (isUniqueViolation(error, 'senders_one_active')) throw senderExists();
      throw error;
    }
  }
}
