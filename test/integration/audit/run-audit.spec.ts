import { execFile } from 'node:child_process';
import { newId } from '../../../src/kernel/ids.js';
import { measure } from '../../../src/kernel/sms-parts.js';
import { AUDITED, runAudit, type Violation } from '../../../src/modules/audit/index.js';
import type { LegalEntityRow } from '../../../src/modules/invoices/index.js';
import type { SettleKind } from '../../../src/modules/wallets/index.js';
import { expectCleanAudit } from '../../support/audit.js';
import { Books } from '../../support/books.js';
import { batch, createLedgerFixture, item, type LedgerFixture, NOW } from '../wallets/ledger-fixture.js';

const PRICE = 100n;

describe('audit', () => {
  let fixture: LedgerFixture;
  let providerId: string;
  let books: Books;
  let seller: LegalEntityRow;

  beforeAll(async () => {
    fixture = await createLedgerFixture();
    providerId = newId();
    await fixture.database.query(
      `INSERT INTO providers (id, code, kind, name, settings, credentials, sender_policy, status, rate_per_second, created_at, updated_at)
       VALUES ($1, 'sandbox', 'smpp', 'Sandbox', '{}', '{}', '{}', 'active', 10, $2, $2)`,
      [providerId, NOW],
    );
    books = new Books(fixture.database, fixture.ledger);
    seller = await books.seller('seller');
  });
  afterAll(() => fixture.test.drop());

  interface Story {
    accountId: string;
    walletId: string;
    reservationId: string;
    /** Ids of messages by charge state, and one drawn from the reservation. */
    held: string;
    captured: string;
    released: string;
    refunded: string;
    drawn: string;
    /** Made by the test that plants an error in it. */
    attempt?: string;
    subscription?: { id: string; entryId: string };
    act?: string;
    closing?: string;
    /** Ids of entries by kind. */
    entries: Record<string, string>;
  }

  const insertMessage = (
    accountId: string,
    id: string,
    row: { chargeState: string; state: string; walletId: string; reservationId?: string; text?: string },
    entries: { hold?: string | null; settle?: string; refund?: string },
  ) => {
    const text = row.text ?? 'Hello';
    const { parts, encoding } = measure(text);
    return fixture.database.query(
      `INSERT INTO messages (account_id, id, source, lane, recipient, body, encoding, parts, price_micros, currency, charge_on,
                             refund_undelivered, wallet_id, reservation_id, charge_state, hold_entry_id, settle_entry_id,
                             refund_entry_id, state, delivery_policy, window_action, due_at, valid_until, created_at, state_at)
       VALUES ($1, $2, 'api', 'transactional', '306912345678', $3, $4, $5, $6, 'EUR', 'submit', true, $7, $8, $9, $10, $11,
               $12, $13, 'at_most_once', 'wait', $14, $14, $14, $14)`,
      [
        accountId,
        id,
        text,
        encoding,
        parts,
        PRICE,
        row.walletId,
        row.reservationId ?? null,
        row.chargeState,
        entries.hold ?? null,
        entries.settle ?? null,
        entries.refund ?? null,
        row.state,
        NOW,
      ],
    );
  };

  /** An account with one message in every charge state, all of it through the ledger. */
  const tell = async (): Promise<Story> => {
    const accountId = await fixture.account(10_000n);
    const { id: walletId } = await fixture.wallet(accountId);
    const { ledger, database } = fixture;
    const [held, captured, released, refunded, drawn] = Array.from({ length: 5 }, () => newId()) as [
      string,
      string,
      string,
      string,
      string,
    ];
    const reservation = await database.transaction((tx) =>
      ledger.reserve(
        tx,
        { accountId, currency: 'EUR', micros: 300n, subjectKind: 'campaign', subjectId: newId() },
        NOW,
      ),
    );
    const items = [held, captured, released, refunded].map((id) => item(accountId, id, PRICE));
    const drawing = { ...item(accountId, drawn, PRICE), reservationId: reservation.id };
    const decisions = await database.transaction((tx) => ledger.placeHolds(tx, [batch([...items, drawing])], NOW));
    const decision = decisions.get(held)!;
    const hold = decision.held ? decision.holdEntryId! : '';
    const settle = async (kind: SettleKind, count: number): Promise<string> => {
      const subject = { kind: 'message', id: captured };
      const move = {
        accountId,
        walletId,
        kind,
        count,
        micros: PRICE * BigInt(count),
        idempotencyKey: newId(),
        subject,
      };
      const settled = await database.transaction((tx) => ledger.settle(tx, [move], NOW));
      return [...settled.values()][0]!;
    };
    const capture = await settle('capture', 2);
    const release = await settle('release', 1);
    const refund = await settle('refund', 1);
    await database.transaction((tx) =>
      ledger.unreserve(tx, { accountId, reservationId: reservation.id, micros: 50n }, NOW),
    );
    const add = (id: string, chargeState: string, state: string, entries: object) =>
      insertMessage(accountId, id, { chargeState, state, walletId }, { hold, ...entries });
    await add(held, 'held', 'queued', {});
    await add(captured, 'captured', 'delivered', { settle: capture });
    await add(released, 'released', 'cancelled', { settle: release });
    await add(refunded, 'refunded', 'undelivered', { settle: capture, refund });
    await insertMessage(
      accountId,
      drawn,
      { chargeState: 'held', state: 'queued', walletId, reservationId: reservation.id },
      {},
    );
    const entries = { hold, capture, release, refund };
    return { accountId, walletId, reservationId: reservation.id, held, captured, released, refunded, drawn, entries };
  };

  const insertAttempt = async (
    { accountId, captured }: Story,
    { state, repeatReason = null, part }: { state: string; repeatReason?: string | null; part?: string },
  ): Promise<string> => {
    const id = newId();
    await fixture.database.query(
      `INSERT INTO attempts (account_id, id, message_id, attempt_no, provider_id, client_reference, repeat_reason, worker, state, started_at)
       VALUES ($1, $2, $3, 1, $4, 'r', $5, $2, $6, $7)`,
      [accountId, id, captured, providerId, repeatReason, state, NOW],
    );
    if (part)
      await fixture.database.query(
        `INSERT INTO attempt_parts (account_id, attempt_id, part_no, message_id, provider_id, state, state_at)
         VALUES ($1, $2, 1, $3, $4, $5, $6)`,
        [accountId, id, captured, providerId, part, NOW],
      );
    return id;
  };

  /** A subscription with its first period, paid through the ledger. */
  const subscribe = async (story: Story): Promise<void> => {
    const { accountId } = story;
    const id = newId();
    const bought = { accountId, currency: 'EUR' as const, micros: PRICE, idempotencyKey: `subscription:${id}:1` };
    const subject = { kind: 'subscription', id };
    const { entryId } = await fixture.database.transaction((tx) =>
      fixture.ledger.purchase(tx, { ...bought, subject, details: { service: 'sales_tools' } }, NOW),
    );
    const period = [accountId, id, NOW, new Date(NOW.getTime() + 86_400_000), PRICE];
    await fixture.database.query(
      `INSERT INTO subscriptions (account_id, id, service_id, kind, status, bought_by, time_zone, anchor_day, currency, price_micros,
                                  period_no, period_start, period_end, next_at, created_at, updated_at)
       SELECT $1, $2, id, 'recurring', 'active', 'staff', 'UTC', '2026-01-01', 'EUR', $5, 1, $3, $4, $4, $3, $3
       FROM services WHERE code = 'sales_tools'`,
      period,
    );
    await fixture.database.query(
      `INSERT INTO subscription_periods (account_id, subscription_id, period_no, starts_at, ends_at, currency, price_micros, entry_id, charged_at)
       VALUES ($1, $2, 1, $3, $4, 'EUR', $5, $6, $3)`,
      [...period, entryId],
    );
    story.subscription = { id, entryId };
  };

  /** A payment, something used of it, and the act that says so. */
  const act = async (story: Story): Promise<void> => {
    const { accountId } = story;
    const payerId = await books.payer(accountId);
    // What came before pays first what was used before.
    await books.pay(accountId, seller, { micros: 5_000_000n, at: NOW, payerId });
    await books.use(accountId, { micros: 2_000_000n, parts: 2, at: NOW });
    await books.close(accountId, seller, '2026-03-01', new Date('2026-04-01T12:00:00Z'));
    const [row] = await fixture.database.query<{ id: string }>('SELECT id FROM acts WHERE account_id = $1', [
      accountId,
    ]);
    story.act = row!.id;
    story.closing = `closing:${seller.id}/2026-03-01`;
  };

  /** What the audit says about one account. Accounts of other tests keep their planted errors. */
  const findings = async ({ accountId }: Story): Promise<Violation[]> =>
    (await runAudit(fixture.database)).filter((violation) => violation.accountId === accountId);
  const plant = (text: string, values: unknown[]) => fixture.database.query(text, values);

  it('finds nothing where everything went through the ledger', async () => {
    const story = await tell();
    await subscribe(story);
    await insertAttempt(story, { state: 'rejected' });
    await insertAttempt(story, { state: 'not_sent', part: 'not_sent' });
    await insertAttempt(story, { state: 'unknown', part: 'unknown' });
    await insertAttempt(story, { state: 'submitted', repeatReason: 'at_least_once', part: 'delivered' });
    await act(story);
    await expectCleanAudit(fixture.database);
    expect(await runCommand(fixture.test.url)).toEqual({ code: 0, lines: [] });
  });

  const plants: [
    invariant: string,
    name: string,
    subject: (story: Story) => string,
    plant: (story: Story) => Promise<unknown>,
  ][] = [
    [
      '1.entry_sum',
      'a leg that was changed',
      ({ entries }) => `entry:${entries['hold']}`,
      ({ entries }) =>
        plant(`UPDATE postings SET amount_micros = amount_micros + 1 WHERE entry_id = $1 AND leg = 2`, [
          entries['hold'],
        ]),
    ],
    [
      '1.entry_legs',
      'an entry without postings',
      ({ held }) => `entry:${held}`,
      ({ accountId, walletId, held }) =>
        plant(
          `INSERT INTO ledger_entries (account_id, id, wallet_id, wallet_seq, kind, idempotency_key, subject_kind, subject_id, created_at, link)
             VALUES ($1, $2, $3, 99, 'adjustment', 'x', 'x', 'x', $4, sha256(''))`,
          [accountId, held, walletId, NOW],
        ),
    ],
    [
      '1.posting_place',
      'a posting in another currency',
      ({ entries }) => `posting:${entries['capture']}/3`,
      ({ entries }) =>
        plant(`UPDATE postings SET currency = 'PLN' WHERE entry_id = $1 AND leg = 3`, [entries['capture']]),
    ],
    [
      '1.wallet_available',
      'a balance that was edited',
      ({ walletId }) => `wallet:${walletId}`,
      ({ walletId }) => plant(`UPDATE wallets SET available_micros = available_micros + 1 WHERE id = $1`, [walletId]),
    ],
    [
      '1.wallet_held',
      'a held balance that was edited',
      ({ walletId }) => `wallet:${walletId}`,
      ({ walletId }) => plant(`UPDATE wallets SET held_micros = held_micros + 1 WHERE id = $1`, [walletId]),
    ],
    [
      '1.balance_after',
      'a running balance that was edited',
      ({ entries }) => `posting:${entries['hold']}/1`,
      ({ entries }) =>
        plant(`UPDATE postings SET balance_after_micros = 1 WHERE entry_id = $1 AND leg = 1`, [entries['hold']]),
    ],
    [
      '1.wallet_seq',
      'a number that was skipped',
      ({ walletId }) => `wallet:${walletId}`,
      ({ walletId }) => plant(`UPDATE wallets SET last_seq = last_seq + 1 WHERE id = $1`, [walletId]),
    ],
    [
      '1.chain',
      'an entry that was rewritten where every sum still fits',
      ({ entries }) => `entry:${entries['capture']}`,
      ({ entries }) => plant(`UPDATE ledger_entries SET subject_id = 'another' WHERE id = $1`, [entries['capture']]),
    ],
    [
      '1.history_order',
      'an entry dated back',
      ({ entries }) => `entry:${entries['capture']}`,
      ({ entries }) =>
        plant(`UPDATE ledger_entries SET created_at = created_at - interval '1 day' WHERE id = $1`, [
          entries['capture'],
        ]),
    ],
    [
      '2.held',
      'a message that was released without an entry',
      ({ walletId }) => `wallet:${walletId}`,
      ({ held }) => plant(`UPDATE messages SET charge_state = 'released', state = 'cancelled' WHERE id = $1`, [held]),
    ],
    [
      '2.reservation',
      'a reservation that lent too little',
      ({ reservationId }) => `reservation:${reservationId}`,
      ({ reservationId }) =>
        plant(`UPDATE reservations SET remaining_micros = remaining_micros + 1 WHERE id = $1`, [reservationId]),
    ],
    [
      '3.revenue',
      'a message that was captured without an entry',
      () => 'revenue:EUR',
      ({ held }) => plant(`UPDATE messages SET charge_state = 'captured', state = 'submitted' WHERE id = $1`, [held]),
    ],
    [
      '3.purchases',
      'a period of another price than was paid',
      ({ subscription }) => `entry:${subscription!.entryId}`,
      async (story) => {
        await subscribe(story);
        await plant(`UPDATE subscription_periods SET price_micros = price_micros + 1 WHERE subscription_id = $1`, [
          story.subscription!.id,
        ]);
      },
    ],
    [
      '3.periods',
      'a period that was never charged',
      ({ subscription }) => `subscription:${subscription!.id}`,
      async (story) => {
        await subscribe(story);
        await plant(`UPDATE subscriptions SET period_no = 2 WHERE id = $1`, [story.subscription!.id]);
      },
    ],
    [
      '4.entry_messages',
      'a price that was edited',
      ({ entries }) => `entry:${entries['hold']}`,
      ({ captured }) => plant(`UPDATE messages SET price_micros = price_micros + 1 WHERE id = $1`, [captured]),
    ],
    [
      '4.charge_entries',
      'a message that left held twice',
      ({ released }) => `message:${released}`,
      ({ released, entries }) =>
        plant(`UPDATE messages SET refund_entry_id = $2 WHERE id = $1`, [released, entries['refund']]),
    ],
    [
      '4.final_still_held',
      'a final message that is still held',
      ({ held }) => `message:${held}`,
      ({ held }) => plant(`UPDATE messages SET state = 'expired' WHERE id = $1`, [held]),
    ],
    [
      '4.waiting_funds',
      'a message that is paid for and waits for funds all the same',
      ({ held }) => `message:${held}`,
      ({ accountId, held }) =>
        plant(
          `INSERT INTO message_waits (account_id, message_id, currency, provider_id, lane, group_id, due_at, valid_until)
           VALUES ($1, $2, 'EUR', $1, 1, $1, now(), now())`,
          [accountId, held],
        ),
    ],
    [
      '5.credit_limit',
      'a hold beyond the limit',
      ({ entries }) => `entry:${entries['hold']}`,
      ({ entries }) =>
        plant(`UPDATE postings SET credit_limit_micros = -9999 WHERE entry_id = $1 AND leg = 1`, [entries['hold']]),
    ],
    [
      '6.attempts',
      'a second attempt that nobody asked for',
      ({ captured }) => `message:${captured}`,
      async (story) => {
        await insertAttempt(story, { state: 'unknown' });
        await insertAttempt(story, { state: 'submitted' });
      },
    ],
    [
      '6.parts',
      'a part that was sent twice',
      ({ captured }) => `message:${captured}/1`,
      async (story) => {
        await insertAttempt(story, { state: 'not_sent', part: 'submitted' });
        await insertAttempt(story, { state: 'submitted', part: 'delivered' });
      },
    ],
    [
      '6.provider',
      'an attempt at a provider that is not there',
      ({ attempt }) => `attempt:${attempt}`,
      async (story) => {
        story.attempt = await insertAttempt(story, { state: 'rejected' });
        await plant('UPDATE attempts SET provider_id = $1 WHERE id = $2', [newId(), story.attempt]);
      },
    ],
    [
      '8.parts',
      'a text that is longer than what was charged',
      ({ held }) => `message:${held}`,
      ({ held }) => plant(`UPDATE messages SET body = repeat('я', 71) WHERE id = $1`, [held]),
    ],
    [
      '8.price',
      'a price that is not a price per part',
      ({ held }) => `message:${held}`,
      ({ held }) => plant(`UPDATE messages SET parts = 3 WHERE id = $1`, [held]),
    ],
    [
      '9.act_sums',
      'an act whose VAT was edited',
      (story) => `act:${story.act}`,
      async (story) => {
        await act(story);
        await plant(`UPDATE acts SET vat_micros = vat_micros + 10000, net_micros = net_micros - 10000 WHERE id = $1`, [
          story.act,
        ]);
      },
    ],
    [
      '9.document_numbers',
      'an act without its number',
      (story) => `document:${story.act}`,
      async (story) => {
        await act(story);
        await plant(`DELETE FROM document_numbers WHERE document_id = $1`, [story.act]);
      },
    ],
    [
      '9.closing_usage',
      'a closing that counted too much as used',
      (story) => story.closing!,
      async (story) => {
        await act(story);
        await plant(`UPDATE act_usage SET micros = micros + 1 WHERE account_id = $1`, [story.accountId]);
      },
    ],
    [
      '9.closing_unpaid',
      'a closing that calls paid what is not',
      (story) => story.closing!,
      async (story) => {
        await act(story);
        await plant(
          `UPDATE act_closings SET unpaid_micros = unpaid_micros + 1, promotional_micros = promotional_micros - 1 WHERE account_id = $1`,
          [story.accountId],
        );
      },
    ],
    [
      '9.closing_acts',
      'a closing that knows of more acts than there are',
      (story) => story.closing!,
      async (story) => {
        await act(story);
        await plant(
          `UPDATE act_closings SET acted_micros = acted_micros + 10000, carried_micros = carried_micros - 10000 WHERE account_id = $1`,
          [story.accountId],
        );
      },
    ],
    [
      '9.closing_paid',
      'an act for more than was paid',
      (story) => story.closing!,
      async (story) => {
        await act(story);
        await plant(`UPDATE payments SET amount_micros = 1 WHERE account_id = $1`, [story.accountId]);
      },
    ],
  ];

  it.each(plants)('%s finds %s', async (invariant, _name, subject, planted) => {
    const story = await tell();
    await planted(story);
    const found = (await findings(story)).filter((violation) => violation.invariant === invariant);
    expect(found).toContainEqual({
      invariant,
      accountId: story.accountId,
      subject: subject(story),
      expected: expect.any(String),
      actual: expect.any(String),
    });
  });

  it('finds a report that waits from a provider that is not there', async () => {
    const reportId = newId();
    await plant(
      `INSERT INTO report_inbox (id, provider_id, provider_message_id, status, intermediate, raw, received_at, next_try_at)
       VALUES ($1, $2, '1', 'delivered', false, '', now(), now())`,
      [reportId, newId()],
    );
    expect(await runAudit(fixture.database)).toContainEqual(
      expect.objectContaining({ invariant: '6.provider', subject: `report:${reportId}` }),
    );
  });

  it('has a planted error for every check', () => {
    expect(plants.map(([invariant]) => invariant).toSorted()).toEqual(AUDITED.toSorted());
  });

  it('tells expected and actual, and lets a bank take back what was spent', async () => {
    const story = await tell();
    const taken = { accountId: story.accountId, currency: 'EUR' as const, micros: 20_000n, idempotencyKey: 'bank' };
    await fixture.database.transaction((tx) =>
      fixture.ledger.reverseTopUp(tx, { ...taken, subject: { kind: 'payment', id: 'p' } }, NOW),
    );
    expect(await findings(story)).toEqual([]);
    await plant(`UPDATE wallets SET available_micros = 7 WHERE id = $1`, [story.walletId]);
    expect(await findings(story)).toEqual([
      {
        invariant: '1.wallet_available',
        accountId: story.accountId,
        subject: `wallet:${story.walletId}`,
        expected: '-10450',
        actual: '7',
      },
    ]);
  });

  it('is a command: a JSON line for each violation, and an exit code', async () => {
    const { code, lines } = await runCommand(fixture.test.url);
    expect(code).toBe(1);
    expect(lines).toEqual(await runAudit(fixture.database));
  });
});

function runCommand(url: string): Promise<{ code: number; lines: Violation[] }> {
  const options = { env: { ...process.env, DATABASE_URL: url } };
  return new Promise((resolve) => {
    execFile(process.execPath, ['dist/src/entrypoints/audit.js'], options, (error, stdout) => {
      const lines = stdout.split('\n').filter((line) => line !== '');
      resolve({ code: Number(error?.code ?? 0), lines: lines.map((line) => JSON.parse(line) as Violation) });
    });
  });
}
