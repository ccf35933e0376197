import { request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SELLER } from '../../src/entrypoints/demo/cabinet.js';
import { Clock } from '../../src/kernel/clock.js';
import { AccountsModule, AccountsService } from '../../src/modules/accounts/index.js';
import { AlertsModule, RaiseAlerts } from '../../src/modules/alerts/index.js';
import { InvoicesModule } from '../../src/modules/invoices/index.js';
import { PaymentsModule } from '../../src/modules/payments/index.js';
import { LedgerService, WalletsModule } from '../../src/modules/wallets/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { expectCleanAudit } from '../support/audit.js';
import { FakeClock } from '../support/clock.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const JPEG = Buffer.from([0xff, 0xd8, 0xff, 0xe0]);

describe('proofs of bank deposits over HTTP', () => {
  let db: TestDatabase;
  let test: TestApp;
  let account: string;
  let other: string;
  let invoiceId: string;
  const clock = new FakeClock('2026-01-12T09:00:00Z');
  let keys = 0;
  const key = () => ({ 'idempotency-key': `k${++keys}` });

  beforeAll(async () => {
    db = await createTestDatabase();
    test = await createTestApp({
      imports: [AccountsModule, WalletsModule, InvoicesModule, PaymentsModule, AlertsModule],
      database: db.database,
      providers: [{ provide: Clock, useValue: clock }],
    });
    [account, other] = await Promise.all([open('Ромашка'), open('Other')]);
    await test.http().post('/admin/v1/legal-entities').set(test.asStaff()).send(SELLER).expect(201);
    const payer = {
      country: 'RU',
      name: 'Ромашка',
      taxNumber: '7707083893',
      taxReasonCode: '773601001',
      address: 'Москва',
    };
    const { body } = await test.http().post('/v1/payers').set(test.as(account)).send(payer).expect(201);
    const invoice = { payerId: body.id, amount: { amount: '5000', currency: 'RUB' } };
    invoiceId = (await test.http().post('/v1/invoices').set(test.as(account)).set(key()).send(invoice).expect(201)).body
      .id;
  });
  afterAll(async () => {
    await expectCleanAudit(db.database);
    await test.close();
    await db.drop();
  });

  async function open(name: string): Promise<string> {
    const place = { country: 'RU', currency: 'RUB', locale: 'ru', timeZone: 'Europe/Moscow' } as const;
    const input = { name, ...place, actor: { kind: 'system', id: null } } as const;
    return (await db.database.transaction((tx) => test.app.get(AccountsService).create(tx, input))).id;
  }
  const pdf = (text = String(++keys)) => Buffer.from(`%PDF-1.7 ${text}`);
  /** Each a second after the one before it: what came first is listed last. */
  const upload = (query: object, content: Buffer = pdf(), type = 'application/pdf', as = account) => {
    clock.advance({ seconds: 1 });
    return test.http().post('/v1/deposit-proofs').query(query).set(test.as(as)).set('content-type', type).send(content);
  };
  const uploaded = async (query: object = { invoiceId }): Promise<string> => (await upload(query).expect(201)).body.id;
  const transfer = (bankReference: string, amount = '5000') => ({
    seller: SELLER.code,
    amount: { amount, currency: 'RUB' },
    receivedOn: '2026-01-12',
    bankReference,
  });
  const answer = (id: string, how: 'accept' | 'refuse', body: object, to = account) => {
    clock.advance({ seconds: 1 });
    return test
      .http()
      .post(`/admin/v1/accounts/${to}/deposit-proofs/${id}/${how}`)
      .set(test.asStaff())
      .set(key())
      .send(body);
  };
  const record = (body: object, to = account) =>
    test.http().post(`/admin/v1/accounts/${to}/payments`).set(test.asStaff()).set(key()).send(body);
  const read = async (id: string) =>
    (await test.http().get(`/v1/deposit-proofs/${id}`).set(test.as(account)).expect(200)).body;
  const balance = async () => (await test.app.get(LedgerService).wallets(account))[0]!.availableMicros;
  const openAlerts = async () => {
    await test.app.get(RaiseAlerts).catchUp();
    const { body } = await test.http().get('/admin/v1/alerts?limit=100').set(test.asStaff()).expect(200);
    return (body.data as { kind: string; subject: string }[]).map(({ kind, subject }) => `${kind} ${subject}`);
  };

  it('[M11] is uploaded for an invoice or an amount, seen by its account and the staff, and moves no money', async () => {
    const file = pdf();
    const { body } = await upload({ invoiceId, fileName: 'платёжка "5".pdf', note: 'со счёта холдинга' }, file).expect(
      201,
    );
    expect(body).toMatchObject({
      state: 'waiting',
      amount: { amount: '5000.000000', currency: 'RUB' },
      invoiceId,
      contentType: 'application/pdf',
      size: file.length,
      note: 'со счёта холдинга',
      reason: null,
      paymentId: null,
    });
    for (const [type, head] of [
      ['image/png', PNG],
      ['image/jpeg', JPEG],
    ] as const)
      await upload({ amount: '10.50', currency: 'RUB' }, head, type).expect(201);
    expect(await balance()).toBe(0n);
    const list = await test.http().get('/v1/deposit-proofs?state=waiting').set(test.as(account)).expect(200);
    expect(list.body.data).toHaveLength(3);
    expect(list.body.data[2]).toEqual(body);
    const staff = await test
      .http()
      .get(`/admin/v1/deposit-proofs?accountId=${account}&limit=2`)
      .set(test.asStaff())
      .expect(200);
    expect(staff.body.data).toEqual(list.body.data.slice(0, 2));
    expect(staff.body.nextCursor).not.toBeNull();
    expect(await openAlerts()).toContain(`deposit_awaits deposit_proof:${body.id}`);
    const paths = [
      `/v1/deposit-proofs/${body.id}/file`,
      `/admin/v1/accounts/${account}/deposit-proofs/${body.id}/file`,
    ];
    for (const [path, headers] of [
      [paths[0]!, test.as(account)],
      [paths[1]!, test.asStaff()],
    ] as const) {
      const download = await test.http().get(path).set(headers).buffer(true).expect(200);
      expect(Buffer.from(download.body)).toEqual(file);
      expect(download.headers).toMatchObject({
        'content-type': 'application/pdf',
        'content-disposition': `attachment; filename="proof"; filename*=UTF-8''${encodeURIComponent('платёжка "5".pdf')}`,
        'x-content-type-options': 'nosniff',
        'content-security-policy': "default-src 'none'; sandbox",
      });
    }
  });

  it('[M11] is accepted: the transfer is recorded, the wallet credited, the invoice covered, the alert over', async () => {
    const id = await uploaded();
    const start = await balance();
    const accepted = await answer(id, 'accept', transfer('m11-1', '4000')).expect(200);
    expect(accepted.body).toMatchObject({ state: 'accepted', paymentId: expect.any(String), reason: null });
    expect(await read(id)).toEqual(accepted.body);
    expect((await balance()) - start).toBe(4_000_000_000n);
    const covered = await test.http().get(`/v1/invoices/${invoiceId}`).set(test.as(account)).expect(200);
    expect(covered.body).toMatchObject({
      status: 'partly_covered',
      payments: [{ paymentId: accepted.body.paymentId }],
    });
    expect(await openAlerts()).not.toContain(`deposit_awaits deposit_proof:${id}`);
    const trail = await db.database.query<{ action: string }>(
      `SELECT action FROM account_audit WHERE account_id = $1 AND subject = $2 ORDER BY id`,
      [account, `deposit_proof:${id}`],
    );
    expect(trail.map(({ action }) => action)).toEqual(['deposit_proof.uploaded', 'deposit_proof.accepted']);
  });

  it('[M11] is refused with a reason that the account reads; then the same file may come again', async () => {
    const file = pdf();
    const { id } = (await upload({ invoiceId }, file).expect(201)).body;
    expect((await upload({ invoiceId }, file).expect(409)).body.code).toBe('proof_exists');
    await upload({ amount: '1', currency: 'RUB' }, file, 'application/pdf', other).expect(201);
    const start = await balance();
    await answer(id, 'refuse', { reason: ' ' }).expect(422);
    await answer(id, 'refuse', { reason: 'Перевод не поступил' }).expect(200);
    expect(await read(id)).toMatchObject({ state: 'refused', reason: 'Перевод не поступил', paymentId: null });
    expect((await answer(id, 'accept', transfer('m11-2')).expect(409)).body.code).toBe('proof_answered');
    expect(await balance()).toBe(start);
    await upload({ invoiceId }, file).expect(201);
  });

  it('[M11] credits once when two of the staff press at once, for either answer', async () => {
    const id = await uploaded({ amount: '100', currency: 'RUB' });
    const start = await balance();
    const answers = await Promise.all([
      ...Array.from({ length: 4 }, (_, index) => answer(id, 'accept', transfer(`race-${index}`, '100'))),
      answer(id, 'refuse', { reason: 'x' }),
    ]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409, 409, 409, 409]);
    const { state } = await read(id);
    expect((await balance()) - start).toBe(state === 'accepted' ? 100_000_000n : 0n);
  });

  it('[M11] credits once when the transfer itself is recorded, before, after or at the same moment', async () => {
    const start = await balance();
    const before = await record(transfer('same-1', '100')).expect(201);
    const first = await uploaded({ amount: '100', currency: 'RUB' });
    expect((await answer(first, 'accept', transfer(' SAME-1', '100')).expect(200)).body.paymentId).toBe(before.body.id);

    const second = await uploaded({ amount: '100', currency: 'RUB' });
    const accepted = await answer(second, 'accept', transfer('same-2', '100')).expect(200);
    expect((await record(transfer('same-2', '100')).expect(409)).body).toMatchObject({
      code: 'payment_recorded',
      paymentId: accepted.body.paymentId,
    });

    for (let round = 0; round < 3; round++) {
      const id = await uploaded({ amount: '100', currency: 'RUB' });
      const body = transfer(`at-once-${round}`, '100');
      const [answered] = await Promise.all([answer(id, 'accept', body), record(body)]);
      expect(answered.status).toBe(200);
    }
    expect((await balance()) - start).toBe(500_000_000n);
  });

  it('[M11] does not take another account’s transfer, or one of another amount, for its own', async () => {
    await record(transfer('theirs', '100'), other).expect(201);
    await record(transfer('mine', '70')).expect(201);
    const id = await uploaded({ amount: '100', currency: 'RUB' });
    const start = await balance();
    for (const reference of ['theirs', 'mine'])
      expect((await answer(id, 'accept', transfer(reference, '100')).expect(409)).body.code).toBe('payment_recorded');
    expect(await read(id)).toMatchObject({ state: 'waiting' });
    expect(await balance()).toBe(start);
  });

  it('[M11] replays the same key, and needs one', async () => {
    const id = await uploaded({ amount: '100', currency: 'RUB' });
    const start = await balance();
    const send = (headers: Record<string, string>) =>
      test
        .http()
        .post(`/admin/v1/accounts/${account}/deposit-proofs/${id}/accept`)
        .set(test.asStaff())
        .set(headers)
        .send(transfer('replayed', '100'));
    expect((await send({}).expect(400)).body.code).toBe('idempotency_key_required');
    const first = await send({ 'idempotency-key': 'replay' }).expect(200);
    expect((await send({ 'idempotency-key': 'replay' }).expect(200)).body).toEqual(first.body);
    expect((await balance()) - start).toBe(100_000_000n);
  });

  it.each<[string, object, Buffer, string, number, string]>([
    [
      'a page said to be a PDF',
      { amount: '1', currency: 'RUB' },
      Buffer.from('<html>'),
      'application/pdf',
      422,
      'file_of_other_type',
    ],
    ['a JPEG said to be a PNG', { amount: '1', currency: 'RUB' }, JPEG, 'image/png', 422, 'file_of_other_type'],
    ['an empty file', { amount: '1', currency: 'RUB' }, Buffer.alloc(0), 'image/png', 422, 'file_of_other_type'],
    ['a page', { amount: '1', currency: 'RUB' }, Buffer.from('<html>'), 'text/html', 415, 'unsupported_media_type'],
    ['a list', { amount: '1', currency: 'RUB' }, Buffer.from('a'), 'text/csv', 415, 'unsupported_media_type'],
    ['nothing paid', {}, pdf(), 'application/pdf', 422, 'proof_of_nothing'],
    ['an amount without a currency', { amount: '1' }, pdf(), 'application/pdf', 422, 'proof_of_nothing'],
    ['an amount of zero', { amount: '0', currency: 'RUB' }, pdf(), 'application/pdf', 422, 'validation_failed'],
  ])('[M11] refuses %s', async (_name, query, content, type, status, code) => {
    const { body } = await upload(query, content, type).expect(status);
    expect(body.code).toBe(code);
  });

  it('[M11] refuses an invoice of somebody else, or in another currency', async () => {
    expect((await upload({ invoiceId }, pdf(), 'application/pdf', other).expect(404)).body.code).toBe(
      'invoice_not_found',
    );
    expect((await upload({ invoiceId, amount: '1', currency: 'EUR' }).expect(409)).body.code).toBe('other_currency');
  });

  it('[M11] takes five megabytes and not a byte more', async () => {
    const full: Buffer = Buffer.alloc(5 * 1024 * 1024, 0x20);
    full.set(PNG);
    await upload({ amount: '1', currency: 'RUB' }, full, 'image/png', other).expect(201);
    const { body } = await upload(
      { amount: '1', currency: 'RUB' },
      Buffer.concat([full, PNG]),
      'image/png',
      other,
    ).expect(413);
    expect(body.code).toBe('proof_too_large');
  });

  it('[M11] keeps nothing of an upload that breaks off', async () => {
    const count = async () =>
      (await db.database.query<{ count: number }>('SELECT count(*)::int AS count FROM deposit_proofs'))[0]!.count;
    const before = await count();
    await test.app.listen(0, '127.0.0.1');
    const { port } = test.app.getHttpServer().address() as AddressInfo;
    await new Promise<void>((resolve) => {
      const sending = httpRequest({
        port,
        host: '127.0.0.1',
        method: 'POST',
        path: '/v1/deposit-proofs?amount=1&currency=RUB',
        headers: { ...test.as(account), 'content-type': 'image/png', 'content-length': '1000' },
      });
      sending.on('error', () => resolve());
      sending.write(PNG, () => sending.destroy());
    });
    await upload({ amount: '1', currency: 'RUB' }).expect(201);
    expect(await count()).toBe(before + 1);
  });

  it('[M11] is unknown to others, closed without the right, and never more than twenty at once', async () => {
    const id = await uploaded({ amount: '2', currency: 'RUB' });
    for (const path of ['', '/file'])
      expect((await test.http().get(`/v1/deposit-proofs/${id}${path}`).set(test.as(other)).expect(404)).body.code).toBe(
        'proof_not_found',
      );
    expect((await answer(id, 'accept', transfer('x', '2'), other).expect(404)).body.code).toBe('proof_not_found');
    const viewer = test.as(account, ['deposit-proofs:read']);
    await test.http().post('/v1/deposit-proofs').set(viewer).set('content-type', 'image/png').send(PNG).expect(403);
    const clerk = test.asStaff(['deposit-proofs:read']);
    await test
      .http()
      .post(`/admin/v1/accounts/${account}/deposit-proofs/${id}/refuse`)
      .set(clerk)
      .send({ reason: 'x' })
      .expect(403);
    const crowd = await open('Crowd');
    const answers = await Promise.all(
      Array.from({ length: 24 }, () => upload({ amount: '1', currency: 'RUB' }, pdf(), 'application/pdf', crowd)),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(20);
    expect(answers.find(({ status }) => status === 409)!.body.code).toBe('too_many_proofs');
  });
});
