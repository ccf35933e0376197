import { Injectable } from '@nestjs/common';
import { Clock } from '../../kernel/clock.js';
import { AccountFeatures } from '../accounts/index.js';
import { lackingRight, type LackingRight } from './domain/apology.js';
import { rightLacking } from './missed-calls.errors.js';

/** Whether an account may have apologies at all. Ask outside of a transaction. */
@Injectable()
export class ApologyRights {
  constructor(
    private readonly features: AccountFeatures,
    private readonly clock: Clock,
  ) {}

  /** Null: it may. */
  async lacking(accountId: string): Promise<LackingRight | null> {
    return lackingRight(await this.features.of(accountId, this.clock.now()));
  }

  /** Refuses: forbidden `apologies_not_included` or `sales_tools_missing`. */
  async require(accountId: string): Promise<void> {
    const lacking = await this.lacking(accountId);
    if (lacking) throw rightLacking(lacking);
  }
}
