import { Injectable, Logger } from '@nestjs/common';
import { Database } from '../../../database/database.js';
import { Clock } from '../../../kernel/clock.js';
import { type Actor, SYSTEM_ACTOR } from '../../../gateway/index.js';
import { type LegalEntityRow, listSellers } from '../../invoices/index.js';
import { beginningOf, type Month, monthAt, monthsBetween, nextMonth, previousMonth } from '../domain/months.js';
import { firstPaymentAt, lastClosing } from '../persistence/closings.js';
import { FIND_DUE } from '../persistence/sql/find-due.js';
import { CloseMonthAction } from './close-month.js';

/** How long a month must be over: what is being settled at midnight is still in its month. */
const GRACE_MS = 3_600_000;
/** Accounts that are looked for at once, and most that one run closes: the next run goes on. */
const BATCH = 100;
const MOST = 2_000;

/** Closes the months that are over: of everybody who is due, or of one account. */
@Injectable()
export class IssueActs {
  private readonly logger = new Logger('acts');

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly close: CloseMonthAction,
  ) {}

  /** One run of the schedule. An account that fails is logged and tried again by the next run; others are not held up. */
  async sweep(now: Date): Promise<Record<string, number>> {
    const counts = { closed: 0, issued: 0, failed: 0 };
    for (const seller of await listSellers(this.database)) {
      const month = lastMonthOver(new Date(now.getTime() - GRACE_MS), seller);
      let after: string | null = null;
      do {
        const due: string[] = await this.findDue(seller, month, after);
        for (const accountId of due) await this.tryToClose(accountId, seller, month, counts);
        after = due.length === BATCH && counts.closed + counts.failed < MOST ? due.at(-1)! : null;
      } while (after !== null);
    }
    return counts;
  }

  /** Closes all months of an account and seller up to one that is over, in order, each in a transaction of its own. */
  async closeThrough(
    accountId: string,
    seller: LegalEntityRow,
    month: Month,
    actor: Actor,
  ): Promise<{ closed: number; issued: number }> {
    const counts = { closed: 0, issued: 0 };
    for (const one of await this.openMonths(accountId, seller, month)) {
      const issued = await this.database.transaction((tx) =>
        this.close.run(tx, { accountId, seller, month: one, actor }),
      );
      if (issued === null) continue;
      counts.closed++;
      counts.issued += issued;
    }
    return counts;
  }

  /** Whether a month is over where the seller is. */
  isOver(month: Month, seller: LegalEntityRow): boolean {
    return beginningOf(nextMonth(month), seller.time_zone) <= this.clock.now();
  }

  private async findDue(seller: LegalEntityRow, month: Month, after: string | null): Promise<string[]> {
    const endsAt = beginningOf(nextMonth(month), seller.time_zone);
    const rows = await this.database.query<{ accountId: string }>(FIND_DUE, [seller.id, month, endsAt, after, BATCH]);
    return rows.map(({ accountId }) => accountId);
  }

  private async tryToClose(
    accountId: string,
    seller: LegalEntityRow,
    month: Month,
    counts: { closed: number; issued: number; failed: number },
  ): Promise<void> {
    try {
      const { closed, issued } = await this.closeThrough(accountId, seller, month, SYSTEM_ACTOR);
      counts.closed += closed;
      counts.issued += issued;
    } catch (error) {
      counts.failed++;
      this.logger.error({ accountId, seller: seller.code, month, err: error, msg: 'a month could not be closed' });
    }
  }

  /** From the one after the last closing, else from that of the first payment. */
  private async openMonths(accountId: string, seller: LegalEntityRow, month: Month): Promise<Month[]> {
    const books = { accountId, legalEntityId: seller.id };
    const last = await lastClosing(this.database, books);
    if (last) return monthsBetween(nextMonth(last.month), month);
    const firstPaid = await firstPaymentAt(this.database, books);
    return firstPaid ? monthsBetween(monthAt(firstPaid, seller.time_zone), month) : [];
  }
}

const lastMonthOver = (at: Date, { time_zone }: LegalEntityRow): Month => previousMonth(monthAt(at, time_zone));
