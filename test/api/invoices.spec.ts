import { extractText } from 'unpdf';
import { Secrets } from '../../src/config/secrets.js';
import { Clock } from '../../src/kernel/clock.js';
import { AccountsModule, AccountsService } from '../../src/modules/accounts/index.js';
import { InvoicesModule } from '../../src/modules/invoices/index.js';
import { PaymentsModule } from '../../src/modules/payments/index.js';
import { LedgerService, WalletsModule } from '../../src/modules/wallets/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { FakeClock } from '../support/clock.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

const SELLER = {
  code: 'kabinet-ru',
  country: 'RU',
  currency: 'RUB',
  name: 'ООО «Кабинет»',
  taxNumber: '7736050003',
  taxReasonCode: '773601001',
  address: '117997, Москва, ул. Наметкина, 16',
  bank: {
    accountNumber: '40702810900000000001',
    bankName: 'ПАО СБЕРБАНК',
    bic: '044525225',
    correspondentAccount: '30101810400000000225',
  },
  vatRegime: 'standard',
  series: 'К',
  isDefault: true,
};
const PAYER = {
  country: 'RU',
  name: 'ООО «Ромашка» <script>',
  taxNumber: '7707 083 893',
  taxReasonCode: '773601001',
  address: 'Москва, ул. Вавилова, 19',
};

/** The words of a PDF, read by an independent reader. */
async function pdfText(content: Buffer): Promise<string> {
  const { text } = await extractText(new Uint8Array(content), { mergePages: true });
  return text.replaceAll('\u00a0', ' ');
}

describe('invoices over HTTP', () => {
  let db: TestDatabase;
  let test: TestApp;
  let account: string;
  let other: string;
  let payerId: string;
  const clock = new FakeClock('2026-01-12T09:00:00Z');
  let keys = 0;
  const key = () => ({ 'idempotency-key': `k${++keys}` });

  beforeAll(async () => {
    db = await createTestDatabase();
    test = await createTestApp({
      imports: [AccountsModule, WalletsModule, InvoicesModule, PaymentsModule],
      database: db.database,
      providers: [
        { provide: Clock, useValue: clock },
        { provide: Secrets, useValue: new Secrets(Buffer.alloc(48, 1), []) },
      ],
    });
    [account, other] = await Promise.all([open('Ромашка'), open('Other')]);
    await test.http().post('/admin/v1/legal-entities').set(test.asStaff()).send(SELLER).expect(201);
  });
  afterAll(async () => {
    await test.close();
    await db.drop();
  });

  async function open(name: string): Promise<string> {
    const accounts = test.app.get(AccountsService);
    const input = {
      name,
      country: 'RU',
      currency: 'RUB',
      locale: 'ru',
      timeZone: 'Europe/Moscow',
      actor: { kind: 'system', id: null },
    } as const;
    return (await db.database.transaction((tx) => accounts.create(tx, input))).id;
  }
  const create = (amount: string, headers = test.as(account), currency = 'RUB') =>
    test.http().post('/v1/invoices').set(headers).set(key()).send({ payerId, amount: { amount, currency } });
  const pay = (body: object, to = account) =>
    test
      .http()
      .post(`/admin/v1/accounts/${to}/payments`)
      .set(test.asStaff())
      .set(key())
      .send({ seller: 'kabinet-ru', receivedOn: '2026-01-13', ...body });
  const balance = async () => (await test.app.get(LedgerService).wallets(account))[0]!.availableMicros;

  it('[Z5] saves a payer once and reuses it', async () => {
    const { body, headers } = await test.http().post('/v1/payers').set(test.as(account)).send(PAYER).expect(201);
    payerId = body.id;
    expect(body).toMatchObject({ taxNumber: '7707083893', taxReasonCode: '773601001', archived: false });
    expect((await test.http().post('/v1/payers').set(test.as(account)).send(PAYER).expect(409)).body.code).toBe(
      'payer_exists',
    );
    const list = await test.http().get('/v1/payers').set(test.as(account)).expect(200);
    expect(list.body).toMatchObject({ data: [{ id: payerId }], nextCursor: null });

    const patch = () =>
      test.http().patch(`/v1/payers/${payerId}`).set(test.as(account)).send({ address: 'Москва, ул. Новая, 1' });
    expect((await patch().expect(428)).body.code).toBe('if_match_required');
    const changed = await patch().set('if-match', headers.etag!).expect(200);
    expect(changed.body.address).toBe('Москва, ул. Новая, 1');
    expect((await patch().set('if-match', headers.etag!).expect(412)).body.code).toBe('version_mismatch');
  });

  it('[Z5] refuses wrong tax numbers by field, and keeps payers of others hidden', async () => {
    const bad = await test
      .http()
      .post('/v1/payers')
      .set(test.as(account))
      .send({ ...PAYER, taxNumber: '7707083894' })
      .expect(422);
    expect(bad.body.errors).toEqual([expect.objectContaining({ pointer: '/taxNumber', code: 'invalid_inn' })]);
    for (const path of [`/v1/payers/${payerId}`, '/v1/payers/nonsense']) {
      await test.http().get(path).set(test.as(other)).expect(404);
    }
    await test.http().delete(`/v1/payers/${payerId}`).set(test.as(other)).expect(404);
    await test
      .http()
      .get(`/v1/payers/${payerId}`)
      .set(test.as(account, ['invoices:read']))
      .expect(403);
  });

  it('[Z6] forms an invoice for any amount, with VAT and a number without gaps, and lists it', async () => {
    const { body } = await create('5000').expect(201);
    expect(body).toMatchObject({
      number: 'К-2026-1',
      status: 'issued',
      issuedOn: '2026-01-12',
      validUntil: '2026-02-11',
      net: { amount: '4098.360000', currency: 'RUB' },
      vat: { amount: '901.640000' },
      total: { amount: '5000.000000' },
      payer: { taxNumber: '7707083893' },
      purpose: 'Оплата по счёту № К-2026-1 от 12.01.2026',
    });
    const list = await test.http().get('/v1/invoices?status=issued').set(test.as(account)).expect(200);
    expect(list.body.data).toEqual([body]);
    expect((await test.http().get('/v1/invoices?status=covered').set(test.as(account)).expect(200)).body.data).toEqual(
      [],
    );
    expect((await test.http().get('/v1/invoices?cursor=nonsense').set(test.as(account)).expect(400)).body.code).toBe(
      'invalid_cursor',
    );
    expect(await balance()).toBe(0n);
  });

  it('[Z6] replays the same key and refuses another body', async () => {
    const again = { 'idempotency-key': 'same' };
    const send = (amount: string) =>
      test
        .http()
        .post('/v1/invoices')
        .set(test.as(account))
        .set(again)
        .send({ payerId, amount: { amount, currency: 'RUB' } });
    const first = await send('10').expect(201);
    const second = await send('10').expect(201);
    expect(second.body).toEqual(first.body);
    expect(second.headers['idempotency-replayed']).toBe('true');
    expect((await send('11').expect(422)).body.code).toBe('idempotency_key_reused');
  });

  it.each([
    ['0', 'amount_out_of_range'],
    ['0.99', 'amount_out_of_range'],
    ['10.001', 'amount_out_of_range'],
    ['100000000.01', 'amount_out_of_range'],
    ['-5', 'validation_failed'],
    ['9'.repeat(30), 'validation_failed'],
  ])('[Z6] refuses an invoice for %s', async (amount, code) => {
    const { body } = await create(amount).expect(422);
    expect(body.code).toBe(code);
    expect(body.errors[0].pointer).toBe('/amount/amount');
  });

  it('[Z6] refuses a currency nobody sells in, a payer of somebody else, a request without a key', async () => {
    expect((await create('5', test.as(account), 'EUR').expect(422)).body.code).toBe('no_seller');
    expect((await create('5', test.as(other)).expect(404)).body.code).toBe('payer_not_found');
    const keyless = test
      .http()
      .post('/v1/invoices')
      .set(test.as(account))
      .send({ payerId, amount: { amount: '5', currency: 'RUB' } });
    expect((await keyless.expect(400)).body.code).toBe('idempotency_key_required');
  });

  it('numbers 40 invoices at once without a gap, refusals included', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, (_, index) => create(index % 5 === 4 ? '0.01' : '7')));
    const numbers = answers.filter(({ status }) => status === 201).map(({ body }) => Number(body.number.split('-')[2]));
    expect(numbers).toHaveLength(40);
    const [counter] = await db.database.query<{ last_number: number }>('SELECT last_number FROM document_counters');
    expect(new Set(numbers).size).toBe(40);
    expect(Math.max(...numbers)).toBe(counter!.last_number);
    const [countRow] = await db.database.query<{ count: number }>(
      'SELECT count(*)::int AS count FROM document_numbers',
    );
    expect(countRow!.count).toBe(counter!.last_number);
  });

  it('[Z7] opens an invoice in the browser as a printable page, and downloads it as PDF', async () => {
    const [invoice] = (await test.http().get('/v1/invoices?limit=1').set(test.as(account)).expect(200)).body.data;
    const page = await test.http().get(`/v1/invoices/${invoice.id}/page`).set(test.as(account)).expect(200);
    expect(page.headers['content-type']).toContain('text/html');
    expect(page.headers['content-security-policy']).toContain("default-src 'self'");
    expect(page.text).toContain(`Счёт на оплату № ${invoice.number}`);
    expect(page.text).toContain('ООО «Ромашка» &lt;script&gt;');
    expect(page.text).not.toContain('<script>');
    expect(page.text).toContain('<svg');

    const pdf = await test.http().get(`/v1/invoices/${invoice.id}/pdf`).set(test.as(account)).buffer(true).expect(200);
    expect(pdf.headers['content-type']).toBe('application/pdf');
    const text = await pdfText(pdf.body);
    for (const words of [
      invoice.number,
      'ООО «Ромашка» <script>',
      'НДС 22',
      'Всего к оплате',
      '40702810900000000001',
    ]) {
      expect(text).toContain(words);
    }
  });

  it.each([
    ['pl', 'Faktura pro forma', 'Do zapłaty'],
    ['el', 'Προτιμολόγιο', 'Πληρωτέο'],
    ['en', 'Invoice (pro forma)', 'Total due'],
  ])('[Z7] speaks %s on page and PDF', async (lang, title, total) => {
    const [invoice] = (await test.http().get('/v1/invoices?limit=1').set(test.as(account))).body.data;
    const page = await test
      .http()
      .get(`/v1/invoices/${invoice.id}/page?lang=${lang}`)
      .set(test.as(account))
      .expect(200);
    expect(page.text).toContain(title);
    const pdf = await test
      .http()
      .get(`/v1/invoices/${invoice.id}/pdf?lang=${lang}`)
      .set(test.as(account))
      .buffer(true)
      .expect(200);
    const text = await pdfText(pdf.body);
    expect(text).toContain(title);
    expect(text).toContain(total);
  });

  it('[Z7] opens by a signed link without credentials, for an hour, and nothing else', async () => {
    const [invoice] = (await test.http().get('/v1/invoices?limit=1').set(test.as(account))).body.data;
    const { body } = await test.http().get(`/v1/invoices/${invoice.id}`).set(test.as(account)).expect(200);
    const path = new URL(body.links.page).pathname;
    expect((await test.http().get(path).expect(200)).text).toContain(invoice.number);
    expect((await test.http().get(`${path}.pdf`).expect(200)).headers['content-type']).toBe('application/pdf');
    expect((await test.http().get(`${path}x`).expect(404)).body.code).toBe('link_expired');
    clock.advance({ hours: 1 });
    await test.http().get(path).expect(404);
    for (const foreign of ['', '/page', '/pdf'])
      await test.http().get(`/v1/invoices/${invoice.id}${foreign}`).set(test.as(other)).expect(404);
  });

  it('[Z8] shows incoming money; the invoice says what covers it, its document stays the same', async () => {
    const invoice = (await create('5000').expect(201)).body;
    const before = (await test.http().get(`/v1/invoices/${invoice.id}/page`).set(test.as(account))).text;
    const start = await balance();

    const half = await pay({
      amount: { amount: '2000', currency: 'RUB' },
      bankReference: 'a1',
      purpose: `оплата счета ${invoice.number}`,
    }).expect(201);
    expect(half.body).toMatchObject({ allocated: { amount: '2000.000000' }, invoiceIds: [invoice.id] });
    const detail = () => test.http().get(`/v1/invoices/${invoice.id}`).set(test.as(account)).expect(200);
    expect((await detail()).body).toMatchObject({
      status: 'partly_covered',
      covered: { amount: '2000.000000' },
      payments: [{ paymentId: half.body.id }],
    });

    const rest = await pay({
      amount: { amount: '4000', currency: 'RUB' },
      bankReference: 'a2',
      invoiceId: invoice.id,
    }).expect(201);
    expect(rest.body.allocated.amount).toBe('3000.000000');
    expect((await detail()).body).toMatchObject({ status: 'covered', covered: { amount: '5000.000000' } });
    expect((await balance()) - start).toBe(6_000_000_000n);

    const list = await test.http().get('/v1/payments').set(test.as(account)).expect(200);
    expect(list.body.data.map(({ bankReference }: { bankReference: string }) => bankReference).sort()).toEqual([
      'a1',
      'a2',
    ]);
    expect((await test.http().get(`/v1/invoices/${invoice.id}/page`).set(test.as(account))).text).toBe(before);
    await test.http().get(`/v1/payments/${half.body.id}`).set(test.as(other)).expect(404);
  });

  it('[Z8] credits the same transfer once, however often and from however many it is recorded', async () => {
    const start = await balance();
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => pay({ amount: { amount: '100', currency: 'RUB' }, bankReference: 'once' })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409, 409, 409, 409]);
    const id = answers.find(({ status }) => status === 201)!.body.id;
    for (const { body } of answers.filter(({ status }) => status === 409))
      expect(body).toMatchObject({ code: 'payment_recorded', paymentId: id });
    expect((await balance()) - start).toBe(100_000_000n);
  });

  it.each(['ONCE', ' once ', 'Once'])('credits it once, however it is written: %j', async (bankReference) => {
    const again = await pay({ amount: { amount: '100', currency: 'RUB' }, bankReference }).expect(409);
    expect(again.body.code).toBe('payment_recorded');
  });

  it('takes blanks inside of a reference for one', async () => {
    const first = await pay({ amount: { amount: '1', currency: 'RUB' }, bankReference: 'П/п  7' }).expect(201);
    for (const bankReference of ['п/П\u00a07', ' П/П 7'])
      expect((await pay({ amount: { amount: '1', currency: 'RUB' }, bankReference }).expect(409)).body).toMatchObject({
        code: 'payment_recorded',
        paymentId: first.body.id,
      });
    await pay({ amount: { amount: '1', currency: 'RUB' }, bankReference: 'п/п7' }).expect(201);
  });

  it.each([
    ['a blank reference', { bankReference: ' ' }, '/bankReference invalid_line'],
    ['a day that there is not', { receivedOn: '2026-02-30' }, '/receivedOn invalid_date'],
    ['a day of another century', { receivedOn: '1800-01-01' }, '/receivedOn day_out_of_range'],
    ['the day after tomorrow', { receivedOn: '2026-01-14' }, '/receivedOn day_out_of_range'],
    ['nothing', { amount: { amount: '0', currency: 'RUB' } }, '/amount/amount amount_not_positive'],
    ['an array for an amount', { amount: [] }, '/amount object_expected'],
  ])('refuses a payment of %s', async (_name, change, expected) => {
    const { body } = await pay({ amount: { amount: '1', currency: 'RUB' }, bankReference: 'z', ...change }).expect(422);
    expect(body.errors.map((e: { pointer: string; code: string }) => `${e.pointer} ${e.code}`)).toEqual([expected]);
  });

  it('takes a payment of ten years ago, and of tomorrow where it is tomorrow already', async () => {
    for (const receivedOn of ['2016-01-13', '2026-01-13'])
      await pay({ amount: { amount: '1', currency: 'RUB' }, bankReference: receivedOn, receivedOn }).expect(201);
  });

  it.each(['invoices', 'payments'])('refuses impossible days and periods in the list of %s', async (list) => {
    const get = (query: object) => test.http().get(`/v1/${list}`).query(query).set(test.as(account));
    const code = async (query: object) => (await get(query).expect(422)).body.errors[0].code;
    expect(await code({ from: '2026-02-30' })).toBe('invalid_date');
    expect(await code({ until: '2026-02-31' })).toBe('invalid_date');
    expect(await code({ from: '2026-02-02', until: '2026-02-01' })).toBe('invalid_period');
    await get({ from: '2026-02-01', until: '2026-02-02' }).expect(200);
  });

  it('covers no invoice twice, and gives an allocation back', async () => {
    const invoice = (await create('50').expect(201)).body;
    const payment = (await pay({ amount: { amount: '80', currency: 'RUB' }, bankReference: 'x1' }).expect(201)).body;
    const allocate = (amount: string) =>
      test
        .http()
        .post(`/admin/v1/accounts/${account}/payments/${payment.id}/allocations`)
        .set(test.asStaff())
        .set(key())
        .send({ invoiceId: invoice.id, amount: { amount, currency: 'RUB' } });
    expect((await allocate('0').expect(422)).body.errors[0].code).toBe('amount_not_positive');
    expect((await allocate('60').expect(409)).body.code).toBe('allocation_exceeds_invoice');
    expect((await allocate('90').expect(409)).body.code).toBe('allocation_exceeds_payment');
    const race = await Promise.all([allocate('50'), allocate('50')]);
    expect(race.map(({ status }) => status).sort()).toEqual([201, 409]);
    expect(
      (
        await test
          .http()
          .post(`/v1/invoices/${invoice.id}/cancel`)
          .set(test.as(account))
          .send({ reason: 'x' })
          .expect(409)
      ).body.code,
    ).toBe('invoice_covered');
    const [idRow] = await db.database.query<{ id: string }>(
      'SELECT id FROM payment_allocations WHERE invoice_id = $1 AND removed_at IS NULL',
      [invoice.id],
    );
    await test
      .http()
      .delete(`/admin/v1/accounts/${account}/payments/${payment.id}/allocations/${idRow!.id}`)
      .set(test.asStaff())
      .expect(204);
    const cancelled = await test
      .http()
      .post(`/v1/invoices/${invoice.id}/cancel`)
      .set(test.as(account))
      .send({ reason: 'ordered twice' })
      .expect(201);
    expect(cancelled.body.status).toBe('cancelled');
    expect((await allocate('50').expect(409)).body.code).toBe('invoice_cancelled');
  });

  it('refuses money in another currency or for a seller or account that does not exist', async () => {
    expect((await pay({ amount: { amount: '1', currency: 'EUR' }, bankReference: 'y1' }).expect(409)).body.code).toBe(
      'other_currency',
    );
    expect(
      (await pay({ amount: { amount: '1', currency: 'RUB' }, bankReference: 'y2', seller: 'nobody' }).expect(422)).body
        .code,
    ).toBe('seller_not_found');
    await pay(
      { amount: { amount: '1', currency: 'RUB' }, bankReference: 'y3' },
      '0190a000-0000-7000-8000-0000000000ff',
    ).expect(404);
    expect((await pay({ amount: { amount: '-1', currency: 'RUB' }, bankReference: 'y4' }).expect(422)).body.code).toBe(
      'validation_failed',
    );
  });
});
