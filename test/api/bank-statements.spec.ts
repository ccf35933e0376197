import { Clock } from '../../src/kernel/clock.js';
import { AccountsModule, AccountsService } from '../../src/modules/accounts/index.js';
import { InvoicesModule } from '../../src/modules/invoices/index.js';
import { FinishStatements, PaymentsModule } from '../../src/modules/payments/index.js';
import { LedgerService, WalletsModule } from '../../src/modules/wallets/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { expectCleanAudit } from '../support/audit.js';
import { camt053, cp1251, type File, mt940, type Movement, oneC } from '../support/bank-files.js';
import { FakeClock } from '../support/clock.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { until } from '../support/until.js';

const OURS = '40702810900000000001';
const IBAN = 'PL61109010140000071219812874';
const SELLERS = [
  {
    code: 'kabinet-ru',
    country: 'RU',
    currency: 'RUB',
    name: 'ООО «Кабинет»',
    taxNumber: '7736050003',
    taxReasonCode: '773601001',
    address: 'Москва',
    bank: { accountNumber: OURS, bankName: 'ПАО СБЕРБАНК', bic: '044525225' },
    vatRegime: 'standard',
    series: 'К',
    isDefault: true,
  },
  {
    code: 'kabinet-eu',
    country: 'PL',
    currency: 'EUR',
    name: 'Kabinet',
    taxNumber: '5260001246',
    address: 'Warszawa',
    bank: { accountNumber: 'PL61 1090 1014 0000 0712 1981 2874', bankName: 'Bank', bic: 'WBKPPLPP' },
    vatRegime: 'none',
    series: 'F',
    isDefault: true,
  },
];

interface Report {
  id: string;
  state: string;
  lines: number;
  credited: number;
  known: number;
  waiting: number;
  ignored: number;
  reasons: { outcome: string; reason: string | null; lines: number }[];
}

describe('bank statements over HTTP', () => {
  let db: TestDatabase;
  let test: TestApp;
  const clock = new FakeClock('2026-01-15T09:00:00Z');
  let count = 0;
  const key = () => ({ 'idempotency-key': `k${++count}` });

  beforeAll(async () => {
    db = await createTestDatabase();
    test = await createTestApp({
      imports: [AccountsModule, WalletsModule, InvoicesModule, PaymentsModule],
      database: db.database,
      providers: [{ provide: Clock, useValue: clock }],
    });
    for (const seller of SELLERS)
      await test.http().post('/admin/v1/legal-entities').set(test.asStaff()).send(seller).expect(201);
  });
  afterEach(() => expectCleanAudit(db.database));
  afterAll(async () => {
    await test.close();
    await db.drop();
  });

  const staff = (method: 'get' | 'post', path: string) => test.http()[method](`/admin/v1/${path}`).set(test.asStaff());
  const upload = (file: string | Buffer, type = 'application/octet-stream') => {
    clock.advance({ seconds: 1 });
    return staff('post', 'bank-statements').set('content-type', type).send(file);
  };
  const take = async (file: string | Buffer): Promise<Report> => (await upload(file).expect(201)).body;
  const counts = ({ lines, credited, known, waiting, ignored }: Report) => [lines, credited, known, waiting, ignored];
  const waiting = async () => (await staff('get', 'bank-transfers?state=waiting&limit=100').expect(200)).body.data;
  const decide = (id: string, how: string, body: object) => staff('post', `bank-transfers/${id}/${how}`).send(body);
  const trail = async (subject: string) =>
    (
      await db.database.query<{ action: string }>('SELECT action FROM account_audit WHERE subject = $1 ORDER BY id', [
        subject,
      ])
    ).map(({ action }) => action);

  /** A company with an account, a payer and what it needs to invoice itself. */
  async function company(taxNumber = '7707083893', currency: 'RUB' | 'EUR' = 'RUB') {
    const accounts = test.app.get(AccountsService);
    const { id } = await db.database.transaction((tx) =>
      accounts.create(tx, {
        name: 'Ромашка',
        country: 'RU',
        currency,
        locale: 'ru',
        timeZone: 'Europe/Moscow',
        actor: { kind: 'system', id: null },
      }),
    );
    const payer = { country: currency === 'RUB' ? 'RU' : 'DE', name: 'Ромашка', taxNumber, address: 'Москва' };
    const { body } = await test.http().post('/v1/payers').set(test.as(id)).send(payer).expect(201);
    const get = async (path: string) => (await test.http().get(`/v1/${path}`).set(test.as(id)).expect(200)).body;
    return {
      id,
      invoice: async (amount: string): Promise<{ id: string; number: string }> =>
        (
          await test
            .http()
            .post('/v1/invoices')
            .set(test.as(id))
            .set(key())
            .send({ payerId: body.id, amount: { amount, currency } })
            .expect(201)
        ).body,
      status: async (invoiceId: string): Promise<string> => (await get(`invoices/${invoiceId}`)).status,
      balance: async () => Number((await test.app.get(LedgerService).wallets(id))[0]!.availableMicros / 10_000n),
      payments: async () => (await get('payments?limit=100')).data,
      cancel: (invoiceId: string) =>
        test.http().post(`/v1/invoices/${invoiceId}/cancel`).set(test.as(id)).send({ reason: 'x' }).expect(201),
    };
  }
  /** Movements of documents that no other test has. */
  const paying = (minor: number, purpose: string, more: Partial<Movement> = {}): Movement => ({
    minor,
    purpose,
    reference: String(1_000 + ++count),
    ...more,
  });
  const file = (...movements: Movement[]): File => ({ account: OURS, movements });

  it('[B9] a 1C file pays invoices that it names, however they are spelled, and credits the wallet', async () => {
    const romashka = await company();
    const [first, second, third] = [
      await romashka.invoice('5000'),
      await romashka.invoice('100'),
      await romashka.invoice('70'),
    ];
    const latin = second.number.replace('К-', 'k').replace('-', '/');
    const sent = file(
      paying(300_000, `Оплата по счёту № ${first.number} от 12.01.2026, НДС 22%`),
      paying(200_000, `доплата ${first.number.toLowerCase()}`),
      paying(20_000, `opl. sch. ${latin}, ${third.number}`),
      paying(-5_000, 'Комиссия банка'),
    );
    const report = await take(cp1251(oneC(sent)));
    expect(report).toMatchObject({
      state: 'applied',
      format: '1c',
      accounts: [{ account: OURS, currency: 'RUB', seller: 'kabinet-ru' }],
      reasons: [
        { outcome: 'credited', reason: null, lines: 3 },
        { outcome: 'ignored', reason: 'outgoing', lines: 1 },
      ],
    });
    expect(counts(report)).toEqual([4, 3, 0, 0, 1]);
    expect(await romashka.balance()).toBe(520_000);
    expect(await Promise.all([first, second, third].map(({ id }) => romashka.status(id)))).toEqual([
      'covered',
      'covered',
      'covered',
    ]);
    const [last] = await romashka.payments();
    expect(last).toMatchObject({
      amount: { amount: '200.000000' },
      allocated: { amount: '170.000000' },
      invoiceIds: [second.id, third.id],
    });
    expect(await trail(`payment:${last.id}`)).toEqual(['payment.recorded']);
    expect(await trail(`bank_statement:${report.id}`)).toEqual(['bank_statement.imported']);

    const { body } = await staff('get', `bank-statements/${report.id}/lines?limit=3`).expect(200);
    expect(body.data.map(({ outcome, place }: Record<string, unknown>) => [outcome, place])).toEqual([
      ['credited', 17],
      ['credited', 37],
      ['credited', 57],
    ]);
    const rest = await staff('get', `bank-statements/${report.id}/lines?limit=3&cursor=${body.nextCursor}`).expect(200);
    expect(rest.body).toMatchObject({
      data: [{ outcome: 'ignored', reason: 'outgoing', direction: 'out' }],
      nextCursor: null,
    });
    const ignored = await staff('get', `bank-statements/${report.id}/lines?outcome=ignored`).expect(200);
    expect(ignored.body.data).toEqual(rest.body.data);
    expect((await staff('get', 'bank-statements?limit=1').expect(200)).body.data[0].id).toBe(report.id);
    expect((await staff('get', `bank-statements/${report.id}`).expect(200)).body).toEqual(report);
  });

  it('[B9] ten times the same file, other exports of the same days, and two at once credit once', async () => {
    const romashka = await company();
    const { number } = await romashka.invoice('1000');
    const movements = [1, 2, 3, 4].map((nth) => paying(nth * 1_000, `счёт ${number}`));
    // Two that nothing tells apart are two.
    const twice = paying(700, `счёт ${number}`);
    const whole = oneC(file(...movements, twice, twice));
    expect(counts(await take(cp1251(whole)))).toEqual([6, 6, 0, 0, 0]);
    for (let times = 2; times <= 10; times += 1) expect(counts(await take(whole))).toEqual([6, 0, 6, 0, 0]);
    const later = [...movements.slice(2), twice, twice, paying(9_000, `счёт ${number}`), paying(100, `счёт ${number}`)];
    const other = [...movements.slice(1), later[4]!, paying(50, `счёт ${number}`)];
    const reports = await Promise.all([
      take(oneC(file(...later), 'terse')),
      take(cp1251(oneC(file(...other)))),
      take(oneC(file(...later))),
    ]);
    expect(reports.reduce((sum, { credited }) => sum + credited, 0)).toBe(3);
    expect(reports.every(({ lines, credited, known }) => credited + known === lines)).toBe(true);
    expect(await romashka.balance()).toBe(10_000 + 1_400 + 9_000 + 100 + 50);
    expect(await romashka.payments()).toHaveLength(9);
  });

  it('[B9] a payment without a number finds the only open invoice of its amount and payer, or waits', async () => {
    const [romashka, other] = [await company('7707083893'), await company('500100732259')];
    const invoice = await other.invoice('333.33');
    await romashka.invoice('44');
    const payer = { taxNumber: '500100732259', account: '40802810000000055555' };
    const report = await take(
      oneC(
        file(
          paying(33_333, 'за услуги', payer),
          paying(33_333, 'за услуги ещё раз', payer),
          paying(4_400, 'за услуги', { taxNumber: '7736050003', account: '40702810700000000077' }),
        ),
      ),
    );
    expect(report.reasons).toEqual([
      { outcome: 'credited', reason: null, lines: 1 },
      { outcome: 'waiting', reason: 'no_match', lines: 2 },
    ]);
    expect([await other.status(invoice.id), await other.balance()]).toEqual(['covered', 33_333]);
    // From the same bank account, without a tax number.
    const next = await other.invoice('55');
    expect(counts(await take(oneC(file(paying(5_500, 'оплата', { ...payer, taxNumber: '' })))))).toEqual([
      1, 1, 0, 0, 0,
    ]);
    expect(await other.status(next.id)).toBe('covered');
    await Promise.all([other.invoice('66'), other.invoice('66')]);
    const two = await take(oneC(file(paying(6_600, 'оплата', payer))));
    expect(two.reasons).toEqual([{ outcome: 'waiting', reason: 'several_matches', lines: 1 }]);
    const [transfer] = await waiting();
    expect(transfer).toMatchObject({
      reason: 'several_matches',
      candidates: [{ accountId: other.id }, { accountId: other.id }],
    });
  });

  it('[B9] what is not certain waits for ops with its reason, and is decided once', async () => {
    const [romashka, other, euro] = [await company(), await company('500100732259'), await company('DE123456', 'EUR')];
    const [mine, theirs, gone, foreign] = [
      await romashka.invoice('10'),
      await other.invoice('10'),
      await romashka.invoice('10'),
      await euro.invoice('10'),
    ];
    await romashka.cancel(gone.id);
    const report = await take(
      oneC(
        file(
          paying(1_000, `${mine.number}, ${theirs.number}`),
          paying(1_000, `отменённый ${gone.number}`),
          paying(1_000, `in euro ${foreign.number}`),
          paying(777, 'проценты банка', { taxNumber: '7736050003', account: '40702810700000000088' }),
        ),
      ),
    );
    expect(report.reasons).toEqual(
      ['invoice_cancelled', 'no_match', 'other_currency', 'several_accounts'].map((reason) => ({
        outcome: 'waiting',
        reason,
        lines: 1,
      })),
    );
    expect([await romashka.balance(), await other.balance()]).toEqual([0, 0]);
    const list = await waiting();
    const of = (reason: string) =>
      list.find(
        (one: { reason: string; statementId: string }) => one.reason === reason && one.statementId === report.id,
      );

    const several = of('several_accounts');
    expect(several.candidates).toEqual([
      { accountId: romashka.id, invoiceId: mine.id, paymentId: null },
      { accountId: other.id, invoiceId: theirs.id, paymentId: null },
    ]);
    const answers = await Promise.all([
      decide(several.id, 'credit', { accountId: romashka.id, invoiceId: mine.id }),
      decide(several.id, 'credit', { accountId: other.id }),
      decide(several.id, 'dismiss', { reason: 'not ours' }),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
    for (const { body, status } of answers) if (status === 409) expect(body.code).toBe('transfer_decided');

    await decide(of('invoice_cancelled').id, 'credit', { accountId: romashka.id, invoiceId: gone.id }).expect(409);
    const credited = await decide(of('invoice_cancelled').id, 'credit', { accountId: romashka.id }).expect(200);
    expect(credited.body).toMatchObject({ state: 'credited', accountId: romashka.id, reason: 'invoice_cancelled' });
    const again = await decide(of('invoice_cancelled').id, 'credit', { accountId: romashka.id }).expect(409);
    expect(again.body).toMatchObject({ code: 'transfer_decided', paymentId: credited.body.paymentId });
    expect(await trail(`bank_transfer:${credited.body.id}`)).toEqual(['bank_transfer.credited']);

    await decide(of('no_match').id, 'dismiss', {}).expect(422);
    await decide(of('no_match').id, 'reverse', { accountId: romashka.id, paymentId: credited.body.paymentId }).expect(
      409,
    );
    const dismissed = await decide(of('no_match').id, 'dismiss', { reason: 'Interest of the bank' }).expect(200);
    expect(dismissed.body).toMatchObject({ state: 'dismissed', note: 'Interest of the bank', accountId: null });
    expect(await trail(`bank_transfer:${dismissed.body.id}`)).toEqual(['bank_transfer.dismissed']);
    expect((await staff('get', `bank-transfers/${dismissed.body.id}`).expect(200)).body).toEqual(dismissed.body);

    const unknown = '0190a000-0000-7000-8000-00000000dead';
    await decide(unknown, 'dismiss', { reason: 'x' }).expect(404);
    await decide(of('other_currency').id, 'credit', { accountId: unknown }).expect(404);
    await staff('get', `bank-statements/${unknown}`).expect(404);
    const filtered = await staff(
      'get',
      'bank-transfers?state=waiting&reason=other_currency&seller=kabinet-ru&from=2026-01-13&until=2026-01-14',
    ).expect(200);
    expect(filtered.body.data).toEqual([of('other_currency')]);
    const page = await staff('get', 'bank-transfers?limit=1').expect(200);
    expect(
      (await staff('get', `bank-transfers?limit=1&cursor=${page.body.nextCursor}`).expect(200)).body.data[0].id,
    ).not.toBe(page.body.data[0].id);
    const reader = test.asStaff(['payments:read']);
    await test.http().get('/admin/v1/bank-transfers').set(reader).expect(200);
    await test
      .http()
      .post(`/admin/v1/bank-transfers/${of('other_currency').id}/dismiss`)
      .set(reader)
      .send({ reason: 'x' })
      .expect(403);
  });

  it('[B9] a transfer that was recorded by hand, or that came in a file of another format, is not credited again', async () => {
    const euro = await company('DE123456', 'EUR');
    const invoice = await euro.invoice('64.48');
    const movement = { minor: 6_448, purpose: `Invoice ${invoice.number}`, reference: 'B0001' };
    const record = (bankReference: string, amount: string) =>
      test
        .http()
        .post(`/admin/v1/accounts/${euro.id}/payments`)
        .set(test.asStaff())
        .set(key())
        .send({ seller: 'kabinet-eu', amount: { amount, currency: 'EUR' }, receivedOn: '2026-01-13', bankReference });
    const first = await take(camt053({ account: IBAN, movements: [movement] }, 'v8'));
    expect(counts(first)).toEqual([1, 1, 0, 0, 0]);
    expect([await euro.status(invoice.id), await euro.balance()]).toEqual(['covered', 6_448]);
    const [payment] = await euro.payments();
    const again = await record(payment.bankReference.toLowerCase(), '64.48').expect(409);
    expect(again.body).toMatchObject({ code: 'payment_recorded', paymentId: payment.id });

    const swift = await take(mt940({ account: IBAN, movements: [movement] }));
    expect(swift.reasons).toEqual([{ outcome: 'waiting', reason: 'maybe_recorded', lines: 1 }]);
    const [transfer] = await waiting();
    expect(transfer.candidates).toEqual([{ accountId: euro.id, invoiceId: null, paymentId: payment.id }]);

    const byHand = (await record('B0002/2026-01-13/10.00', '10').expect(201)).body;
    await record('typed otherwise', '11').expect(201);
    const next = await take(
      mt940(
        {
          account: IBAN,
          movements: [
            { minor: 1_000, purpose: invoice.number, reference: 'B0002' },
            { minor: 1_100, purpose: invoice.number, reference: 'B0003' },
          ],
        },
        'polish',
      ),
    );
    expect(next.reasons).toEqual([
      { outcome: 'known', reason: 'recorded_by_hand', lines: 1 },
      { outcome: 'waiting', reason: 'maybe_recorded', lines: 1 },
    ]);
    const lines = (await staff('get', `bank-statements/${next.id}/lines?outcome=known`).expect(200)).body.data;
    const shown = await staff('get', `bank-transfers/${lines[0].transferId}`).expect(200);
    expect(shown.body).toMatchObject({ state: 'credited', paymentId: byHand.id });
    expect(await euro.balance()).toBe(6_448 + 1_000 + 1_100);
  });

  it('[B9] CAMT.053 and MT940 files credit the parts of a batch, once; what the bank takes back waits and is taken back once', async () => {
    const euro = await company('DE123456', 'EUR');
    const [one, two] = [await euro.invoice('20'), await euro.invoice('30')];
    const batch = {
      minor: 5_000,
      purpose: '',
      reference: 'BATCH7',
      parts: [
        { minor: 2_000, purpose: one.number, reference: 'P1' },
        { minor: 3_000, purpose: `za ${two.number}`, reference: 'P2' },
      ],
    };
    const unsplit = { ...batch, minor: 9_000, reference: 'BATCH8' };
    const back = { minor: -3_000, purpose: 'recall', reference: 'BACK1', reversal: true };
    const own = { minor: 100, purpose: 'own', reference: 'OWN1', account: IBAN.slice(2) };
    const statement = camt053({ account: IBAN, movements: [batch, unsplit, own, back] });
    const report = await take(statement);
    expect(report.reasons).toEqual([
      { outcome: 'credited', reason: null, lines: 2 },
      { outcome: 'ignored', reason: 'own_transfer', lines: 1 },
      { outcome: 'waiting', reason: 'batch_not_split', lines: 1 },
      { outcome: 'waiting', reason: 'reversal', lines: 1 },
    ]);
    expect(counts(await take(statement))).toEqual([5, 0, 4, 0, 1]);
    expect(await euro.balance()).toBe(5_000);
    const [reversal] = (await staff('get', 'bank-transfers?state=waiting&reason=reversal').expect(200)).body.data;
    const [suggested] = reversal.candidates;
    expect(suggested).toMatchObject({ accountId: euro.id });
    await decide(reversal.id, 'credit', { accountId: euro.id }).expect(409);
    const payments: { id: string; amount: { amount: string } }[] = await euro.payments();
    const smaller = payments.find(({ amount }) => amount.amount === '20.000000')!;
    expect(
      (await decide(reversal.id, 'reverse', { accountId: euro.id, paymentId: smaller.id }).expect(409)).body.code,
    ).toBe('reversal_differs');
    const reverse = () => decide(reversal.id, 'reverse', { accountId: euro.id, paymentId: suggested.paymentId });
    expect((await Promise.all([reverse(), reverse(), reverse()])).map(({ status }) => status).sort()).toEqual([
      200, 409, 409,
    ]);
    expect([await euro.balance(), await euro.status(two.id), await euro.status(one.id)]).toEqual([
      2_000,
      'issued',
      'covered',
    ]);
    const reversed = (await euro.payments()).find(({ id }: { id: string }) => id === suggested.paymentId);
    expect(reversed).toMatchObject({ reversedAt: clock.now().toISOString(), allocated: { amount: '0.000000' } });
    expect(await trail(`payment:${reversed.id}`)).toEqual(['payment.recorded', 'payment.reversed']);
    const allocate = staff('post', `accounts/${euro.id}/payments/${reversed.id}/allocations`)
      .set(key())
      .send({ invoiceId: two.id, amount: { amount: '1', currency: 'EUR' } });
    expect((await allocate.expect(409)).body.code).toBe('payment_reversed');

    const third = await euro.invoice('40');
    const swift = mt940(
      { account: IBAN, movements: [{ minor: 4_000, purpose: `zaplata ${third.number}`, reference: 'SW1' }] },
      'polish',
    );
    expect(counts(await take(swift))).toEqual([1, 1, 0, 0, 0]);
    expect(counts(await take(swift))).toEqual([1, 0, 1, 0, 0]);
    expect(await euro.status(third.id)).toBe('covered');
  });

  it('[B9] a file that cannot be right changes nothing: cut, wrong sums, another currency, an account of nobody', async () => {
    const romashka = await company();
    const { number } = await romashka.invoice('10');
    const good = oneC(file(paying(1_000, number)));
    const before = (await staff('get', 'bank-statements').expect(200)).body;
    for (const [spoiled, code, pointer] of [
      [good.slice(0, good.length / 2), 'statement_cut', expect.stringMatching(/^\/lines\/\d+$/)],
      [good.replace('Сумма=10.00', 'Сумма=10.10'), 'statement_sums_differ', '/lines/8'],
      [good.replace('Сумма=10.00', 'Сумма=1,010.00'), 'statement_amount', '/lines/17'],
      [good.replaceAll(OURS, OURS.replace('810', '978')), 'statement_account_unknown', '/lines/17'],
      [good.replaceAll('13.01.2026', '13.01.2062'), 'day_out_of_range', '/lines/17'],
      [camt053({ account: IBAN, movements: [paying(1_000, number)] }, 'v8', 'PLN'), 'statement_currency', '/entries/1'],
      ['{"a":1}', 'statement_unreadable', '/lines/1'],
      ['', 'statement_unreadable', '/lines/1'],
    ] as const) {
      const { body } = await upload(spoiled).expect(422);
      expect(body).toMatchObject({ code, errors: [{ pointer, code }] });
      expect(body.errors[0].detail).not.toContain('{');
    }
    await upload(good, 'application/json').expect(400);
    await staff('post', 'bank-statements').send({}).expect(415);
    expect((await staff('get', 'bank-statements').expect(200)).body).toEqual(before);
    const [rows] = await db.database.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM bank_statement_lines l WHERE NOT EXISTS (SELECT FROM bank_statements s WHERE s.id = l.statement_id AND s.state = 'applied')`,
    );
    expect(rows!.n).toBe(0);
    expect(await romashka.balance()).toBe(0);
    expect(counts(await take(Buffer.from(good)))).toEqual([1, 1, 0, 0, 0]);
    const texts = await upload(good.slice(0, 500)).set('accept-language', 'ru').expect(422);
    expect(texts.body.title).toBe('Файл обрывается; ничего не принято');
  });

  it('[B9] a file whose process dies half-way is applied to its end by the next one, once', async () => {
    const [romashka, other] = [await company(), await company('500100732259')];
    const [first, last] = [await romashka.invoice('10000'), await other.invoice('10')];
    const many = Array.from({ length: 300 }, (_, nth) => paying(nth + 1, `счёт ${first.number}`));
    const statement = cp1251(oneC(file(...many, paying(1_000, last.number))));
    const client = await db.database.pool.connect();
    const answers: number[] = [];
    try {
      await client.query('BEGIN');
      await client.query('SELECT 1 FROM invoices WHERE id = $1 FOR UPDATE', [last.id]);
      const running = upload(statement).then(({ status }) => answers.push(status));
      // The second batch waits for the invoice; then its connection ends, as if the process had died.
      await until('the second batch waits', async () => {
        const [waits] = await db.database.query<{ pid: number }>(
          `SELECT pid FROM pg_stat_activity
           WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%FOR UPDATE OF i%'`,
        );
        if (waits) await db.database.query('SELECT pg_terminate_backend($1)', [waits.pid]);
        return waits;
      });
      await running;
    } finally {
      await client.query('ROLLBACK');
      client.release();
    }
    expect(answers).toEqual([503]);
    expect(await romashka.balance()).toBe((250 * 251) / 2);
    const [half] = (await staff('get', 'bank-statements?limit=1').expect(200)).body.data;
    expect(half).toMatchObject({ state: 'applying', lines: 301, credited: 250 });

    clock.advance({ minutes: 2 });
    const finish = test.app.get(FinishStatements, { strict: false });
    const [swept, , uploaded] = await Promise.all([
      finish.sweep(clock.now()),
      finish.sweep(clock.now()),
      take(statement),
    ]);
    expect(swept).toMatchObject({ forgotten: 0 });
    expect(uploaded.lines).toBe(uploaded.credited + uploaded.known);
    const done = (await staff('get', `bank-statements/${half.id}`).expect(200)).body;
    expect(done).toMatchObject({ state: 'applied', lines: 301 });
    expect(done.credited + uploaded.credited).toBe(301);
    expect(await romashka.balance()).toBe((300 * 301) / 2);
    expect([await other.balance(), await other.status(last.id)]).toEqual([1_000, 'covered']);
  });

  it('[B9] two files that overlap, taken by two processes at once, credit each transfer once', async () => {
    const [romashka, other] = [await company(), await company('500100732259')];
    const [first, second] = [await romashka.invoice('100000'), await other.invoice('100000')];
    const movements = Array.from({ length: 400 }, (_, nth) =>
      paying(nth + 1, `№ ${(nth % 2 ? first : second).number}`),
    );
    const replica = await createTestApp({
      imports: [AccountsModule, WalletsModule, InvoicesModule, PaymentsModule],
      database: db.database,
      providers: [{ provide: Clock, useValue: clock }],
    });
    try {
      const elsewhere = (content: Buffer) =>
        replica
          .http()
          .post('/admin/v1/bank-statements')
          .set(replica.asStaff())
          .set('content-type', 'text/plain; charset=windows-1251')
          .send(content)
          .expect(201);
      const [here, there] = await Promise.all([
        take(oneC(file(...movements.slice(0, 300)))),
        elsewhere(cp1251(oneC(file(...movements.slice(100).toReversed())))),
      ]);
      expect(here.credited + there.body.credited).toBe(400);
      expect(here.known + there.body.known).toBe(200);
    } finally {
      await replica.close();
    }
    expect((await romashka.balance()) + (await other.balance())).toBe((400 * 401) / 2);
  });
});
