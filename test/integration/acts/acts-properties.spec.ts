import fc from 'fast-check';
import type { LegalEntityRow } from '../../../src/modules/invoices/index.js';
import { nextMonth } from '../../../src/modules/acts/domain/months.js';
import { expectCleanAudit } from '../../support/audit.js';
import { Books, type UsedMessage } from '../../support/books.js';
import { createLedgerFixture, type LedgerFixture } from '../wallets/ledger-fixture.js';

/** Everything is a number of these: small enough to be counted one by one, and no whole number of cents. */
const UNIT = 3_337n;
/** Fractions of a coin, at most one for each month of a payer. */
const COIN = 10_000n;

type Step =
  | { do: 'pay'; seller: number; payer: number; units: number }
  | { do: 'promote' | 'adjust' | 'buy'; units: number }
  | { do: 'reverse'; payment: number; units: number }
  | { do: 'use'; units: number; parts: number }
  | { do: 'refund'; message: number }
  | { do: 'month' };

const units = fc.integer({ min: 4, max: 60 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('pay' as const), seller: fc.nat(1), payer: fc.nat(2), units }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('promote' as const, 'buy' as const), units }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('adjust' as const), units: fc.integer({ min: -30, max: 30 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('reverse' as const), payment: fc.nat(5), units }) },
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant('use' as const), units, parts: fc.integer({ min: 1, max: 3 }) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('refund' as const), message: fc.nat(9) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('month' as const) }) },
);

/** Who brought a unit of money: a payment, or nobody. */
type Unit = { payment: number } | 'free';

/** The two lines as one would lay them with coins on a table: one array element is one unit. */
class Table {
  money: Unit[] = [];
  usage: { slot: string; message: string | null }[] = [];
  private hole = 0;

  bring(unit: Unit, count: number): void {
    const filled = Math.min(this.hole, count);
    this.hole -= filled;
    for (let n = filled; n < count; n++) this.money.push(unit);
  }

  /** Takes units away, the newest of the first wish before others. */
  take(count: number, wishes: ((unit: Unit) => boolean)[]): void {
    for (let n = 0; n < count; n++) {
      const at = wishes.map((wish) => this.money.findLastIndex(wish)).find((index) => index >= 0);
      if (at === undefined) this.hole++;
      else this.money.splice(at, 1);
    }
  }

  use(slot: string, message: string | null, count: number): void {
    for (let n = 0; n < count; n++) this.usage.push({ slot, message });
  }

  /** By who brought what lies under it; `unpaid` under nothing. */
  lay(): { slot: string; under: Unit | 'unpaid' }[] {
    const usage = this.usage.toSorted((a, b) => (a.slot < b.slot ? -1 : a.slot > b.slot ? 1 : 0));
    return usage.map(({ slot }, index) => ({ slot, under: this.money[index] ?? 'unpaid' }));
  }
}

class Run {
  private readonly table = new Table();
  private readonly payments: { id: string; seller: number; payer: number }[] = [];
  private readonly messages: (UsedMessage & { count: number })[] = [];
  private month = '2026-04-01';
  private minutes = 0;
  private accountId = '';
  private payers: string[] = [];
  private keys = 0;

  constructor(
    private readonly fixture: LedgerFixture,
    private readonly books: Books,
    private readonly sellers: readonly LegalEntityRow[],
  ) {}

  async go(steps: readonly Step[]): Promise<void> {
    this.accountId = await this.fixture.account(0n, { creditLimitMicros: 90n * UNIT });
    this.payers = [await this.books.payer(this.accountId), await this.books.payer(this.accountId)];
    for (const one of steps) await this.take(one);
    await this.take({ do: 'month' });
  }

  /** Later than whatever came before, in the month that it is. */
  private now(): Date {
    this.minutes++;
    return new Date(Date.parse(`${this.month}T12:00:00Z`) + this.minutes * 60_000);
  }

  private async take(step: Step): Promise<void> {
    if (step.do === 'pay') await this.pay(step);
    else if (step.do === 'promote') await this.promote(step.units);
    else if (step.do === 'adjust') await this.adjust(step.units);
    else if (step.do === 'reverse') await this.reverse(step);
    else if (step.do === 'buy') await this.buy(step.units);
    else if (step.do === 'use') await this.use(step);
    else if (step.do === 'refund') await this.refund(step.message);
    else await this.close();
  }

  /** The third payer is nobody: such money awaits one. */
  private async pay({ seller, payer, units: count }: Step & { do: 'pay' }): Promise<void> {
    const micros = BigInt(count) * UNIT;
    const payerId = this.payers[payer];
    const id = await this.books.pay(this.accountId, this.sellers[seller]!, { micros, at: this.now(), payerId });
    this.payments.push({ id, seller, payer });
    this.table.bring({ payment: this.payments.length - 1 }, count);
  }

  private change(micros: bigint) {
    const subject = { kind: 'test', id: '1' };
    return { accountId: this.accountId, currency: 'EUR' as const, micros, idempotencyKey: `k${++this.keys}`, subject };
  }

  private async promote(count: number): Promise<void> {
    const change = { ...this.change(BigInt(count) * UNIT), from: 'promotions' as const };
    await this.fixture.database.transaction((tx) => this.fixture.ledger.topUp(tx, change, this.now()));
    this.table.bring('free', count);
  }

  private async adjust(count: number): Promise<void> {
    const [available] = await this.fixture.balance(this.accountId);
    const change = this.change(BigInt(count) * UNIT);
    if (count === 0 || available + change.micros < -90n * UNIT) return;
    await this.fixture.database.transaction((tx) => this.fixture.ledger.adjust(tx, change, this.now()));
    if (count > 0) this.table.bring('free', count);
    else this.table.take(-count, [(unit) => unit === 'free', () => true]);
  }

  private async reverse({ payment, units: count }: Step & { do: 'reverse' }): Promise<void> {
    const named = this.payments[payment];
    const subject = named ? { kind: 'payment', id: named.id } : { kind: 'test', id: '1' };
    const change = { ...this.change(BigInt(count) * UNIT), subject };
    await this.fixture.database.transaction((tx) => this.fixture.ledger.reverseTopUp(tx, change, this.now()));
    const isNamed = (unit: Unit) => unit !== 'free' && named !== undefined && unit.payment === payment;
    this.table.take(count, [isNamed, (unit) => unit !== 'free', () => true]);
  }

  private async use({ units: count, parts }: Step & { do: 'use' }): Promise<void> {
    // A price is one per part.
    const micros = BigInt(count * parts) * UNIT;
    const message = await this.books.use(this.accountId, { micros, parts, at: this.now() });
    if (!message) return;
    this.messages.push({ ...message, count: count * parts });
    this.table.use(`${this.month} sms`, message.id, count * parts);
  }

  private async buy(count: number): Promise<void> {
    const bought = await this.books.buy(this.accountId, { micros: BigInt(count) * UNIT, at: this.now() });
    if (bought) this.table.use(`${this.month} services`, null, count);
  }

  private async refund(index: number): Promise<void> {
    const [message] = this.messages.splice(index, 1);
    if (!message) return;
    await this.books.refund(this.accountId, message, this.now());
    this.table.usage = this.table.usage.filter((unit) => unit.message !== message.id);
  }

  private async close(): Promise<void> {
    const over = this.month;
    this.month = nextMonth(over);
    this.minutes = 0;
    for (const [index, seller] of this.sellers.entries()) {
      await this.books.close(this.accountId, seller, over, this.now());
      await this.compare(index, over);
    }
  }

  private async compare(sellerIndex: number, month: string): Promise<void> {
    const seller = this.sellers[sellerIndex]!;
    const [closing] = await this.fixture.database.query<Record<string, bigint>>(
      `SELECT revenue_micros AS revenue, acted_micros AS acted, carried_micros AS carried, awaiting_micros AS awaiting,
              elsewhere_micros AS elsewhere, promotional_micros AS promotional, unpaid_micros AS unpaid
       FROM act_closings WHERE account_id = $1 AND legal_entity_id = $2 AND month = $3`,
      [this.accountId, seller.id, month],
    );
    // A seller whom nobody has paid has nothing to close.
    if (!this.payments.some((payment) => payment.seller === sellerIndex)) return expect(closing).toBeUndefined();
    const laid = this.table.lay();
    const count = (wanted: (under: Unit | 'unpaid') => boolean) =>
      BigInt(laid.filter(({ under }) => wanted(under)).length) * UNIT;
    const paidTo = (under: Unit | 'unpaid') => (typeof under === 'object' ? this.payments[under.payment]! : null);
    const isOurs = (under: Unit | 'unpaid') => paidTo(under)?.seller === sellerIndex;
    const { acted, carried, ...others } = closing!;
    expect(others).toEqual({
      revenue: count(() => true),
      awaiting: count((under) => isOurs(under) && paidTo(under)!.payer === 2),
      elsewhere: count((under) => paidTo(under) !== null && !isOurs(under)),
      promotional: count((under) => under === 'free'),
      unpaid: count((under) => under === 'unpaid'),
    });
    expect(acted! + carried!).toBe(count((under) => isOurs(under) && paidTo(under)!.payer !== 2));
    await this.compareDocuments(seller, (payer) =>
      laid.filter(({ under }) => isOurs(under) && paidTo(under)!.payer === payer).map((unit) => unit.slot),
    );
  }

  /** What the documents of a payer say for a month and service is what lies over its money, but for fractions of a coin. */
  private async compareDocuments(seller: LegalEntityRow, slotsOf: (payer: number) => string[]): Promise<void> {
    for (const [index, payerId] of this.payers.entries()) {
      const rows = await this.fixture.database.query<{ slot: string; exact: bigint; gross: bigint; quantity: bigint }>(
        `SELECT to_char(l.usage_month, 'YYYY-MM-DD') || ' ' || l.service AS slot, sum(l.exact_micros)::bigint AS exact,
                sum(l.gross_micros)::bigint AS gross, sum(l.quantity)::bigint AS quantity
         FROM acts a JOIN act_lines l ON l.account_id = a.account_id AND l.act_id = a.id
         WHERE a.account_id = $1 AND a.legal_entity_id = $2 AND a.payer_id = $3 GROUP BY 1`,
        [this.accountId, seller.id, payerId],
      );
      const slots = slotsOf(index);
      for (const slot of new Set([...slots, ...rows.map((row) => row.slot)])) {
        const expected = BigInt(slots.filter((one) => one === slot).length) * UNIT;
        const { exact = 0n, gross = 0n, quantity = 0n } = rows.find((row) => row.slot === slot) ?? {};
        expect(distance(exact, expected)).toBeLessThan(2n * COIN);
        expect(gross >= 0n && quantity >= 0n).toBe(true);
      }
      const total = (key: 'exact' | 'gross') => rows.reduce((sum, row) => sum + row[key], 0n);
      expect(distance(total('exact'), total('gross'))).toBeLessThan(COIN * BigInt(rows.length + 1));
    }
  }
}

const distance = (a: bigint, b: bigint): bigint => (a < b ? b - a : a - b);

describe('acts, compared with money and usage laid out coin by coin', () => {
  let fixture: LedgerFixture;
  let books: Books;
  let sellers: LegalEntityRow[];
  beforeAll(async () => {
    fixture = await createLedgerFixture();
    books = new Books(fixture.database, fixture.ledger);
    sellers = [await books.seller('one'), await books.seller('two')];
  });
  afterAll(() => fixture.test.drop());

  it('[T9] acts, carried fractions, unpaid and promotional are the revenue, after every month of any sequence', async () => {
    const property = fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40 }), (steps) =>
      new Run(fixture, books, sellers).go(steps),
    );
    await fc.assert(property, { numRuns: 10, endOnFailure: false });
    await expectCleanAudit(fixture.database);
  }, 120_000);
});
