import type { Database } from '../../src/database/database.js';
import { SYSTEM_ACTOR } from '../../src/gateway/index.js';
import { DomainError } from '../../src/kernel/domain-error.js';
import { newId } from '../../src/kernel/ids.js';
import type { Currency, Micros } from '../../src/kernel/money.js';
import { AccountAudit } from '../../src/modules/accounts/index.js';
import { CloseMonthAction } from '../../src/modules/acts/actions/close-month.js';
import { IssueActs } from '../../src/modules/acts/actions/issue-acts.js';
import { findSellerByCode, type LegalEntityRow } from '../../src/modules/invoices/index.js';
import type { LedgerService, SettleKind } from '../../src/modules/wallets/index.js';
import { FakeClock } from './clock.js';

/** A message that was used: paid for out of the wallet. */
export interface UsedMessage {
  id: string;
  walletId: string;
  priceMicros: Micros;
  parts: number;
}

/** What acts are made of, at times of one's own: sellers, payers, payments, usage, refunds. All money goes through the ledger. */
export class Books {
  constructor(
    private readonly database: Database,
    private readonly ledger: LedgerService,
    private readonly currency: Currency = 'EUR',
  ) {}

  /** A Greek company that sells in euros. */
  async seller(code: string): Promise<LegalEntityRow> {
    await this.database.query(
      `INSERT INTO legal_entities (id, code, country, currency, name, tax_number, address, bank, vat_regime, series, time_zone,
                                   created_at, updated_at)
       VALUES ($1, $2, 'GR', $3, $2, '094014201', 'Athens', '{"accountNumber": "GR16", "bankName": "Bank", "bic": "CRBAGRAA"}',
               'standard', 'K', 'Europe/Athens', now(), now())`,
      [newId(), code, this.currency],
    );
    return (await findSellerByCode(this.database, code))!;
  }

  async payer(accountId: string): Promise<string> {
    const id = newId();
    await this.database.query(
      `INSERT INTO payers (account_id, id, country, name, tax_number, address, created_at, updated_at)
       VALUES ($1, $2, 'GR', 'Payer', $3, 'Athens', now(), now())`,
      [accountId, id, id.slice(-12).toUpperCase()],
    );
    return id;
  }

  /** Money from the bank; its payer is settled at once when one is given. */
  async pay(
    accountId: string,
    seller: LegalEntityRow,
    { micros, at, payerId }: { micros: Micros; at: Date; payerId?: string },
  ): Promise<string> {
    const id = newId();
    await this.database.transaction(async (tx) => {
      const change = {
        accountId,
        currency: this.currency,
        micros,
        idempotencyKey: id,
        subject: { kind: 'payment', id },
      };
      const { entryId } = await this.ledger.topUp(tx, { ...change, from: 'bank' }, at);
      await tx.query(
        `INSERT INTO payments (account_id, id, legal_entity_id, currency, amount_micros, received_on, bank_reference, entry_id, created_at)
         VALUES ($1, $2, $3, $4, $5, $6::timestamptz::date, $2::uuid::text, $7, $6)`,
        [accountId, id, seller.id, this.currency, micros, at, entryId],
      );
      if (payerId)
        await tx.query(
          `INSERT INTO act_payers (account_id, payment_id, payer_id, created_at) VALUES ($1, $2, $3, $4)`,
          [accountId, id, payerId, at],
        );
    });
    return id;
  }

  /** A message that was held and captured; null where there were no funds. */
  async use(
    accountId: string,
    { micros, parts, at }: { micros: Micros; parts: number; at: Date },
  ): Promise<UsedMessage | null> {
    const id = newId();
    const subject = { kind: 'message', id };
    return this.database.transaction(async (tx) => {
      const item = { accountId, itemKey: id, currency: this.currency, priceMicros: micros };
      const batch = { batchKey: id, onInsufficientFunds: 'partial' as const, items: [item], subject };
      const decision = (await this.ledger.placeHolds(tx, [batch], at)).get(id)!;
      if (!decision.held) return null;
      const message = { id, walletId: decision.walletId, priceMicros: micros, parts };
      const entryId = newId();
      await this.settle(tx, 'capture', accountId, message, entryId, at);
      await tx.query(
        `INSERT INTO messages (account_id, id, source, lane, recipient, encoding, parts, price_micros, currency, charge_on,
                               refund_undelivered, wallet_id, charge_state, hold_entry_id, settle_entry_id, state,
                               delivery_policy, window_action, due_at, valid_until, created_at, state_at)
         VALUES ($1, $2, 'api', 'transactional', '306912345678', 'gsm7', $3, $4, $5, 'submit', true, $6, 'captured', $7, $8,
                 'submitted', 'at_most_once', 'wait', $9, $9, $9, $9)`,
        [accountId, id, parts, micros, this.currency, decision.walletId, decision.holdEntryId, entryId, at],
      );
      return message;
    });
  }

  /** A service that is paid at once, with the period that it was bought for; false where there were no funds. */
  async buy(accountId: string, { micros, at }: { micros: Micros; at: Date }): Promise<boolean> {
    const id = newId();
    const change = {
      accountId,
      currency: this.currency,
      micros,
      idempotencyKey: id,
      subject: { kind: 'subscription', id },
    };
    try {
      await this.database.transaction(async (tx) => {
        const { entryId } = await this.ledger.purchase(tx, { ...change, details: { service: 'support_request' } }, at);
        const period = [accountId, id, at, new Date(at.getTime() + 86_400_000), this.currency, micros];
        await tx.query(
          `INSERT INTO subscriptions (account_id, id, service_id, kind, status, bought_by, time_zone, anchor_day, currency, price_micros,
                                      period_no, period_start, period_end, ended_at, created_at, updated_at)
           SELECT $1, $2, id, 'one_off', 'ended', 'staff', 'UTC', '2026-01-01', $5, $6, 1, $3, $4, $4, $3, $3
           FROM services WHERE code = 'support_request'`,
          period,
        );
        await tx.query(
          `INSERT INTO subscription_periods (account_id, subscription_id, period_no, starts_at, ends_at, currency, price_micros, entry_id, charged_at)
           VALUES ($1, $2, 1, $3, $4, $5, $6, $7, $3)`,
          [...period, entryId],
        );
      });
      return true;
    } catch (error) {
      if (error instanceof DomainError && error.code === 'insufficient_funds') return false;
      throw error;
    }
  }

  async refund(accountId: string, message: UsedMessage, at: Date): Promise<void> {
    const entryId = newId();
    await this.database.transaction(async (tx) => {
      await this.settle(tx, 'refund', accountId, message, entryId, at);
      await tx.query(
        `UPDATE messages SET charge_state = 'refunded', state = 'undelivered', refund_entry_id = $3 WHERE account_id = $1 AND id = $2`,
        [accountId, message.id, entryId],
      );
    });
  }

  /** Closes all months up to one, at an instant. */
  close(
    accountId: string,
    seller: LegalEntityRow,
    month: string,
    at: Date,
  ): Promise<{ closed: number; issued: number }> {
    const clock = new FakeClock(at);
    const issuing = new IssueActs(this.database, clock, new CloseMonthAction(clock, new AccountAudit(clock)));
    return issuing.closeThrough(accountId, seller, month, SYSTEM_ACTOR);
  }

  private async settle(
    tx: Parameters<LedgerService['settle']>[0],
    kind: SettleKind,
    accountId: string,
    { id, walletId, priceMicros, parts }: UsedMessage,
    entryId: string,
    at: Date,
  ): Promise<void> {
    const move = {
      kind,
      accountId,
      walletId,
      entryId,
      micros: priceMicros,
      count: 1,
      parts,
      idempotencyKey: `${kind}:${id}`,
      subject: { kind: 'message', id },
    };
    await this.ledger.settle(tx, [move], at);
  }
}
