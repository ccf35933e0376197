import { Injectable } from '@nestjs/common';
import type { Tx } from '../../database/database.js';
import type { AccountSnapshot } from './domain/account.js';

/** Runs in the transaction that opens the account: throwing refuses the account. */
export type AccountOpened = (tx: Tx, account: AccountSnapshot, now: Date) => Promise<void>;

/**
 * Every account, however it comes (registration, the operator, a portal, the platform's own), opens with whatever
 * other modules owe it: a wallet, a default tariff. They subscribe in `onModuleInit`; accounts knows none of them.
 */
@Injectable()
export class AccountOpenings {
  private readonly listeners: AccountOpened[] = [];

  subscribe(listener: AccountOpened): void {
    this.listeners.push(listener);
  }

  /** Tells the listeners one after another, in the order of their subscription. */
  async announce(tx: Tx, account: AccountSnapshot, now: Date): Promise<void> {
    for (const listener of this.listeners) await listener(tx, account, now);
  }
}
