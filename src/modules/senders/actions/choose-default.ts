import { Injectable } from '@nestjs/common';
import { Database } from '../../../database/database.js';
import type { Actor } from '../../../gateway/index.js';
import { AccountAudit, SetDefaultSender } from '../../accounts/index.js';
import { SendersRepository } from '../persistence/senders.repository.js';
import { senderNotFound, senderState } from '../senders.errors.js';

/** Chooses the sender of messages that name none, among what is approved. */
@Injectable()
export class ChooseDefault {
  constructor(
    private readonly database: Database,
    private readonly repository: SendersRepository,
    private readonly setDefault: SetDefaultSender,
    private readonly audit: AccountAudit,
  ) {}

  /** `id: null` is the platform's standard sender. Refuses an unknown one (not_found) and one that is not approved: conflict `sender_state`. */
  async run(accountId: string, actor: Actor, id: string | null): Promise<string> {
    return this.database.transaction(async (tx) => {
      const named = id === null ? [] : await this.repository.lockName(tx, accountId, id);
      const chosen = named.find((row) => row.id === id);
      if (id !== null && !chosen) throw senderNotFound();
      if (chosen && chosen.status !== 'approved') throw senderState(chosen.status);
      const sender = (await this.setDefault.run(tx, accountId, { sender: chosen?.sender ?? null }))!;
      const subject = `account:${accountId}`;
      await this.audit.record(tx, { accountId, actor, action: 'sender.default_chosen', subject, details: { sender } });
      return sender;
    });
  }
}
