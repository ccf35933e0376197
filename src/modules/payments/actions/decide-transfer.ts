import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../../database/database.js';
import { Clock } from '../../../kernel/clock.js';
import type { Currency } from '../../../kernel/money.js';
import { AccountAudit, AccountsService, type Actor } from '../../accounts/index.js';
import { AllocatePaymentAction } from '../../invoices/index.js';
import { LedgerService } from '../../wallets/index.js';
import { reasonToWait } from '../domain/line-outcome.js';
import { paymentNotFound } from '../payments.errors.js';
import { lockPayment } from '../payments.repository.js';
import { type TransferRow, TransfersRepository } from '../persistence/transfers.repository.js';
import {
  paymentReversed,
  reversalDiffers,
  transferDecided,
  transferNotFound,
  transferNotIncoming,
  transferNotReversal,
} from '../statements.errors.js';
import { RecordPaymentAction } from './record-payment.js';

/**
 * What ops decides of a transfer that waits. Decided once: the row is locked, and a second decision is refused (`transfer_decided`), also one
 * that comes at the same moment.
 */
@Injectable()
export class DecideTransfer {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly accounts: AccountsService,
    private readonly audit: AccountAudit,
    private readonly ledger: LedgerService,
    private readonly allocate: AllocatePaymentAction,
    private readonly record: RecordPaymentAction,
    private readonly transfers: TransfersRepository,
  ) {}

  /** The money is this account's: credited as if it had been recorded by hand, under the bank's reference. */
  async credit(id: string, to: { accountId: string; invoiceId?: string }, actor: Actor): Promise<TransferRow> {
    return this.database.transaction(async (tx) => {
      const transfer = await this.lockWaiting(tx, id);
      const reason = reasonToWait(transfer);
      if (reason !== null && reason !== 'batch_not_split') throw transferNotIncoming();
      const paymentId = await this.record.run(tx, {
        ...to,
        actor,
        seller: transfer.seller,
        currency: transfer.currency as Currency,
        amountMicros: transfer.amount_micros,
        receivedOn: transfer.booked_on,
        payerName: transfer.party_name ?? undefined,
        purpose: transfer.purpose,
        bankReference: transfer.reference,
      });
      const { accountId } = to;
      if (transfer.party_account && reason === null)
        await this.transfers.rememberPayers(tx, [
          { legalEntityId: transfer.legal_entity_id, bankAccount: transfer.party_account, accountId },
        ]);
      return this.decide(tx, transfer, actor, { state: 'credited', accountId, paymentId, note: null });
    });
  }

  /** The bank took this payment back: its money leaves the wallet, whatever is left there, and its invoices are uncovered again. */
  async reverse(id: string, payment: { accountId: string; paymentId: string }, actor: Actor): Promise<TransferRow> {
    const { accountId, paymentId } = payment;
    return this.database.transaction(async (tx) => {
      const transfer = await this.lockWaiting(tx, id);
      if (reasonToWait(transfer) !== 'reversal') throw transferNotReversal();
      const row = await lockPayment(tx, accountId, paymentId);
      if (!row) throw paymentNotFound();
      if (row.reversed_at) throw paymentReversed();
      if (
        row.legal_entity_id !== transfer.legal_entity_id ||
        row.currency !== transfer.currency ||
        row.amount_micros !== transfer.amount_micros
      )
        throw reversalDiffers();
      await this.allocate.removeAll(tx, accountId, paymentId);
      const { entryId } = await this.ledger.reverseTopUp(
        tx,
        {
          accountId,
          currency: row.currency,
          micros: row.amount_micros,
          idempotencyKey: `payment-reversal:${paymentId}`,
          subject: { kind: 'payment', id: paymentId },
          details: { transferId: id },
        },
        this.clock.now(),
      );
      await this.audit.record(tx, {
        accountId,
        actor,
        action: 'payment.reversed',
        subject: `payment:${paymentId}`,
        details: { entryId, transferId: id },
      });
      return this.decide(tx, transfer, actor, { state: 'reversed', accountId, paymentId, note: null });
    });
  }

  /** Not for any account: nothing moves, and the reason stays. */
  async dismiss(id: string, note: string, actor: Actor): Promise<TransferRow> {
    return this.database.transaction(async (tx) => {
      const transfer = await this.lockWaiting(tx, id);
      return this.decide(tx, transfer, actor, { state: 'dismissed', accountId: null, paymentId: null, note });
    });
  }

  private async lockWaiting(tx: Tx, id: string): Promise<TransferRow> {
    const transfer = await this.transfers.lock(tx, id);
    if (!transfer) throw transferNotFound();
    if (transfer.state !== 'waiting') throw transferDecided(transfer.payment_id);
    return transfer;
  }

  private async decide(
    tx: Tx,
    { id, wait_reason }: TransferRow,
    actor: Actor,
    decision: Omit<Parameters<TransfersRepository['decide']>[2], 'decidedBy'>,
  ): Promise<TransferRow> {
    await this.transfers.decide(tx, id, { ...decision, decidedBy: actor.id }, this.clock.now());
    const { state, note, paymentId } = decision;
    await this.audit.record(tx, {
      accountId: await this.accounts.platformAccountId(),
      actor,
      action: `bank_transfer.${state}`,
      subject: `bank_transfer:${id}`,
      details: { waitedFor: wait_reason, ...(note ? { note } : {}), ...(paymentId ? { paymentId } : {}) },
    });
    return (await this.transfers.find(id, tx))!;
  }
}
