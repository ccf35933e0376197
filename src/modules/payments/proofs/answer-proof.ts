import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../database/database.js';
import { writeOutbox } from '../../../database/outbox.js';
import { Clock } from '../../../kernel/clock.js';
import { DomainError } from '../../../kernel/domain-error.js';
import { AccountAudit, AccountsService, type Actor } from '../../accounts/index.js';
import { type RecordPayment, RecordPaymentAction } from '../actions/record-payment.js';
import { findPayment } from '../payments.repository.js';
import { proofAnswered, proofNotFound } from './proofs.errors.js';
import { lockProof, type ProofRow, writeAnswer } from './proofs.repository.js';

export interface ProofKey {
  accountId: string;
  proofId: string;
}

/** What the staff found on the bank's statement; the invoice is that of the proof unless another is named. */
export type FoundTransfer = Omit<RecordPayment, 'accountId' | 'actor'>;

/**
 * Answers a proof, once: whoever comes second is refused (`proof_answered`). Lock order: proof, then bank reference, invoices, wallet.
 */
@Injectable()
export class AnswerProofAction {
  constructor(
    private readonly clock: Clock,
    private readonly accounts: AccountsService,
    private readonly audit: AccountAudit,
    private readonly record: RecordPaymentAction,
  ) {}

  /**
   * Records the transfer that it proves, and credits the wallet. A transfer that is recorded already is not credited again: the proof is
   * accepted with that payment, if it is the account's and of this amount; else `payment_recorded` says whose it is.
   */
  async accept(tx: Tx, key: ProofKey, actor: Actor, transfer: FoundTransfer): Promise<ProofRow> {
    const proof = await this.lockWaiting(tx, key);
    const invoiceId = transfer.invoiceId ?? proof.invoice_id ?? undefined;
    const request = { ...transfer, invoiceId, accountId: key.accountId, actor };
    const paymentId = await this.recordOnce(tx, request);
    return this.answer(tx, proof, actor, { state: 'accepted', reason: null, paymentId });
  }

  /** The account reads the reason. Moves nothing. */
  async refuse(tx: Tx, key: ProofKey, actor: Actor, reason: string): Promise<ProofRow> {
    return this.answer(tx, await this.lockWaiting(tx, key), actor, { state: 'refused', reason, paymentId: null });
  }

  private async lockWaiting(tx: Tx, { accountId, proofId }: ProofKey): Promise<ProofRow> {
    const proof = await lockProof(tx, accountId, proofId);
    if (!proof) throw proofNotFound();
    if (proof.state !== 'waiting') throw proofAnswered(proof.state);
    return proof;
  }

  /** The action refuses before it has written anything, so that the transaction goes on. */
  private async recordOnce(tx: Tx, request: RecordPayment): Promise<string> {
    try {
      return await this.record.run(tx, request);
    } catch (error) {
      if (!(error instanceof DomainError) || error.code !== 'payment_recorded') throw error;
      const payment = await findPayment(tx, request.accountId, String(error.details.extension?.['paymentId']));
      if (payment?.currency !== request.currency || payment.amount_micros !== request.amountMicros) throw error;
      return payment.id;
    }
  }

  private async answer(
    tx: Tx,
    proof: ProofRow,
    actor: Actor,
    answer: { state: 'accepted' | 'refused'; reason: string | null; paymentId: string | null },
  ): Promise<ProofRow> {
    const at = this.clock.now();
    await writeAnswer(tx, proof, { ...answer, answeredBy: actor.id, at });
    await this.audit.record(tx, {
      accountId: proof.account_id,
      actor,
      action: `deposit_proof.${answer.state}`,
      subject: `deposit_proof:${proof.id}`,
      details: answer.paymentId ? { paymentId: answer.paymentId } : {},
    });
    const event = {
      accountId: await this.accounts.platformAccountId(),
      topic: 'payments.proof_answered',
      payload: { proofId: proof.id },
    };
    await writeOutbox(tx, [event], at);
    return {
      ...proof,
      state: answer.state,
      reason: answer.reason,
      payment_id: answer.paymentId,
      answered_by: actor.id,
      answered_at: at,
    };
  }
}
