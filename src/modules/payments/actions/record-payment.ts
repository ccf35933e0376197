import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../database/database.js';
import { Clock } from '../../../kernel/clock.js';
import { newId } from '../../../kernel/ids.js';
import type { Currency, Micros } from '../../../kernel/money.js';
import { AccountAudit, AccountsService, type Actor } from '../../accounts/index.js';
import {
  AllocatePaymentAction,
  ENTITY_COLUMNS,
  InvoicesService,
  type LegalEntityRow,
  sellerNotFound,
} from '../../invoices/index.js';
import { LedgerService } from '../../wallets/index.js';
import { plausibleDays } from '../domain/days.js';
import { dayOutOfRange, otherCurrency, otherSeller, paymentRecorded } from '../payments.errors.js';
import { findByReference } from '../payments.repository.js';

export interface RecordPayment {
  accountId: string;
  actor: Actor;
  /** Code of the seller whose bank account received it. */
  seller: string;
  currency: Currency;
  amountMicros: Micros;
  /** Day of receipt, `YYYY-MM-DD`. */
  receivedOn: string;
  payerName?: string;
  purpose: string;
  /** The bank's own id of the transfer, whatever its case and blanks: what makes recording it twice credit once. */
  bankReference: string;
  /** The invoice that it pays; without it, invoices named in the purpose are looked for. */
  invoiceId?: string;
}

/**
 * Records money that arrived, credits the wallet with all of it, and notes which invoices it covers, in one transaction.
 * The same bank reference again is refused (`payment_recorded` with the payment's id) and moves nothing.
 */
@Injectable()
export class RecordPaymentAction {
  constructor(
    private readonly clock: Clock,
    private readonly accounts: AccountsService,
    private readonly audit: AccountAudit,
    private readonly ledger: LedgerService,
    private readonly invoices: InvoicesService,
    private readonly allocate: AllocatePaymentAction,
  ) {}

  /** Returns the payment's id. */
  async run(tx: Tx, request: RecordPayment): Promise<string> {
    const { accountId, currency, amountMicros } = request;
    await this.accounts.get(accountId);
    const now = this.clock.now();
    assertPlausible(request.receivedOn, now);
    const seller = await this.sellerOf(tx, request);
    const id = newId(now);
    await this.claimReference(tx, seller.id, request, id);
    const targets = await this.lockTargets(tx, seller.id, request);
    const { entryId } = await this.ledger.topUp(
      tx,
      {
        accountId,
        currency,
        micros: amountMicros,
        from: 'bank',
        idempotencyKey: `payment:${id}`,
        subject: { kind: 'payment', id },
      },
      now,
    );
    await tx.query(
      `INSERT INTO payments (account_id, id, legal_entity_id, currency, amount_micros, received_on, payer_name, purpose, bank_reference, entry_id, recorded_by, created_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
      [
        accountId,
        id,
        seller.id,
        currency,
        amountMicros,
        request.receivedOn,
        request.payerName ?? null,
        request.purpose,
        request.bankReference,
        entryId,
        request.actor.id,
        now,
      ],
    );
    await this.cover(tx, accountId, id, amountMicros, targets);
    await this.audit.record(tx, {
      accountId,
      actor: request.actor,
      action: 'payment.recorded',
      subject: `payment:${id}`,
      details: { entryId },
    });
    return id;
  }

  private async sellerOf(tx: Tx, { seller: code, currency }: RecordPayment): Promise<LegalEntityRow> {
    const [seller] = await tx.query<LegalEntityRow>(`SELECT ${ENTITY_COLUMNS} FROM legal_entities WHERE code = $1`, [
      code,
    ]);
    if (!seller) throw sellerNotFound();
    if (seller.currency !== currency) throw otherCurrency(currency, seller.currency);
    return seller;
  }

  /** The unique row decides between two who record the same transfer at once: the second waits, then is refused. */
  private async claimReference(tx: Tx, legalEntityId: string, request: RecordPayment, id: string): Promise<void> {
    const { accountId } = request;
    const bankReference = request.bankReference.replace(/\s+/g, ' ');
    const claimed = await tx.query(
      `INSERT INTO payment_references (legal_entity_id, bank_reference, account_id, payment_id) VALUES ($1, $2, $3, $4)
       ON CONFLICT DO NOTHING RETURNING payment_id`,
      [legalEntityId, bankReference, accountId, id],
    );
    if (claimed.length === 0) throw paymentRecorded((await findByReference(tx, legalEntityId, bankReference)) ?? '');
  }

  /** Invoices before wallets: everybody locks in this order. */
  private async lockTargets(
    tx: Tx,
    legalEntityId: string,
    { accountId, invoiceId, purpose }: RecordPayment,
  ): Promise<{ id: string; restMicros: Micros }[]> {
    if (invoiceId) {
      const { invoice, restMicros } = await this.allocate.lockUncovered(tx, accountId, invoiceId);
      if (invoice.legal_entity_id !== legalEntityId) throw otherSeller();
      return [{ id: invoiceId, restMicros }];
    }
    const named = await this.invoices.namedIn(tx, accountId, legalEntityId, purpose);
    const targets = new Map<string, Micros>();
    for (const id of [...named].sort())
      targets.set(id, (await this.allocate.lockUncovered(tx, accountId, id)).restMicros);
    return named.map((id) => ({ id, restMicros: targets.get(id)! }));
  }

  /** Covers the invoices in the order in which they are named; what is left over stays free. */
  private async cover(
    tx: Tx,
    accountId: string,
    paymentId: string,
    amountMicros: Micros,
    targets: { id: string; restMicros: Micros }[],
  ): Promise<void> {
    let free = amountMicros;
    for (const { id, restMicros } of targets) {
      const share = restMicros < free ? restMicros : free;
      if (share <= 0n) continue;
      await this.allocate.run(tx, { accountId, invoiceId: id, paymentId, amountMicros: share });
      free -= share;
    }
  }
}

function assertPlausible(receivedOn: string, now: Date): void {
  const { min, max } = plausibleDays(now);
  if (receivedOn < min || receivedOn > max) throw dayOutOfRange('/receivedOn', min, max);
}
