import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../../database/database.js';
import { Clock } from '../../../kernel/clock.js';
import type { Currency } from '../../../kernel/money.js';
import type { Actor } from '../../accounts/index.js';
import {
  AllocatePaymentAction,
  findSeries,
  type NamedNumber,
  numbersInPurpose,
  type PayableInvoice,
} from '../../invoices/index.js';
import { CandidateBook } from '../domain/candidate-book.js';
import { reasonToIgnore, reasonToWait } from '../domain/line-outcome.js';
import { type Match, matchTransfer, type Suggestion, taxNumbersIn, type WaitReason } from '../domain/match-transfer.js';
import { SellersRepository } from '../persistence/sellers.repository.js';
import {
  type AppliedLine,
  type LineRow,
  type StatementRow,
  StatementsRepository,
} from '../persistence/statements.repository.js';
import { type TransferOutcome, TransfersRepository } from '../persistence/transfers.repository.js';
import { CreditTransfers } from './credit-transfers.js';

/** Wallets are locked for as long as a batch takes to be written, so it is small. */
const BATCH = 250;
const TRIES = 6;
const PAUSE_MS = 100;
/** Deadlocks, waits that were too long, and references that somebody took by hand meanwhile: the next try sees what was done. */
const TRY_AGAIN = /^(40001|40P01|55P03|23505)$/;

/** A line with its transfer, of which nobody told before. */
interface Fresh extends LineRow {
  transferId: string;
}

interface Told {
  line: Fresh;
  named: NamedNumber[];
  taxNumbers: string[];
  accountIds: string[];
}

/**
 * Applies the lines of an accepted file, in their order, a batch in a transaction. How far it came stands in the file's row, which is locked
 * meanwhile: two that apply the same file take turns, and whoever comes after a crash goes on.
 */
@Injectable()
export class ApplyStatement {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly allocate: AllocatePaymentAction,
    private readonly sellers: SellersRepository,
    private readonly statements: StatementsRepository,
    private readonly transfers: TransfersRepository,
    private readonly credit: CreditTransfers,
  ) {}

  async toTheEnd(id: string): Promise<void> {
    let more = true;
    while (more) more = await this.batchWithRetries(id);
  }

  private async batchWithRetries(id: string): Promise<boolean> {
    for (let tried = 1; ; tried++) {
      try {
        return await this.database.transaction((tx) => this.batch(tx, id));
      } catch (error) {
        const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
        if (tried === TRIES || !TRY_AGAIN.test(code)) throw error;
        await sleep(PAUSE_MS * tried);
      }
    }
  }

  /** False when there is nothing left. */
  private async batch(tx: Tx, id: string): Promise<boolean> {
    const statement = await this.statements.lockApplying(tx, id);
    if (!statement) return false;
    const lines = await this.statements.linesAfter(tx, id, statement.applied_through, BATCH);
    await this.statements.advance(tx, statement, await this.applyLines(tx, statement, lines), this.clock.now());
    return statement.applied_through + lines.length < statement.lines;
  }

  private async applyLines(tx: Tx, statement: StatementRow, lines: readonly LineRow[]): Promise<AppliedLine[]> {
    const ours = (await this.sellers.bankAccounts(tx)).map(({ account }) => account);
    const ignored = lines.flatMap((line): AppliedLine[] => {
      const reason = reasonToIgnore(line, ours);
      return reason ? [{ lineNo: line.line_no, outcome: 'ignored', reason, transferId: null }] : [];
    });
    const passed = new Set(ignored.map(({ lineNo }) => lineNo));
    const rest = lines.filter((line) => !passed.has(line.line_no));
    const claimed = await this.transfers.claim(tx, rest, statement.format!, this.clock.now());
    const old = rest.filter((line) => !claimed.has(line.line_no));
    const earlier = await this.transfers.known(tx, old);
    const known = old.map((line): AppliedLine => ({
      lineNo: line.line_no,
      outcome: 'known',
      reason: null,
      transferId: earlier.get(line.line_no) ?? null,
    }));
    const fresh = rest.flatMap((line) => {
      const transferId = claimed.get(line.line_no);
      return transferId ? [{ ...line, transferId }] : [];
    });
    return [...ignored, ...known, ...(await this.applyFresh(tx, statement, fresh))];
  }

  private async applyFresh(tx: Tx, statement: StatementRow, fresh: readonly Fresh[]): Promise<AppliedLine[]> {
    const recorded = await this.transfers.recorded(tx, fresh);
    const byHand = fresh.filter((line) => recorded.has(line.line_no));
    const special = fresh.filter((line) => !recorded.has(line.line_no) && reasonToWait(line) !== null);
    const payments = fresh.filter((line) => !recorded.has(line.line_no) && reasonToWait(line) === null);
    const paid = [
      ...byHand.map((line) => credited(line, recorded.get(line.line_no)!)),
      ...(await this.creditCertain(tx, statement, payments)),
    ];
    await this.transfers.settle(tx, paid);
    // What came and was taken back in one file is found by then.
    const waits = await this.wait(tx, special);
    await this.transfers.settle(tx, waits);
    const outcomes = [...paid, ...waits];
    const byId = new Map(outcomes.map((outcome) => [outcome.id, outcome]));
    return fresh.map((line): AppliedLine => {
      const { state, reason } = byId.get(line.transferId)!;
      const hand = recorded.has(line.line_no);
      return {
        lineNo: line.line_no,
        outcome: hand ? 'known' : state,
        reason: hand ? 'recorded_by_hand' : reason,
        transferId: line.transferId,
      };
    });
  }

  /** What the bank took back or gave back, and what it did not split. */
  private async wait(tx: Tx, lines: readonly Fresh[]): Promise<TransferOutcome[]> {
    const taken = lines.filter((line) => reasonToWait(line) === 'reversal');
    const candidates = await this.transfers.reversible(tx, taken);
    return lines.map((line) => waiting(line, reasonToWait(line)!, candidates.get(line.line_no) ?? []));
  }

  private async creditCertain(tx: Tx, statement: StatementRow, lines: readonly Fresh[]): Promise<TransferOutcome[]> {
    if (lines.length === 0) return [];
    const invoices = new Map<string, PayableInvoice>();
    const matches = new Map<number, Match>();
    // A file is of one seller's account, or a few.
    for (const entity of new Set(lines.map((line) => line.legal_entity_id))) {
      const told = await this.tell(
        tx,
        entity,
        lines.filter((line) => line.legal_entity_id === entity),
      );
      for (const [lineNo, match] of await this.match(tx, entity, told, invoices)) matches.set(lineNo, match);
    }
    const certain = lines.flatMap((line) => {
      const match = matches.get(line.line_no)!;
      return match.kind === 'credit' ? [{ ...line, accountId: match.accountId, invoiceIds: match.invoiceIds }] : [];
    });
    const twins = await this.transfers.twins(tx, certain, statement.format!);
    const toCredit = certain.filter((line) => !twins.has(line.line_no));
    const paymentIds = await this.pay(tx, statement, toCredit, invoices);
    const paid = new Map(
      toCredit.map((line, index) => [line.line_no, { accountId: line.accountId, paymentId: paymentIds[index]! }]),
    );
    return lines.map((line) => {
      const match = matches.get(line.line_no)!;
      const payment = paid.get(line.line_no);
      if (payment) return credited(line, payment);
      if (match.kind === 'wait') return waiting(line, match.reason, match.candidates);
      return waiting(line, 'maybe_recorded', twins.get(line.line_no) ?? []);
    });
  }

  /** What each line says of who paid for what. */
  private async tell(tx: Tx, entity: string, lines: readonly Fresh[]): Promise<Told[]> {
    const series = await findSeries(tx);
    const payers = lines.flatMap((line) => (line.party_account ? [line.party_account] : []));
    const paidFrom = await this.transfers.accountsPaidFrom(tx, entity, payers);
    return lines.map((line) => ({
      line,
      named: numbersInPurpose(line.purpose, series),
      taxNumbers: taxNumbersIn(line.party_tax_number, line.purpose),
      accountIds: paidFrom.get(line.party_account ?? '') ?? [],
    }));
  }

  /** Line by line, so that an invoice which one of them covers is not there for the next. */
  private async match(
    tx: Tx,
    legalEntityId: string,
    told: readonly Told[],
    invoices: Map<string, PayableInvoice>,
  ): Promise<Map<number, Match>> {
    const found = await this.allocate.lockPayable(
      tx,
      legalEntityId,
      told.map(({ line, named, taxNumbers, accountIds }) => ({
        numbers: named,
        amountMicros: line.amount_micros,
        taxNumbers,
        accountIds,
      })),
    );
    for (const invoice of found) invoices.set(invoice.invoiceId, invoice);
    const book = new CandidateBook(found);
    return new Map(
      told.map(({ line, named, taxNumbers, accountIds }) => {
        const incoming = {
          legalEntityId,
          currency: line.currency,
          amountMicros: line.amount_micros,
          named,
          taxNumbers,
          accountIds,
        };
        const match = matchTransfer(incoming, book.for(incoming));
        if (match.kind === 'credit') book.cover(match.invoiceIds, line.amount_micros);
        return [line.line_no, match];
      }),
    );
  }

  private async pay(
    tx: Tx,
    { uploaded_by }: StatementRow,
    lines: readonly (Fresh & { accountId: string; invoiceIds: string[] })[],
    invoices: ReadonlyMap<string, PayableInvoice>,
  ): Promise<string[]> {
    const actor: Actor = { kind: 'staff', id: uploaded_by };
    const ids = await this.credit.run(
      tx,
      lines.map((line) => ({
        transferId: line.transferId,
        accountId: line.accountId,
        legalEntityId: line.legal_entity_id,
        currency: line.currency as Currency,
        amountMicros: line.amount_micros,
        receivedOn: line.booked_on,
        payerName: line.party_name,
        purpose: line.purpose,
        bankReference: line.reference,
        invoiceIds: line.invoiceIds,
      })),
      invoices,
      actor,
    );
    await this.transfers.rememberPayers(
      tx,
      lines.flatMap((line) =>
        line.party_account
          ? [{ legalEntityId: line.legal_entity_id, bankAccount: line.party_account, accountId: line.accountId }]
          : [],
      ),
    );
    return ids;
  }
}

const credited = (line: Fresh, payment: { accountId: string; paymentId: string }): TransferOutcome => ({
  id: line.transferId,
  state: 'credited',
  reason: null,
  candidates: [],
  ...payment,
});

const waiting = (line: Fresh, reason: WaitReason, candidates: readonly Suggestion[]): TransferOutcome => ({
  id: line.transferId,
  state: 'waiting',
  reason,
  candidates,
  accountId: null,
  paymentId: null,
});
