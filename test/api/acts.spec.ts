import { extractText } from 'unpdf';
import { Secrets } from '../../src/config/secrets.js';
import { SELLER } from '../../src/entrypoints/demo/cabinet.js';
import { Clock } from '../../src/kernel/clock.js';
import { AccountsModule, AccountsService } from '../../src/modules/accounts/index.js';
import { ActsModule, IssueActs } from '../../src/modules/acts/index.js';
import { InvoicesModule } from '../../src/modules/invoices/index.js';
import { PaymentsModule } from '../../src/modules/payments/index.js';
import { LedgerService, WalletsModule } from '../../src/modules/wallets/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { expectCleanAudit } from '../support/audit.js';
import { Books, type UsedMessage } from '../support/books.js';
import { FakeClock } from '../support/clock.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

const ROUBLE = 1_000_000n;

describe('acts over HTTP', () => {
  let db: TestDatabase;
  let test: TestApp;
  let books: Books;
  const clock = new FakeClock('2025-12-10T09:00:00Z');
  let keys = 0;
  const key = () => ({ 'idempotency-key': `k${++keys}` });

  beforeAll(async () => {
    db = await createTestDatabase();
    test = await createTestApp({
      imports: [AccountsModule, WalletsModule, InvoicesModule, PaymentsModule, ActsModule],
      database: db.database,
      providers: [
        { provide: Clock, useValue: clock },
        { provide: Secrets, useValue: new Secrets(Buffer.alloc(48, 1), []) },
      ],
    });
    books = new Books(db.database, test.app.get(LedgerService), 'RUB');
    const director = { director: 'Иванова А. А.' };
    const { body } = await test
      .http()
      .post('/admin/v1/legal-entities')
      .set(test.asStaff())
      .send({ ...SELLER, ...director })
      .expect(201);
    expect(body.timeZone).toBe('Europe/Moscow');
  });
  afterAll(async () => {
    await expectCleanAudit(db.database);
    await test.close();
    await db.drop();
  });

  async function open(creditLimit = 0n): Promise<string> {
    const input = {
      name: 'Ромашка',
      country: 'RU',
      currency: 'RUB',
      locale: 'ru',
      timeZone: 'Asia/Vladivostok',
      actor: { kind: 'system', id: null },
    } as const;
    const { id } = await db.database.transaction((tx) => test.app.get(AccountsService).create(tx, input));
    await db.database.query('UPDATE wallets SET credit_limit_micros = $2 WHERE account_id = $1', [
      id,
      creditLimit * ROUBLE,
    ]);
    return id;
  }
  const addPayer = async (account: string, name: string, taxNumber: string): Promise<string> => {
    const payer = { country: 'RU', name, taxNumber, taxReasonCode: '773601001', address: 'Москва' };
    return (await test.http().post('/v1/payers').set(test.as(account)).send(payer).expect(201)).body.id;
  };
  const invoice = async (account: string, payerId: string, amount: string): Promise<string> => {
    const request = { payerId, amount: { amount, currency: 'RUB' } };
    return (await test.http().post('/v1/invoices').set(test.as(account)).set(key()).send(request).expect(201)).body.id;
  };
  const pay = (account: string, amount: string, more: object = {}) =>
    test
      .http()
      .post(`/admin/v1/accounts/${account}/payments`)
      .set(test.asStaff())
      .set(key())
      .send({
        seller: SELLER.code,
        receivedOn: clock.now().toISOString().slice(0, 10),
        amount: { amount, currency: 'RUB' },
        bankReference: `bank-${++keys}`,
        ...more,
      })
      .expect(201);
  const use = async (account: string, kopecks: bigint, parts = 1): Promise<UsedMessage> => {
    const message = await books.use(account, { micros: kopecks * 10_000n, parts, at: clock.now() });
    expect(message).not.toBeNull();
    return message!;
  };
  const sweep = () => test.app.get(IssueActs).sweep(clock.now());
  const actsOf = async (account: string) =>
    (await test.http().get('/v1/acts').set(test.as(account)).expect(200)).body.data;
  const detailOf = async (account: string, id: string) =>
    (await test.http().get(`/v1/acts/${id}`).set(test.as(account)).expect(200)).body;
  const closingsOf = async (account: string) =>
    (await test.http().get(`/admin/v1/accounts/${account}/act-closings`).set(test.asStaff()).expect(200)).body.data;
  const issueByHand = (account: string, month: string) =>
    test.http().post(`/admin/v1/accounts/${account}/acts`).set(test.asStaff()).send({ seller: SELLER.code, month });
  const pdfText = async (path: string, headers: Record<string, string>) => {
    const { body } = await test.http().get(path).set(headers).buffer(true).expect('content-type', 'application/pdf');
    const { text } = await extractText(new Uint8Array(body), { mergePages: true });
    return text.replaceAll('\u00a0', ' ').replaceAll(/\s+/g, ' ');
  };

  describe('of an account that paid before it used', () => {
    let account: string;
    let payer: string;
    let late: UsedMessage;

    beforeAll(async () => {
      clock.set('2025-12-10T09:00:00Z');
      account = await open();
      payer = await addPayer(account, 'ООО «Ромашка» <b>', '7707083893');
      await pay(account, '1000', { invoiceId: await invoice(account, payer, '1000') });
      await use(account, 12_050n, 50);
      await use(account, 5_000n, 20);
      // Half past midnight in Moscow: the seller's January, and not the account's.
      clock.set('2025-12-31T21:30:00Z');
      late = await use(account, 10_000n, 40);
    });

    it('[T9] is issued by the schedule once the month is over where the seller is, once', async () => {
      expect(await sweep()).toEqual({ closed: 0, issued: 0, failed: 0 });
      clock.set('2025-12-31T22:05:00Z');
      expect(await sweep()).toEqual({ closed: 1, issued: 1, failed: 0 });
      expect(await sweep()).toEqual({ closed: 0, issued: 0, failed: 0 });
      const [act, ...others] = await actsOf(account);
      expect(others).toEqual([]);
      expect(act).toMatchObject({
        kind: 'act',
        number: 'КА-2026-1',
        month: '2025-12',
        issuedOn: '2026-01-01',
        // The rate of December, not of the day of issue: 20 %.
        net: { amount: '142.080000', currency: 'RUB' },
        vat: { amount: '28.420000' },
        total: { amount: '170.500000' },
        payerId: payer,
        payer: { taxNumber: '7707083893' },
        corrects: null,
      });
      expect((await detailOf(account, act.id)).lines).toEqual([
        expect.objectContaining({ usageMonth: '2025-12', quantity: 70, vatRate: '20.00' }),
      ]);
    });

    it('[T9] is opened, printed and downloaded as PDF, with the sum in words', async () => {
      const [{ id }] = await actsOf(account);
      const page = (await test.http().get(`/v1/acts/${id}/page`).set(test.as(account)).expect(200)).text;
      const text = await pdfText(`/v1/acts/${id}/pdf`, test.as(account));
      for (const words of [
        'Акт об оказании услуг № КА-2026-1 от 01.01.2026',
        'За период с 01.12.2025 по 31.12.2025',
        'Услуги SMS-рассылки за 01.12.2025–31.12.2025',
        'Сумма прописью: Сто семьдесят рублей 50 копеек.',
        'НДС 20 %',
        'Иванова А. А.',
      ]) {
        expect(text).toContain(words);
        expect(page.replaceAll('\u00a0', ' ')).toContain(words);
      }
      expect(text).toContain('ООО «Ромашка» <b>');
      expect(page).toContain('ООО «Ромашка» &lt;b&gt;');
      const { links } = await detailOf(account, id);
      expect(await pdfText(new URL(links.pdf).pathname, {})).toBe(text);
    });

    it.each([
      ['pl', 'Protokół wykonania usług', 'Wartość wykonanych usług'],
      ['el', 'Πρωτόκολλο παροχής υπηρεσιών', 'Αξία παρασχεθεισών υπηρεσιών'],
      ['en', 'Act of services rendered', 'Services rendered in total'],
    ])('[T9] speaks %s on page and PDF', async (lang, title, total) => {
      const [{ id }] = await actsOf(account);
      const text = await pdfText(`/v1/acts/${id}/pdf?lang=${lang}`, test.as(account));
      const page = (await test.http().get(`/v1/acts/${id}/page?lang=${lang}`).set(test.as(account)).expect(200)).text;
      for (const words of [title, total]) {
        expect(text).toContain(words);
        expect(page).toContain(words);
      }
    });

    it('[T9] is corrected by a document that names it, at its own rate, when what was used is refunded later', async () => {
      const [act] = await actsOf(account);
      clock.set('2026-01-20T09:00:00Z');
      const before = (await detailOf(account, act.id)).lines;
      const [december] = await db.database.query<{
        id: string;
        wallet_id: string;
        price_micros: bigint;
        parts: number;
      }>(`SELECT id, wallet_id, price_micros, parts FROM messages WHERE account_id = $1 AND price_micros = 50000000`, [
        account,
      ]);
      const { id, wallet_id: walletId, price_micros: priceMicros, parts } = december!;
      await books.refund(account, { id, walletId, priceMicros, parts }, clock.now());
      clock.set('2026-02-01T09:00:00Z');
      expect(await sweep()).toMatchObject({ closed: 1, issued: 2 });
      const acts = await actsOf(account);
      expect(acts).toHaveLength(3);
      const correction = acts.find(({ kind }: { kind: string }) => kind === 'correction');
      expect(correction).toMatchObject({
        month: '2026-01',
        total: { amount: '-50.000000' },
        vat: { amount: '-8.340000' },
        corrects: { id: act.id, number: 'КА-2026-1' },
      });
      expect(
        acts.find((one: { kind: string; month: string }) => one.kind === 'act' && one.month === '2026-01'),
      ).toMatchObject({
        total: { amount: '100.000000' },
        vat: { amount: '18.030000' },
      });
      // The act itself stays as it was issued.
      expect(await detailOf(account, act.id)).toMatchObject({
        total: { amount: '170.500000' },
        lines: before,
        corrections: [{ id: correction.id }],
      });
      const text = await pdfText(`/v1/acts/${correction.id}/pdf`, test.as(account));
      for (const words of [
        'Корректировочный акт',
        'К акту об оказании услуг № КА-2026-1 от 01.01.2026',
        '170,50 ₽ 120,50 ₽ -50,00 ₽',
        'Минус пятьдесят рублей 00 копеек',
      ])
        expect(text).toContain(words);
    });

    it('[T9] says how the revenue of each month was paid', async () => {
      const [january, december] = await closingsOf(account);
      expect(december).toMatchObject({
        month: '2025-12',
        revenue: { amount: '170.500000' },
        onActs: { amount: '170.500000' },
      });
      expect(january).toMatchObject({
        month: '2026-01',
        revenue: { amount: '220.500000' },
        onActs: { amount: '220.500000' },
        unpaid: { amount: '0.000000' },
      });
      expect(late.parts).toBe(40);
    });

    it('is unknown to others, closed without the right, and found by filters', async () => {
      const [{ id }] = await actsOf(account);
      const other = await open();
      for (const path of ['', '/page', '/pdf'])
        expect((await test.http().get(`/v1/acts/${id}${path}`).set(test.as(other)).expect(404)).body.code).toBe(
          'act_not_found',
        );
      await test
        .http()
        .get('/v1/acts')
        .set(test.as(account, ['invoices:read']))
        .expect(403);
      const count = async (query: object, expected: number) =>
        expect(
          (await test.http().get('/v1/acts').query(query).set(test.as(account)).expect(200)).body.data,
        ).toHaveLength(expected);
      await count({ kind: 'correction' }, 1);
      await count({ payerId: payer }, 3);
      await count({ from: '2026-01-01' }, 2);
      await count({ until: '2026-01-01' }, 1);
      const first = (await test.http().get('/v1/acts?limit=2').set(test.as(account)).expect(200)).body;
      const second = await test.http().get('/v1/acts').query({ cursor: first.nextCursor }).set(test.as(account));
      expect([...first.data, ...second.body.data]).toEqual(await actsOf(account));
      const staff = await test.http().get(`/admin/v1/accounts/${account}/acts`).set(test.asStaff()).expect(200);
      expect(staff.body.data).toEqual(await actsOf(account));
      expect(await pdfText(`/admin/v1/accounts/${account}/acts/${id}/pdf`, test.asStaff())).toContain('КА-2026');
    });
  });

  it('[T9] used on credit: unpaid until money comes, then a line of the act of that month, at the rate of its own', async () => {
    clock.set('2025-12-15T09:00:00Z');
    const account = await open(500n);
    await addPayer(account, 'ООО «Лютик»', '7736050003');
    await pay(account, '30');
    await use(account, 10_000n, 100);
    clock.set('2026-01-01T09:00:00Z');
    await sweep();
    expect(await closingsOf(account)).toMatchObject([
      { onActs: { amount: '30.000000' }, unpaid: { amount: '70.000000' } },
    ]);
    clock.set('2026-01-05T09:00:00Z');
    await pay(account, '200');
    await use(account, 1_000n, 10);
    clock.set('2026-02-01T09:00:00Z');
    await sweep();
    const [january, december] = await actsOf(account);
    expect(december).toMatchObject({ month: '2025-12', total: { amount: '30.000000' } });
    expect((await detailOf(account, january.id)).lines).toEqual([
      expect.objectContaining({
        usageMonth: '2025-12',
        quantity: 70,
        vatRate: '20.00',
        total: { amount: '70.000000', currency: 'RUB' },
      }),
      expect.objectContaining({
        usageMonth: '2026-01',
        quantity: 10,
        vatRate: '22.00',
        total: { amount: '10.000000', currency: 'RUB' },
      }),
    ]);
    expect((await closingsOf(account))[0]).toMatchObject({
      onActs: { amount: '110.000000' },
      unpaid: { amount: '0.000000' },
    });
  });

  it('[T9] is for each payer what its own money was used for, the oldest first; a promotion is nobody’s', async () => {
    clock.set('2026-01-03T09:00:00Z');
    const account = await open();
    const [one, two] = [
      await addPayer(account, 'Первый', '7707083893'),
      await addPayer(account, 'Второй', '7736050003'),
    ];
    const promotion = { accountId: account, currency: 'RUB' as const, micros: 5n * ROUBLE, idempotencyKey: 'promo' };
    const subject = { kind: 'promotion', id: '1' };
    await db.database.transaction((tx) =>
      test.app.get(LedgerService).topUp(tx, { ...promotion, subject, from: 'promotions' }, clock.now()),
    );
    await pay(account, '10', { invoiceId: await invoice(account, one, '10') });
    await pay(account, '10', { invoiceId: await invoice(account, two, '10') });
    // Of two payers nobody says which: it waits until ops has allocated it.
    const waiting = (await pay(account, '10')).body.id;
    await use(account, 3_200n, 32);
    clock.set('2026-02-01T09:00:00Z');
    await sweep();
    const totals = async () =>
      (await actsOf(account)).map((act: { payerId: string; total: { amount: string } }) => [
        act.payerId,
        act.total.amount,
      ]);
    expect((await totals()).toSorted()).toEqual(
      [
        [one, '10.000000'],
        [two, '10.000000'],
      ].toSorted(),
    );
    expect((await closingsOf(account))[0]).toMatchObject({
      revenue: { amount: '32.000000' },
      onActs: { amount: '20.000000' },
      awaitingPayer: { amount: '7.000000' },
      promotional: { amount: '5.000000' },
    });
    const covered = await invoice(account, two, '10');
    await test
      .http()
      .post(`/admin/v1/accounts/${account}/payments/${waiting}/allocations`)
      .set(test.asStaff())
      .set(key())
      .send({ invoiceId: covered, amount: { amount: '10', currency: 'RUB' } })
      .expect(201);
    clock.set('2026-03-01T09:00:00Z');
    await sweep();
    expect((await totals())[0]).toEqual([two, '7.000000']);
  });

  it('[T9] has a line of its own for services bought beside messages', async () => {
    clock.set('2026-02-10T09:00:00Z');
    const account = await open();
    await addPayer(account, 'ООО «Ива»', '7707083893');
    await pay(account, '100');
    await use(account, 1_000n, 4);
    expect(await books.buy(account, { micros: 30n * ROUBLE, at: clock.now() })).toBe(true);
    clock.set('2026-03-01T08:00:00Z');
    await sweep();
    const [act] = await actsOf(account);
    expect((await detailOf(account, act.id)).lines).toMatchObject([
      { service: 'services', quantity: 1, total: { amount: '30.000000' } },
      { service: 'sms', quantity: 4, total: { amount: '10.000000' } },
    ]);
    expect(await pdfText(`/v1/acts/${act.id}/pdf`, test.as(account))).toContain(
      'Абонентские и разовые услуги за 01.02.2026–28.02.2026',
    );
  });

  it('[T9] is issued by staff on demand, however many ask at once, and never for a month that is not over', async () => {
    clock.set('2026-03-10T09:00:00Z');
    const account = await open();
    await addPayer(account, 'ООО «Астра»', '7707083893');
    await pay(account, '100');
    await use(account, 2_500n, 5);
    expect((await issueByHand(account, '2026-03').expect(409)).body.code).toBe('month_not_over');
    clock.set('2026-03-31T21:00:00Z');
    const answers = await Promise.all([
      ...Array.from({ length: 4 }, () => issueByHand(account, '2026-03')),
      sweep(),
      sweep(),
    ]);
    for (const { status, body } of answers.slice(0, 4) as { status: number; body: { data: unknown } }[]) {
      expect(status).toBe(201);
      expect(body.data).toEqual(await actsOf(account));
    }
    expect(await actsOf(account)).toHaveLength(1);
    expect((await issueByHand(account, '2026-02').expect(201)).body.data).toEqual([]);
    expect((await issueByHand(account, '2026-13').expect(422)).body.errors[0].code).toBe('invalid_month');
    const nobody = { seller: 'nobody', month: '2026-01' };
    const refused = await test.http().post(`/admin/v1/accounts/${account}/acts`).set(test.asStaff()).send(nobody);
    expect(refused.body.code).toBe('seller_not_found');
    await test
      .http()
      .post(`/admin/v1/accounts/${account}/acts`)
      .set(test.asStaff(['acts:read']))
      .send({ seller: SELLER.code, month: '2026-03' })
      .expect(403);
  });

  it('[T9] makes up for an outage month by month, and numbers without gaps', async () => {
    clock.set('2026-04-10T09:00:00Z');
    const account = await open();
    await addPayer(account, 'ООО «Мак»', '7707083893');
    await pay(account, '100');
    await use(account, 1_000n);
    clock.set('2026-05-10T09:00:00Z');
    await use(account, 2_000n);
    clock.set('2026-08-01T09:00:00Z');
    expect(await sweep()).toMatchObject({ failed: 0 });
    const acts = await actsOf(account);
    expect(
      acts.map(({ month, total }: { month: string; total: { amount: string } }) => [month, total.amount]).toSorted(),
    ).toEqual([
      ['2026-04', '10.000000'],
      ['2026-05', '20.000000'],
    ]);
    expect((await closingsOf(account)).map(({ month }: { month: string }) => month)).toEqual([
      '2026-07',
      '2026-06',
      '2026-05',
      '2026-04',
    ]);
    const [numbers] = await db.database.query<{ numbers: number[] }>(
      `SELECT array_agg(number ORDER BY number) AS numbers FROM document_numbers WHERE series = 'КА'`,
    );
    expect(numbers!.numbers).toEqual(Array.from({ length: numbers!.numbers.length }, (_, index) => index + 1));
  });

  it('does not take the number of an act in a payment’s purpose for that of an invoice', async () => {
    clock.set('2026-08-02T09:00:00Z');
    const account = await open();
    await addPayer(account, 'ООО «Роза»', '7707083893');
    await pay(account, '100');
    await use(account, 1_000n);
    clock.set('2026-09-01T09:00:00Z');
    await sweep();
    const [{ number }] = await actsOf(account);
    const { body } = await pay(account, '10', { purpose: `по акту ${number}` });
    expect(body.allocated.amount).toBe('0.000000');
  });
});
