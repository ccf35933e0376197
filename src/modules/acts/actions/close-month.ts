import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../database/database.js';
import { Clock } from '../../../kernel/clock.js';
import { IdSequence } from '../../../kernel/ids.js';
import type { Micros } from '../../../kernel/money.js';
import { localDateAt } from '../../../kernel/zoned-time.js';
import { AccountAudit, type Actor } from '../../accounts/index.js';
import {
  drawNumber,
  extractVat,
  findPayer,
  type LegalEntityRow,
  payerSnapshot,
  sellerSnapshot,
  vatRateOn,
} from '../../invoices/index.js';
import { attribute, type Share } from '../domain/attribution.js';
import { lotsOf } from '../domain/lots.js';
import { beginningOf, lastDayOf, monthAt, monthsBetween, nextMonth } from '../domain/months.js';
import { planDocuments, type PlannedDocument, type PlannedLine, type StandingLine } from '../domain/plan.js';
import { type ActLineRow, insertAct, type UsedService } from '../persistence/acts.js';
import {
  addUsage,
  type BooksWallet,
  claimMonth,
  type ClosingKey,
  findWallet,
  lastClosing,
  lastEntryBefore,
  readFunds,
  readPayments,
  readStanding,
  settlePayers,
  writeSums,
} from '../persistence/closings.js';

export interface CloseMonth {
  accountId: string;
  seller: LegalEntityRow;
  /** `YYYY-MM-01`; over in the seller's zone, and the one after the last that was closed. */
  month: string;
  actor: Actor;
}

/** What of the usage so far was paid by whom. */
interface Paid {
  /** By payer, by slot of usage. */
  targets: Map<string, Map<string, { micros: Micros; quantity: bigint }>>;
  paidMicros: Micros;
  awaitingMicros: Micros;
  elsewhereMicros: Micros;
  promotionalMicros: Micros;
}

/**
 * Closes a month of an account and seller: lays all usage so far over all money so far, and issues what no document says yet. Two who
 * close the same month: one waits, and then has nothing to do. Lock order: closing, counter of numbers.
 */
@Injectable()
export class CloseMonthAction {
  constructor(
    private readonly clock: Clock,
    private readonly audit: AccountAudit,
  ) {}

  /** Answers how many documents it issued; null when the month was closed already, or there is no wallet to close. */
  async run(tx: Tx, request: CloseMonth): Promise<number | null> {
    const { accountId, seller, month } = request;
    const key = { accountId, legalEntityId: seller.id, month };
    const wallet = await findWallet(tx, accountId, seller.currency);
    if (!wallet) return null;
    const afterSeq = (await lastClosing(tx, key))?.throughSeq ?? 0n;
    const endsAt = beginningOf(nextMonth(month), seller.time_zone);
    const throughSeq = await lastEntryBefore(tx, accountId, wallet.id, endsAt);
    if (!(await claimMonth(tx, key, wallet.id, throughSeq, this.clock.now()))) return null;

    const history = { walletId: wallet.id, afterSeq, throughSeq };
    const usage = await addUsage(tx, key, history, monthsOf(wallet, request));
    const lots = lotsOf(await readFunds(tx, accountId, wallet.id, throughSeq));
    const { shares, unpaidMicros } = attribute(usage, lots);
    const paid = await this.whoPaid(tx, key, shares);
    const standing = await readStanding(tx, key);
    const documents = planDocuments(paid.targets, standing);
    const ids = new IdSequence(this.clock.now());
    for (const document of documents) await this.issue(tx, request, document, ids.next());
    const actedMicros = sumGross(standing) + documents.reduce((sum, { lines }) => sum + sumGross(lines), 0n);
    await writeSums(tx, key, {
      revenue_micros: usage.reduce((sum, { micros }) => sum + micros, 0n),
      acted_micros: actedMicros,
      carried_micros: paid.paidMicros - actedMicros,
      awaiting_micros: paid.awaitingMicros,
      elsewhere_micros: paid.elsewhereMicros,
      promotional_micros: paid.promotionalMicros,
      unpaid_micros: unpaidMicros,
    });
    return documents.length;
  }

  private async whoPaid(tx: Tx, { accountId, legalEntityId }: ClosingKey, shares: readonly Share[]): Promise<Paid> {
    const ids = [...new Set(shares.flatMap(({ lot }) => lot.paymentId ?? []))];
    const payments = await readPayments(tx, accountId, ids);
    const ours = ids.filter((id) => payments.get(id)?.legalEntityId === legalEntityId);
    const unsettled = ours.filter((id) => payments.get(id)!.payerId === null);
    const settled = await settlePayers(tx, accountId, unsettled, this.clock.now());
    const payerOf = (id: string) => payments.get(id)!.payerId ?? settled.get(id) ?? null;

    const paid: Paid = {
      targets: new Map(),
      paidMicros: 0n,
      awaitingMicros: 0n,
      elsewhereMicros: 0n,
      promotionalMicros: 0n,
    };
    for (const share of shares) {
      const { lot, micros } = share;
      if (lot.kind === 'free') paid.promotionalMicros += micros;
      else if (lot.paymentId === null || !ours.includes(lot.paymentId)) paid.elsewhereMicros += micros;
      else count(paid, payerOf(lot.paymentId), share);
    }
    return paid;
  }

  private async issue(
    tx: Tx,
    request: CloseMonth,
    { payerId, correctsId, lines }: PlannedDocument,
    id: string,
  ): Promise<void> {
    const { accountId, seller, month, actor } = request;
    const now = this.clock.now();
    const issuedOn = localDateAt(now, seller.time_zone);
    const rows: ActLineRow[] = [];
    for (const line of lines) rows.push(await lineRow(tx, seller, line));
    const payer = (await findPayer(tx, accountId, payerId))!;
    const kind = correctsId === null ? 'act' : 'correction';
    const number = await drawNumber(tx, {
      legalEntityId: seller.id,
      series: actSeries(seller),
      year: Number(issuedOn.slice(0, 4)),
      accountId,
      documentId: id,
    });
    const sum = (column: 'net_micros' | 'vat_micros' | 'gross_micros') =>
      rows.reduce((total, row) => total + row[column], 0n);
    const act = {
      account_id: accountId,
      id,
      kind,
      legal_entity_id: seller.id,
      payer_id: payerId,
      month,
      corrects_id: correctsId,
      document_number: number,
      issued_on: issuedOn,
      currency: seller.currency,
      net_micros: sum('net_micros'),
      vat_micros: sum('vat_micros'),
      gross_micros: sum('gross_micros'),
      seller: sellerSnapshot(seller),
      payer: payerSnapshot(payer),
      created_at: now,
    } as const;
    await insertAct(tx, act, rows);
    const action = kind === 'act' ? 'act.issued' : 'act.corrected';
    await this.audit.record(tx, {
      accountId,
      actor,
      action,
      subject: `act:${id}`,
      details: { documentNumber: number },
    });
  }
}

/** The months of the wallet's whole life, each with the instant at which it begins. */
function monthsOf({ openedAt }: BooksWallet, { seller, month }: CloseMonth) {
  const zone = seller.time_zone;
  const first = monthAt(openedAt, zone);
  return monthsBetween(first < month ? first : month, month).map((one) => ({
    month: one,
    beginsAt: beginningOf(one, zone),
  }));
}

function count(paid: Paid, payerId: string | null, { slot, micros, quantity }: Share): void {
  if (payerId === null) {
    paid.awaitingMicros += micros;
    return;
  }
  paid.paidMicros += micros;
  const target = paid.targets.get(payerId) ?? new Map<string, { micros: Micros; quantity: bigint }>();
  const before = target.get(slot) ?? { micros: 0n, quantity: 0n };
  target.set(slot, { micros: before.micros + micros, quantity: before.quantity + quantity });
  paid.targets.set(payerId, target);
}

const sumGross = (lines: readonly { grossMicros: Micros }[]): Micros =>
  lines.reduce((sum, { grossMicros }) => sum + grossMicros, 0n);

/** Of an act at the rate of its month; of a correction what the VAT of the act's line changes by, at the line's own rate. */
async function lineRow(tx: Tx, seller: LegalEntityRow, line: PlannedLine): Promise<ActLineRow> {
  const { grossMicros, exactMicros, quantity, corrects } = line;
  const [usageMonth, service] = line.slot.split(' ') as [string, UsedService];
  const rateBps = corrects ? corrects.vatRateBps : await vatRateOn(tx, seller, lastDayOf(usageMonth));
  const vatMicros = corrects ? vatChange(corrects, grossMicros) : extractVat(grossMicros, rateBps).vatMicros;
  return {
    usage_month: usageMonth,
    service,
    quantity,
    vat_rate_bps: rateBps,
    net_micros: grossMicros - vatMicros,
    vat_micros: vatMicros,
    gross_micros: grossMicros,
    exact_micros: exactMicros,
    before_micros: corrects?.grossMicros ?? null,
  };
}

function vatChange({ grossMicros, vatRateBps }: StandingLine, change: Micros): Micros {
  return extractVat(grossMicros + change, vatRateBps).vatMicros - extractVat(grossMicros, vatRateBps).vatMicros;
}

/** Acts have a series of their own beside the seller's invoices: an А after it, in the seller's alphabet. */
function actSeries({ series, country }: LegalEntityRow): string {
  return `${series}${country === 'RU' ? 'А' : 'A'}`;
}
