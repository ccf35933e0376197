import { setTimeout as sleep } from 'node:timers/promises';
import { expectCleanAudit } from '../support/audit.js';
import { createFullApp, type FullApp } from '../support/full-app.js';
import { PASSWORD, registrationOf } from '../support/identity.js';
import { SandboxOperator } from '../support/sandbox-operator.js';

describe('Registration through the product itself', () => {
  let app: FullApp;
  let operator: SandboxOperator;
  let staff: Record<string, string>;
  let platformId: string;

  beforeAll(async () => {
    operator = await SandboxOperator.start();
    app = await createFullApp({ workers: true });
    staff = await app.signInStaff();
    const { body } = await app.http().get('/admin/v1/accounts').set(staff).expect(200);
    platformId = body.data.find(({ kind }: { kind: string }) => kind === 'platform').id;
  });
  afterAll(async () => {
    await expectCleanAudit(app.db.database);
    await app.close();
    await operator.stop();
  });

  const wallet = async () =>
    (await app.http().get(`/admin/v1/accounts/${platformId}/wallets`).set(staff).expect(200)).body.data[0];

  async function codeOnPhone(phone: string): Promise<string> {
    for (let tries = 0; tries < 200; tries++) {
      const [message] = operator.phones.inbox(phone);
      const code = message && /\b\d{6}\b/.exec(message.text)?.[0];
      if (code) return code;
      await sleep(100);
    }
    throw new Error('no code arrived');
  }

  it('is told that the code could not be sent while the platform has no route or no money, and can be resumed', async () => {
    const request = registrationOf();
    const { body } = await app.http().post('/v1/registrations').send(request).expect(503);
    expect(body).toMatchObject({ code: 'code_not_sent', registrationId: expect.any(String) });
    const refused = await app.db.database.query('SELECT state FROM messages WHERE account_id = $1', [platformId]);
    expect(refused).toEqual([{ state: 'blocked' }]);
  });

  it('[Z1] registers with login, password, e-mail and profile, and proves the phone with a code by SMS', async () => {
    const provider = await app
      .http()
      .post('/admin/v1/providers')
      .set(staff)
      .send({
        code: 'sandbox',
        kind: 'smpp',
        name: 'Sandbox operator',
        ratePerSecond: 50,
        settings: { host: '127.0.0.1', port: operator.ports.smpp },
        credentials: { systemId: 'kabinet', password: 'sandbox' },
      })
      .expect(201);
    await app.http().post('/admin/v1/routes').set(staff).send({ prefix: '', providerId: provider.body.id }).expect(201);
    await app
      .http()
      .post(`/admin/v1/accounts/${platformId}/adjustments`)
      .set({ ...staff, 'idempotency-key': 'budget' })
      .send({ amount: '100.00', currency: 'RUB', reason: 'Budget for codes' })
      .expect(201);
    const before = await wallet();

    const request = registrationOf({ name: 'Anna', address: 'Moscow, Lesnaya 5' });
    const phone = request.phone.slice(1);
    const { body: registration } = await app.http().post('/v1/registrations').send(request).expect(202);
    const code = await codeOnPhone(phone);
    const wrong = code === '000000' ? '000001' : '000000';
    const verify = (text: string) =>
      app.http().post(`/v1/registrations/${registration.id}/verify`).send({ code: text });
    expect((await verify(wrong).expect(422)).body).toMatchObject({ code: 'code_wrong', attemptsLeft: 4 });
    const { body: opened } = await verify(code).expect(200);
    expect((await verify(code).expect(422)).body.code).toBe('code_used');

    const { body: session } = await app
      .http()
      .post('/v1/sessions')
      .send({ login: request.login, password: PASSWORD })
      .expect(201);
    const auth = { authorization: `Bearer ${session.accessToken}` };
    const { body: account } = await app.http().get('/v1/account').set(auth).expect(200);
    expect(account).toMatchObject({ id: opened.accountId, name: request.organisation, email: request.email, phone });
    const { body: wallets } = await app.http().get('/v1/wallets').set(auth).expect(200);
    expect(wallets.data).toEqual([expect.objectContaining({ balance: { amount: '0.000000', currency: 'RUB' } })]);
    await app.http().get(`/v1/prices?to=${phone}`).set(auth).expect(200);

    const after = await wallet();
    expect(Number(after.balance.amount)).toBeLessThan(Number(before.balance.amount));
    const [message] = await app.db.database.query(
      `SELECT source, lane, recipient, parts FROM messages WHERE account_id = $1 AND recipient = $2`,
      [platformId, phone],
    );
    expect(message).toMatchObject({ source: 'verification', lane: 'otp', parts: 1 });
  });
});
