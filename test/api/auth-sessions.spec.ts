import {
  bearer,
  createIdentityApp,
  type IdentityApp,
  PASSWORD,
  registerAndSignIn,
  signIn,
  type SignedIn,
  signInStaff,
} from '../support/identity.js';

describe('Sessions', () => {
  let app: IdentityApp;
  let user: SignedIn;

  beforeAll(async () => {
    app = await createIdentityApp();
    user = await registerAndSignIn(app);
  });
  afterAll(() => app.close());
  beforeEach(() => app.clock.advance({ hours: 2 }));

  const refresh = (refreshToken: string, path = '/v1/sessions/refresh') => app.http().post(path).send({ refreshToken });
  const tryPassword = (login: string, password: string) => app.http().post('/v1/sessions').send({ login, password });

  it('are refreshed with a token that is replaced each time', async () => {
    const first = await signIn(app, user.login);
    const { body: second } = await refresh(first.refreshToken).expect(200);
    expect(second).toMatchObject({ tokenType: 'Bearer', expiresIn: 900, refreshToken: expect.stringMatching(/^kbr_/) });
    expect(second.refreshToken).not.toBe(first.refreshToken);
    await app.http().get('/v1/me').set(bearer(second.accessToken)).expect(200);
    app.clock.advance({ days: 29, hours: 23 });
    const { body: third } = await refresh(second.refreshToken).expect(200);
    app.clock.advance({ days: 30 });
    expect((await refresh(third.refreshToken).expect(401)).body.code).toBe('refresh_token_invalid');
  });

  it('end after ninety days, however often they are refreshed', async () => {
    let { refreshToken } = await signIn(app, user.login);
    for (let refreshed = 0; refreshed < 3; refreshed++) {
      app.clock.advance({ days: 29 });
      refreshToken = (await refresh(refreshToken).expect(200)).body.refreshToken;
    }
    app.clock.advance({ days: 3 });
    await refresh(refreshToken).expect(401);
  });

  it('end as a family when a refresh token comes a second time', async () => {
    const stolen = await signIn(app, user.login);
    const bystander = await signIn(app, user.login);
    const { body: next } = await refresh(stolen.refreshToken).expect(200);
    expect((await refresh(stolen.refreshToken).expect(401)).body.code).toBe('refresh_token_reused');
    expect((await refresh(next.refreshToken).expect(401)).body.code).toBe('refresh_token_invalid');
    await app.http().get('/v1/me').set(bearer(next.accessToken)).expect(401);
    await app.http().get('/v1/me').set(bystander.auth).expect(200);
  });

  it('hand out one new token when a refresh token comes ten times at once, and end', async () => {
    const { refreshToken } = await signIn(app, user.login);
    const answers = await Promise.all(Array.from({ length: 10 }, () => refresh(refreshToken)));
    const good = answers.filter(({ status }) => status === 200);
    expect(good).toHaveLength(1);
    await refresh(good[0]!.body.refreshToken).expect(401);
  });

  it('keep refresh tokens as hashes only, and those of users and of the staff apart', async () => {
    const { refreshToken } = await signIn(app, user.login);
    const rows = await app.db.database.query(`SELECT t::text AS row FROM refresh_tokens t`);
    expect(rows.length).toBeGreaterThan(0);
    expect(JSON.stringify(rows)).not.toContain(refreshToken.slice(4));
    await refresh(refreshToken, '/admin/v1/sessions/refresh').expect(401);
    await refresh(refreshToken).expect(200);
  });

  it('answer an unknown login and a wrong password alike, after the same work', async () => {
    const answer = async (login: string) => {
      const started = process.cpuUsage();
      const { body } = await tryPassword(login, 'not the password').expect(401);
      const { user: cpu } = process.cpuUsage(started);
      return { cpu, body: { ...body, requestId: '' } };
    };
    /** The cheapest of a few: what else the process had to do meanwhile is not counted. */
    const cheapest = async (login: string) => {
      const answers = [await answer(login), await answer(login), await answer(login)];
      return answers.sort((one, other) => one.cpu - other.cpu)[0]!;
    };
    await answer(user.login);
    const [known, unknown] = [await cheapest(user.login), await cheapest('nobody-at-all')];
    expect(unknown.body).toEqual(known.body);
    expect(known.body.code).toBe('invalid_credentials');
    // Both hashed with argon2id: many milliseconds of CPU, where a mere look-up takes one or two.
    expect(unknown.cpu).toBeGreaterThan(0.4 * known.cpu);
    expect(known.cpu).toBeGreaterThan(0.4 * unknown.cpu);
    expect(Math.min(known.cpu, unknown.cpu)).toBeGreaterThan(6_000);
  });

  it('count failed tries per login and address, and take the right ones back', async () => {
    for (let tried = 0; tried < 12; tried++) await signIn(app, user.login);
    const answers = await Promise.all(Array.from({ length: 16 }, () => tryPassword(user.login, 'a wrong password')));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(10);
    const refused = answers.find(({ status }) => status === 429)!;
    expect(refused.body.code).toBe('too_many_sign_ins');
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    await tryPassword(user.login.toUpperCase(), PASSWORD).expect(429);
    await tryPassword('somebody-else', PASSWORD).expect(401);
    app.clock.advance({ minutes: 15 });
    await signIn(app, user.login);
  });

  it('count failed tries of one address over all logins', async () => {
    const answers = [];
    for (let batch = 0; batch < 11; batch++)
      answers.push(
        ...(await Promise.all(Array.from({ length: 10 }, (_, n) => tryPassword(`guess-${batch}-${n}`, 'password1')))),
      );
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(100);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(10);
  });

  it('of the staff have an entrance of their own', async () => {
    const staff = await signInStaff(app, 'finance');
    const { body } = await app.http().get('/admin/v1/me').set(staff).expect(200);
    expect(body).toMatchObject({ role: 'finance', permissions: expect.arrayContaining(['*:read', 'payments:*']) });
    await tryPassword(body.login, PASSWORD).expect(401);
    await app.http().post('/admin/v1/sessions').send({ login: user.login, password: PASSWORD }).expect(401);
    await app.http().delete('/admin/v1/sessions/current').set(staff).expect(204);
    await app.http().get('/admin/v1/me').set(staff).expect(401);
  });
});
