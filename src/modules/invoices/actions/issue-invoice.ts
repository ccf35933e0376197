import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../database/database.js';
import { Clock } from '../../../kernel/clock.js';
import { DomainError } from '../../../kernel/domain-error.js';
import { newId } from '../../../kernel/ids.js';
import { type Currency, formatMicros, type Micros, MICROS_PER_MINOR, MICROS_PER_UNIT } from '../../../kernel/money.js';
import { AccountAudit, AccountsService, type Actor } from '../../accounts/index.js';
import { formatDay } from '../../documents/index.js';
import type { InvoiceDocument } from '../domain/document.js';
import { addDays, dayInZone } from '../domain/days.js';
import { DOCUMENT_TEXTS } from '../domain/texts.js';
import { extractVat } from '../domain/vat.js';
import { noSeller, payerArchived, payerNotFound } from '../invoices.errors.js';
import { drawNumber } from '../persistence/document-numbers.js';
import { insertInvoice } from '../persistence/invoices.js';
import { findSeller, vatRateOn } from '../persistence/legal-entities.js';
import { findPayer } from '../persistence/payers.js';
import { payerSnapshot, sellerSnapshot } from '../persistence/snapshots.js';

const MIN_MICROS = MICROS_PER_UNIT;
const MAX_MICROS = 100_000_000n * MICROS_PER_UNIT;
/** Days for which the offer holds. */
const VALID_DAYS = 30;

export interface IssueInvoice {
  accountId: string;
  actor: Actor;
  payerId: string;
  /** What the customer will pay: gross, with at most two decimals. */
  amountMicros: Micros;
  currency: Currency;
}

/**
 * Issues an invoice for an amount that the customer chose. An offer: it moves no money. The number is drawn last, from a
 * counter row that stays locked until the caller's transaction ends, so that numbers have no gaps.
 */
@Injectable()
export class IssueInvoiceAction {
  constructor(
    private readonly clock: Clock,
    private readonly accounts: AccountsService,
    private readonly audit: AccountAudit,
  ) {}

  async run(tx: Tx, request: IssueInvoice): Promise<InvoiceDocument> {
    const { accountId, currency, amountMicros } = request;
    assertAmount(amountMicros, currency);
    const account = await this.accounts.get(accountId);
    const payer = await findPayer(tx, accountId, request.payerId);
    if (!payer) throw payerNotFound();
    if (payer.archived_at) throw payerArchived();
    const seller = await findSeller(tx, currency);
    if (!seller) throw noSeller(currency);

    const now = this.clock.now();
    const issuedOn = dayInZone(now, account.timeZone);
    const { netMicros, vatMicros, grossMicros, rateBps } = extractVat(
      amountMicros,
      await vatRateOn(tx, seller, issuedOn),
    );
    const texts = DOCUMENT_TEXTS[account.locale];
    const id = newId(now);
    const name = await drawNumber(tx, {
      legalEntityId: seller.id,
      series: seller.series,
      year: Number(issuedOn.slice(0, 4)),
      accountId,
      documentId: id,
    });
    const invoice: InvoiceDocument = {
      accountId,
      id,
      legalEntityId: seller.id,
      payerId: payer.id,
      documentNumber: name,
      issuedOn,
      validUntil: addDays(issuedOn, VALID_DAYS),
      currency,
      netMicros,
      vatMicros,
      grossMicros,
      seller: sellerSnapshot(seller),
      payer: payerSnapshot(payer),
      purpose: texts.purposeText.replace('{number}', name).replace('{date}', formatDay(issuedOn, account.locale)),
      lines: [
        {
          lineNo: 1,
          description: texts.serviceLine,
          unit: texts.serviceUnit,
          quantity: 1,
          vatRateBps: rateBps,
          netMicros,
          vatMicros,
          grossMicros,
        },
      ],
    };
    await insertInvoice(tx, invoice, now);
    await this.audit.record(tx, {
      accountId,
      actor: request.actor,
      action: 'invoice.issued',
      subject: `invoice:${invoice.id}`,
      details: { documentNumber: name },
    });
    return invoice;
  }
}

function assertAmount(micros: Micros, currency: Currency): void {
  if (micros >= MIN_MICROS && micros <= MAX_MICROS && micros % MICROS_PER_MINOR === 0n) return;
  const params = { min: formatMicros(MIN_MICROS).slice(0, -4), max: formatMicros(MAX_MICROS).slice(0, -4), currency };
  throw new DomainError('invalid', 'amount_out_of_range', {
    params,
    errors: [{ pointer: '/amount/amount', code: 'amount_out_of_range', params }],
  });
}
