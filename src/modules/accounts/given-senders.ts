import { Injectable } from '@nestjs/common';
import type { Tx } from '../../database/database.js';
import type { Actor } from '../../gateway/index.js';

export interface GivenSender {
  accountId: string;
  sender: string;
  actor: Actor;
}

/** Runs in the transaction in which the operator gives an account its default sender: throwing refuses the change. */
export type SenderGiven = (tx: Tx, given: GivenSender, now: Date) => Promise<void>;

/** What the operator gives is approved by that: whoever keeps the registry of senders subscribes here in `onModuleInit`. */
@Injectable()
export class GivenSenders {
  private readonly listeners: SenderGiven[] = [];

  subscribe(listener: SenderGiven): void {
    this.listeners.push(listener);
  }

  async announce(tx: Tx, given: GivenSender, now: Date): Promise<void> {
    for (const listener of this.listeners) await listener(tx, given, now);
  }
}
