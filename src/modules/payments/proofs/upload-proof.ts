import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../../database/database.js';
import { writeOutbox } from '../../../database/outbox.js';
import { Clock } from '../../../kernel/clock.js';
import { newId } from '../../../kernel/ids.js';
import type { Currency, Micros } from '../../../kernel/money.js';
import { AccountAudit, AccountsService, type Actor } from '../../accounts/index.js';
import { InvoicesService } from '../../invoices/index.js';
import { otherCurrency } from '../payments.errors.js';
import { typeOf } from './file-type.js';
import { fileOfOtherType, proofExists, proofOfNothing, tooManyProofs } from './proofs.errors.js';
import { countWaiting, insertProof, type ProofRow } from './proofs.repository.js';
import { readCapped } from './read-capped.js';

export const MAX_BYTES = 5 * 1024 * 1024;
const MOST_WAITING = 20;

export interface UploadProof {
  accountId: string;
  actor: Actor;
  body: Readable;
  /** What the file is said to be. */
  contentType: string;
  fileName: string;
  note: string | null;
  /** What was paid: an invoice, an amount, or a part of an invoice. */
  invoiceId: string | null;
  amount: { micros: Micros; currency: Currency } | null;
}

/**
 * Takes the proof of a bank deposit: moves no money, and waits for the staff's answer. The same file again is refused (`proof_exists`)
 * unless it was refused before. What it is, its first bytes say (`file_of_other_type`).
 */
@Injectable()
export class UploadProofAction {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly accounts: AccountsService,
    private readonly audit: AccountAudit,
    private readonly invoices: InvoicesService,
  ) {}

  async run(request: UploadProof): Promise<ProofRow> {
    const content = await readCapped(request.body, MAX_BYTES);
    const paid = await this.whatIsPaid(request);
    const contentType = typeOf(content);
    if (contentType === null || contentType !== request.contentType) throw fileOfOtherType(request.contentType);
    const platformId = await this.accounts.platformAccountId();
    return this.database.transaction(async (tx) => {
      if ((await countWaiting(tx, request.accountId)) >= MOST_WAITING) throw tooManyProofs(MOST_WAITING);
      const now = this.clock.now();
      const row = await insertProof(tx, {
        account_id: request.accountId,
        id: newId(now),
        invoice_id: request.invoiceId,
        currency: paid.currency,
        amount_micros: paid.micros,
        note: request.note,
        file_name: request.fileName,
        content_type: contentType,
        created_at: now,
        content,
        digest: createHash('sha256').update(content).digest(),
      });
      if (!row) throw proofExists();
      await this.tell(tx, request, row, platformId);
      return row;
    });
  }

  private async whatIsPaid({
    accountId,
    invoiceId,
    amount,
  }: UploadProof): Promise<{ micros: Micros; currency: Currency }> {
    if (invoiceId === null) {
      if (amount === null) throw proofOfNothing();
      return amount;
    }
    const invoice = await this.invoices.get(accountId, invoiceId);
    if (amount === null) return { micros: invoice.gross_micros, currency: invoice.currency };
    if (amount.currency !== invoice.currency) throw otherCurrency(amount.currency, invoice.currency);
    return amount;
  }

  private async tell(tx: Tx, { accountId, actor }: UploadProof, { id }: ProofRow, platformId: string): Promise<void> {
    await this.audit.record(tx, {
      accountId,
      actor,
      action: 'deposit_proof.uploaded',
      subject: `deposit_proof:${id}`,
    });
    const event = { accountId: platformId, topic: 'payments.proof_uploaded', payload: { proofId: id } };
    await writeOutbox(tx, [event], this.clock.now());
  }
}
