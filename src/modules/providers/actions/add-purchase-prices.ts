import { Injectable } from '@nestjs/common';
import { Database } from '../../../database/database.js';
import type { Actor } from '../../../gateway/index.js';
import { Clock } from '../../../kernel/clock.js';
import { DomainError } from '../../../kernel/domain-error.js';
import { parseMicros } from '../../../kernel/money.js';
import { parseInstant } from '../../../kernel/time-window.js';
import { AccountAudit, AccountsService } from '../../accounts/index.js';
import type { PurchasePriceInput } from '../dto/purchase-price.dto.js';
import type { FullProviderRow } from '../persistence/providers.repository.js';
import { type PurchasePriceRow, PurchasePricesRepository } from '../persistence/purchase-prices.repository.js';

/**
 * Enters what a provider bills. Also for the past, because providers announce their prices late: nothing is charged by them, they
 * only tell what was earned. Not for a provider that an account owns: that one pays it.
 */
@Injectable()
export class AddPurchasePrices {
  constructor(
    private readonly database: Database,
    private readonly repository: PurchasePricesRepository,
    private readonly accounts: AccountsService,
    private readonly audit: AccountAudit,
    private readonly clock: Clock,
  ) {}

  /** Refuses the same prefix and instant twice (`duplicate_prefix`), and: conflict `provider_account_owned`. */
  async execute(provider: FullProviderRow, prices: readonly PurchasePriceInput[], actor: Actor): Promise<void> {
    if (provider.owner_account_id !== null) throw new DomainError('conflict', 'provider_account_owned');
    const rows = read(prices, this.clock.now());
    const accountId = await this.accounts.platformAccountId();
    await this.database.transaction(async (tx) => {
      await this.repository.upsert(tx, provider.id, rows);
      const action = 'provider.purchase_prices_added';
      await this.audit.record(tx, {
        accountId,
        actor,
        action,
        subject: `provider:${provider.id}`,
        details: { prices },
      });
    });
  }
}

function read(prices: readonly PurchasePriceInput[], now: Date): PurchasePriceRow[] {
  const keys = new Set<string>();
  return prices.map(({ prefix, amount, currency, validFrom: from }, index) => {
    const validFrom = from === undefined ? now : parseInstant(from);
    const key = `${prefix} ${validFrom.getTime()}`;
    const errors = [{ pointer: `/prices/${index}/prefix`, code: 'duplicate_prefix' }];
    if (keys.has(key)) throw new DomainError('invalid', 'validation_failed', { errors });
    keys.add(key);
    return { prefix, priceMicros: parseMicros(amount), currency, validFrom };
  });
}
