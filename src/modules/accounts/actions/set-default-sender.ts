import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../database/database.js';
import { Clock } from '../../../kernel/clock.js';
import { AccountsService } from '../accounts.service.js';
import { AccountsRepository } from '../persistence/accounts.repository.js';

/** Makes a sender an account's default. Whether it is approved, and the trail, are the caller's business. */
@Injectable()
export class SetDefaultSender {
  constructor(
    private readonly accounts: AccountsRepository,
    private readonly service: AccountsService,
    private readonly clock: Clock,
  ) {}

  /** `sender: null` is the platform's standard one. With `instead`, only if that is the default now. The default from now on, or undefined when nothing changed. */
  async run(
    tx: Tx,
    accountId: string,
    change: { sender: string | null; instead?: string },
  ): Promise<string | undefined> {
    const sender = await this.accounts.setDefaultSender(tx, accountId, change, this.clock.now());
    tx.afterCommit(() => this.service.forget(accountId));
    return sender;
  }
}
