import { AccountOpenings } from '../../src/modules/accounts/index.js';
import { createIdentityApp, type IdentityApp, nextMobile, registrationOf, signIn } from '../support/identity.js';

describe('Registration', () => {
  let app: IdentityApp;

  beforeAll(async () => {
    app = await createIdentityApp();
  });
  afterAll(() => app.close());
  // Every test has hours of its own, so that none meets the caps of another.
  beforeEach(() => app.clock.advance({ hours: 25 }));

  const start = async (over: Record<string, unknown> = {}) => {
    const request = registrationOf(over);
    const { body } = await app.http().post('/v1/registrations').send(request).expect(202);
    return { request, id: body.id as string, digits: request.phone.slice(1), answer: body };
  };
  const verify = (id: string, body: object) => app.http().post(`/v1/registrations/${id}/verify`).send(body);
  const wrongCode = (code: string) => String((Number(code) + 1) % 1_000_000).padStart(6, '0');

  it('sends a code to the phone, opens the account with it, and lets its owner sign in', async () => {
    const { request, id, digits, answer } = await start({ login: 'Anna@Clinic.example', name: 'Anna' });
    expect(answer).toEqual({
      id,
      status: 'code_sent',
      phone: expect.stringMatching(/^7916\*+\d\d$/),
      codeValidSeconds: 600,
      expiresAt: expect.any(String),
    });
    const message = app.sender.sent.at(-1)!;
    expect(message).toMatchObject({ phone: digits, locale: 'ru', validitySeconds: 600 });
    expect(message.text).toMatch(/^Kabinet: код \d{6}\./);

    const { body } = await verify(id, { code: app.sender.codeFor(digits) }).expect(200);
    expect(body).toEqual({ accountId: expect.any(String), userId: expect.any(String), status: 'active' });

    const { auth } = await signIn(app, 'anna@clinic.EXAMPLE');
    const me = await app.http().get('/v1/me').set(auth).expect(200);
    expect(me.body).toMatchObject({
      kind: 'user',
      accountId: body.accountId,
      user: {
        login: request.login,
        name: 'Anna',
        email: request.email,
        phone: digits,
        role: 'owner',
        status: 'active',
      },
    });
    const account = await app.http().get('/v1/account').set(auth).expect(200);
    expect(account.body).toMatchObject({
      name: request.organisation,
      country: 'RU',
      currency: 'RUB',
      locale: 'ru',
      timeZone: 'Europe/Moscow',
      email: request.email,
      status: 'active',
      defaultSender: 'Kabinet',
    });
  });

  it('opens an account with whatever the other modules owe it, in the same transaction', async () => {
    const openings = app.app.get(AccountOpenings, { strict: false });
    const seen: string[] = [];
    openings.subscribe(async (tx, account) => {
      const rows = await tx.query('SELECT 1 FROM accounts WHERE id = $1', [account.id]);
      seen.push(`${account.id} ${rows.length}`);
    });
    const { id, digits } = await start();
    const { body } = await verify(id, { code: app.sender.codeFor(digits) }).expect(200);
    expect(seen).toEqual([`${body.accountId} 1`]);
  });

  it('keeps neither the code nor the password where a reader of the database could use it', async () => {
    const { id, digits } = await start();
    const code = app.sender.codeFor(digits);
    const [row] = await app.db.database.query(
      `SELECT r.password_hash, c::text AS code_row FROM registrations r JOIN verification_codes c ON c.subject_id = r.id WHERE r.id = $1`,
      [id],
    );
    expect(row!.password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(row!.code_row).not.toContain(code);
  });

  it('tells a wrong, a used, an expired and an exhausted code apart', async () => {
    const first = await start();
    const code = app.sender.codeFor(first.digits);
    const wrong = await verify(first.id, { code: wrongCode(code) }).expect(422);
    expect(wrong.body).toMatchObject({ code: 'code_wrong', attemptsLeft: 4 });
    await verify(first.id, { code }).expect(200);
    expect((await verify(first.id, { code }).expect(422)).body.code).toBe('code_used');

    const second = await start();
    const late = app.sender.codeFor(second.digits);
    app.clock.advance({ minutes: 9, seconds: 59 });
    await verify(second.id, { code: wrongCode(late) }).expect(422);
    app.clock.advance({ seconds: 1 });
    expect((await verify(second.id, { code: late }).expect(422)).body.code).toBe('code_expired');

    const third = await start();
    const right = app.sender.codeFor(third.digits);
    for (let guess = 1; guess <= 5; guess++) await verify(third.id, { code: wrongCode(right) }).expect(422);
    expect((await verify(third.id, { code: right }).expect(422)).body.code).toBe('code_attempts_exceeded');
  });

  it('counts every one of forty guesses that come at once: five are compared', async () => {
    const { id, digits } = await start();
    const code = app.sender.codeFor(digits);
    const answers = await Promise.all(
      Array.from({ length: 40 }, () => verify(id, { code: wrongCode(code) }).then(({ body }) => body.code as string)),
    );
    const count = (name: string) => answers.filter((answer) => answer === name).length;
    expect(count('code_wrong')).toBe(5);
    expect(count('code_attempts_exceeded')).toBe(35);
    expect((await verify(id, { code })).body.code).toBe('code_attempts_exceeded');
  });

  it('lets one of several right codes that come at once open the account', async () => {
    const { id, digits } = await start();
    const code = app.sender.codeFor(digits);
    const answers = await Promise.all(Array.from({ length: 5 }, () => verify(id, { code })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 422, 422, 422, 422]);
    expect(answers.filter(({ status }) => status === 422).every(({ body }) => body.code === 'code_used')).toBe(true);
    const [{ count }] = (await app.db.database.query(`SELECT count(*)::int AS count FROM users WHERE phone = $1`, [
      digits,
    ])) as [{ count: number }];
    expect(count).toBe(1);
  });

  it('replaces a code that is asked for again', async () => {
    const { id, digits } = await start();
    const before = app.sender.codeFor(digits);
    await app.http().post(`/v1/registrations/${id}/codes`).expect(202);
    const after = app.sender.codeFor(digits);
    if (before !== after) await verify(id, { code: before }).expect(422);
    await verify(id, { code: after }).expect(200);
    await app.http().post(`/v1/registrations/${id}/codes`).expect(404);
  });

  it('answers the same for a known login and number, and tells only who holds the phone; another login then will do', async () => {
    const known = await start();
    await verify(known.id, { code: app.sender.codeFor(known.digits) }).expect(200);
    const again = await start({ login: known.request.login.toUpperCase(), phone: known.request.phone });
    expect(Object.keys(again.answer).sort()).toEqual(Object.keys(known.answer).sort());
    expect({ ...again.answer, id: '', expiresAt: '' }).toEqual({ ...known.answer, id: '', expiresAt: '' });
    const code = app.sender.codeFor(again.digits);
    expect((await verify(again.id, { code }).expect(409)).body.code).toBe('login_taken');
    await verify(again.id, { code, login: `${known.request.login}.2` }).expect(200);
    await signIn(app, `${known.request.login}.2`);
  });

  it('sends three codes an hour and six a day to one number, however many ask at once', async () => {
    const phone = nextMobile();
    const ask = () =>
      app
        .http()
        .post('/v1/registrations')
        .send(registrationOf({ phone: `+${phone}` }));
    const sent = () => app.sender.sent.filter((one) => one.phone === phone).length;
    const answers = await Promise.all(Array.from({ length: 8 }, ask));
    const refused = answers.filter(({ status }) => status === 429);
    expect([sent(), refused.length]).toEqual([3, 5]);
    expect(refused[0]!.body.code).toBe('too_many_codes');
    expect(Number(refused[0]!.headers['retry-after'])).toBeGreaterThan(0);
    app.clock.advance({ hours: 1 });
    await Promise.all(Array.from({ length: 8 }, ask));
    expect(sent()).toBe(6);
    app.clock.advance({ hours: 1 });
    await ask().expect(429);
    app.clock.advance({ hours: 24 });
    await ask().expect(202);
  });

  it('sends twenty codes an hour for one client address, whatever the numbers', async () => {
    const answers = [];
    for (let asked = 0; asked < 21; asked++)
      answers.push(await app.http().post('/v1/registrations').send(registrationOf()));
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(20);
    expect(answers.at(-1)!.status).toBe(429);
  });

  it('says when the code could not be sent, and lets it be asked for again', async () => {
    app.sender.refuse = true;
    const request = registrationOf();
    const { body } = await app.http().post('/v1/registrations').send(request).expect(503);
    app.sender.refuse = false;
    expect(body).toMatchObject({ code: 'code_not_sent', registrationId: expect.any(String) });
    await app.http().post(`/v1/registrations/${body.registrationId}/codes`).expect(202);
    await verify(body.registrationId, { code: app.sender.codeFor(request.phone.slice(1)) }).expect(200);
  });

  it('is too old after a day', async () => {
    const { id } = await start();
    app.clock.advance({ hours: 24 });
    expect((await verify(id, { code: '000000' }).expect(404)).body.code).toBe('registration_not_found');
    await app.http().post(`/v1/registrations/${id}/codes`).expect(404);
    await verify('0199f1c2-6b8e-7000-8000-4a1f6d2c9b10', { code: '000000' }).expect(404);
  });

  it.each([
    ['a landline', { phone: '+7 495 123-45-67' }, '/phone', 'not_a_mobile'],
    ['no number', { phone: '12 monkeys' }, '/phone', 'invalid_number'],
    ['a short password', { password: 'short' }, '/password', 'password_too_short'],
    ['a common password', { password: 'Password123' }, '/password', 'password_too_common'],
    ['the login as password', { login: 'anna.petrova', password: 'anna.petrova!' }, '/password', 'password_like_login'],
    ['a login with a blank', { login: 'anna petrova' }, '/login', 'invalid_login'],
    ['a country that is none', { country: 'ZZ' }, '/country', 'invalid_country'],
    ['an offset for a time zone', { timeZone: '+03:00' }, '/timeZone', 'unknown_time_zone'],
    ['a role', { role: 'owner' }, '/role', 'unknown_field'],
    ['a balance', { balance: '1000.00' }, '/balance', 'unknown_field'],
  ])('refuses %s', async (_, over, pointer, code) => {
    const before = app.sender.sent.length;
    const { body } = await app.http().post('/v1/registrations').send(registrationOf(over)).expect(422);
    expect(body.errors).toEqual([expect.objectContaining({ pointer, code })]);
    expect(app.sender.sent).toHaveLength(before);
  });
});
