import fc from 'fast-check';
import { DomainError } from '../../../src/kernel/domain-error.js';
import { newId } from '../../../src/kernel/ids.js';
import type { Currency } from '../../../src/kernel/money.js';
import type { HoldBatch, HoldItem, SettleKind, SettleMove } from '../../../src/modules/wallets/index.js';
import { createLedgerFixture, type LedgerFixture, NOW } from './ledger-fixture.js';
import { ReferenceLedger, type ReferenceItem, type ReferenceReservation } from './reference-ledger.js';

const CURRENCIES = ['EUR', 'PLN'] as const;

type Step =
  | {
      do: 'change';
      what: 'topUp' | 'adjust' | 'reverseTopUp' | 'purchase';
      wallet: number;
      micros: number;
      key: number;
    }
  | { do: 'limit'; wallet: number; micros: number }
  | { do: 'hold'; batches: { reject: boolean; items: { wallet: number; price: number; reservation: number }[] }[] }
  | { do: 'settle'; kinds: number[]; again: boolean }
  | { do: 'reserve'; wallet: number; micros: number }
  | { do: 'unreserve'; reservation: number; micros: number | undefined };

const wallet = fc.nat(3);
/** Small, so that boundaries are hit again and again. */
const micros = fc.oneof(fc.nat(12), fc.nat(200));
const steps: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constant('change' as const),
    what: fc.constantFrom(
      'topUp' as const,
      'topUp' as const,
      'adjust' as const,
      'reverseTopUp' as const,
      'purchase' as const,
    ),
    wallet,
    micros: fc.oneof(fc.nat(300), fc.integer({ min: -60, max: 0 })),
    key: fc.nat(8),
  }),
  fc.record({ do: fc.constant('limit' as const), wallet, micros }),
  fc.record({
    do: fc.constant('hold' as const),
    batches: fc.array(
      fc.record({
        reject: fc.boolean(),
        items: fc.array(fc.record({ wallet, price: micros, reservation: fc.nat(4) }), { minLength: 1, maxLength: 6 }),
      }),
      { minLength: 1, maxLength: 3 },
    ),
  }),
  fc.record({ do: fc.constant('settle' as const), kinds: fc.array(fc.nat(3), { maxLength: 12 }), again: fc.boolean() }),
  fc.record({ do: fc.constant('reserve' as const), wallet, micros }),
  fc.record({
    do: fc.constant('unreserve' as const),
    reservation: fc.nat(4),
    micros: fc.option(micros, { nil: undefined }),
  }),
);

/** Both ledgers, and the names that tie them together. A wallet's name is `account currency`. */
class Run {
  readonly reference = new ReferenceLedger();
  readonly wallets: { accountId: string; currency: Currency; id: string; name: string }[] = [];
  private readonly reservations: { real: string; reference: ReferenceReservation }[] = [];

  constructor(private readonly fixture: LedgerFixture) {}

  async open(): Promise<void> {
    for (let account = 0; account < 2; account += 1) {
      const accountId = await this.fixture.account();
      for (const currency of CURRENCIES) {
        const { id } = await this.transaction((tx) => this.fixture.ledger.ensureWallet(tx, accountId, currency, NOW));
        const name = `${accountId} ${currency}`;
        this.wallets.push({ accountId, currency, id, name });
        this.reference.open(name);
      }
    }
  }

  async take(step: Step): Promise<void> {
    if (step.do === 'change') await this.change(step);
    else if (step.do === 'limit') await this.limit(step);
    else if (step.do === 'hold') await this.hold(step);
    else if (step.do === 'settle') await this.settle(step);
    else if (step.do === 'reserve') await this.reserve(step);
    else await this.unreserve(step);
    await this.compare();
  }

  private async change({ what, wallet, micros, key }: Step & { do: 'change' }): Promise<void> {
    const { accountId, currency, name } = this.wallets[wallet]!;
    const amount = BigInt(what === 'adjust' ? micros : Math.abs(micros) + 1);
    if (amount === 0n) return;
    const request = {
      accountId,
      currency,
      micros: amount,
      idempotencyKey: `key ${key}`,
      subject: { kind: 'test', id: '1' },
      from: 'bank' as const,
      details: { service: 'sales_tools' },
    };
    const outcome = await this.outcome((tx) => this.fixture.ledger[what](tx, request, NOW));
    const signed = what === 'reverseTopUp' || what === 'purchase' ? -amount : amount;
    const bounded = what === 'adjust' || what === 'purchase';
    const expected = this.reference.change(`${accountId} ${key}`, what, name, signed, bounded);
    expect(outcome).toBe(expected);
    if (what === 'purchase' && expected === 'done') this.reference.earn(name, amount);
  }

  private async limit({ wallet, micros }: Step & { do: 'limit' }): Promise<void> {
    const { id, name } = this.wallets[wallet]!;
    await this.fixture.database.query(`UPDATE wallets SET credit_limit_micros = $2 WHERE id = $1`, [id, micros]);
    this.reference.wallets.get(name)!.limit = BigInt(micros);
  }

  private async hold({ batches }: Step & { do: 'hold' }): Promise<void> {
    const real: HoldBatch[] = [];
    const expected = new Map<string, boolean>();
    for (const { reject, items } of batches) {
      const pairs = items.map((item) => this.pair(item));
      const subject = { kind: 'test', id: '1' };
      const onInsufficientFunds = reject ? 'reject' : 'partial';
      real.push({ batchKey: newId(), onInsufficientFunds, items: pairs.map(([item]) => item), subject });
      for (const group of reject ? byAccount(pairs) : [pairs]) {
        const held = this.reference.hold(
          group.map(([, item]) => item),
          reject,
        );
        group.forEach(([item], index) => expected.set(item.itemKey, held[index]!));
      }
    }
    const decisions = await this.transaction((tx) => this.fixture.ledger.placeHolds(tx, real, NOW));
    expect(new Map([...decisions].map(([key, { held }]) => [key, held]))).toEqual(expected);
  }

  private pair(item: { wallet: number; price: number; reservation: number }): [HoldItem, ReferenceItem] {
    const { accountId, currency, name } = this.wallets[item.wallet]!;
    const reservation = this.reservations[item.reservation];
    const price = BigInt(item.price);
    const drawn = reservation?.reference.wallet === name ? reservation : undefined;
    return [
      { accountId, currency, itemKey: newId(), priceMicros: price, reservationId: drawn?.real },
      { wallet: name, price, reservation: drawn?.reference },
    ];
  }

  /** 0 leaves a message alone, 1 and 2 settle what is held, 3 refunds what was captured. */
  private async settle({ kinds, again }: Step & { do: 'settle' }): Promise<void> {
    const moves = new Map<string, SettleMove>();
    const call = newId();
    kinds.forEach((kind, index) => {
      const message = this.reference.messages.at(-1 - index);
      const how: SettleKind | undefined = [undefined, 'capture', 'release', 'refund'][kind] as SettleKind | undefined;
      if (!message || !how || message.state !== (how === 'refund' ? 'captured' : 'held')) return;
      this.reference.settle(message, how);
      const { accountId, id: walletId } = this.wallets.find(({ name }) => name === message.wallet)!;
      const key = `${how} ${walletId}`;
      const move = moves.get(key) ?? {
        kind: how,
        accountId,
        walletId,
        micros: 0n,
        count: 0,
        idempotencyKey: `${call} ${key}`,
        subject: { kind: 'test', id: '1' },
      };
      moves.set(key, { ...move, micros: move.micros + message.price, count: move.count + 1 });
    });
    const run = () => this.transaction((tx) => this.fixture.ledger.settle(tx, [...moves.values()], NOW));
    const entries = await run();
    if (again) expect(await run()).toEqual(entries);
  }

  private async reserve({ wallet, micros }: Step & { do: 'reserve' }): Promise<void> {
    const { accountId, currency, name } = this.wallets[wallet]!;
    const request = { accountId, currency, micros: BigInt(micros), subjectKind: 'test', subjectId: newId() };
    const expected = this.reference.reserve(name, BigInt(micros));
    let real: string | undefined;
    const outcome = await this.outcome(async (tx) => {
      real = (await this.fixture.ledger.reserve(tx, request, NOW)).id;
      expect((await this.fixture.ledger.reserve(tx, request, NOW)).id).toBe(real);
    });
    expect(outcome).toBe(expected ? 'done' : 'insufficient_funds');
    if (expected) this.reservations.push({ real: real!, reference: expected });
  }

  private async unreserve({ reservation, micros }: Step & { do: 'unreserve' }): Promise<void> {
    const one = this.reservations[reservation];
    if (!one) return;
    const { accountId } = this.wallets.find(({ name }) => name === one.reference.wallet)!;
    const amount = micros === undefined ? undefined : BigInt(micros);
    const request = { accountId, reservationId: one.real, micros: amount };
    const outcome = await this.outcome((tx) => this.fixture.ledger.unreserve(tx, request, NOW));
    expect(outcome).toBe(this.reference.unreserve(one.reference, amount) ? 'done' : 'invalid_amount');
  }

  private async compare(): Promise<void> {
    const accounts = [...new Set(this.wallets.map(({ accountId }) => accountId))];
    const rows = await this.fixture.database.query<{ name: string } & Record<string, bigint>>(
      `SELECT w.account_id || ' ' || w.currency AS name, w.available_micros AS available, w.held_micros AS held,
              w.credit_limit_micros AS limit, ${fold(`p.ledger_account = 'revenue'`)} AS revenue,
              ${fold(`p.ledger_account IN ('bank', 'adjustments')`)} AS outside,
              ${fold(`p.ledger_account = 'available'`)} AS "foldedAvailable", ${fold(`p.ledger_account = 'held'`)} AS "foldedHeld"
       FROM wallets w LEFT JOIN postings p ON p.account_id = w.account_id AND p.currency = w.currency
       WHERE w.account_id = ANY ($1::uuid[])
       GROUP BY w.account_id, w.id`,
      [accounts],
    );
    expect(new Map(rows.map(({ name, ...state }) => [name, state]))).toEqual(
      new Map(
        [...this.reference.wallets].map(([name, state]) => [
          name,
          {
            ...state,
            held: this.reference.heldBySubjects(name),
            foldedAvailable: state.available,
            foldedHeld: state.held,
          },
        ]),
      ),
    );
  }

  private transaction = this.fixture.database.transaction.bind(this.fixture.database);

  /** `done`, `replayed` or the code of the refusal. */
  private async outcome(work: Parameters<typeof this.transaction>[0]): Promise<string> {
    try {
      const answer = (await this.transaction(work)) as { replayed?: boolean } | undefined;
      return answer?.replayed ? 'replayed' : 'done';
    } catch (error) {
      if (error instanceof DomainError) return error.code;
      throw error;
    }
  }
}

const fold = (condition: string): string => `COALESCE(sum(p.amount_micros) FILTER (WHERE ${condition}), 0)::bigint`;

function byAccount(pairs: [HoldItem, ReferenceItem][]): [HoldItem, ReferenceItem][][] {
  const accounts = [...new Set(pairs.map(([{ accountId }]) => accountId))];
  return accounts.map((one) => pairs.filter(([{ accountId }]) => accountId === one));
}

describe('the ledger, compared with a reference step by step', () => {
  let fixture: LedgerFixture;
  beforeAll(async () => {
    fixture = await createLedgerFixture();
  });
  afterAll(() => fixture.test.drop());

  it('agrees after every step of any sequence', async () => {
    const property = fc.asyncProperty(fc.array(steps, { minLength: 5, maxLength: 40 }), async (sequence) => {
      const run = new Run(fixture);
      await run.open();
      for (const step of sequence) await run.take(step);
    });
    await fc.assert(property, { numRuns: 40, endOnFailure: false });
  }, 120_000);

  it('leaves history from which every balance follows', async () => {
    const broken = await fixture.database.query(
      `SELECT account_id, wallet_id, ledger_account, wallet_seq
       FROM (
         SELECT *, sum(amount_micros) OVER (PARTITION BY account_id, wallet_id, ledger_account ORDER BY wallet_seq) AS fold
         FROM postings WHERE wallet_id IS NOT NULL) p
       WHERE fold <> balance_after_micros`,
    );
    expect(broken).toEqual([]);
    const unbalanced = await fixture.database.query(
      `SELECT entry_id FROM postings GROUP BY account_id, entry_id, currency HAVING sum(amount_micros) <> 0`,
    );
    expect(unbalanced).toEqual([]);
  });
});
