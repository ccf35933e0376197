import { IdentityHousekeeping } from '../../../src/modules/identity/index.js';
import { createIdentityApp, type IdentityApp, registerAndSignIn, registrationOf } from '../../support/identity.js';

describe('Housekeeping of identity', () => {
  let app: IdentityApp;

  beforeAll(async () => {
    app = await createIdentityApp();
  });
  afterAll(() => app.close());

  it('removes what expired a week ago and keeps accounts, users and live sessions', async () => {
    const old = await registerAndSignIn(app);
    await app.http().post('/v1/registrations').send(registrationOf()).expect(202);
    app.clock.advance({ days: 91 });
    const { auth } = await registerAndSignIn(app);
    app.clock.advance({ days: 7, seconds: -60 });
    const { body } = await app
      .http()
      .post('/v1/sessions')
      .send({ login: old.login, password: 'correct horse battery staple' });
    const removed = await app.app.get(IdentityHousekeeping, { strict: false }).run(app.clock.now());
    expect(removed).toEqual({
      attempt_counters: expect.any(Number),
      verification_codes: 2,
      registrations: 2,
      sessions: 1,
    });
    expect(removed.attempt_counters).toBeGreaterThan(0);
    const [left] = await app.db.database.query(
      `SELECT (SELECT count(*)::int FROM users) AS users, (SELECT count(*)::int FROM sessions) AS sessions,
              (SELECT count(*)::int FROM verification_codes) AS codes, (SELECT count(*)::int FROM refresh_tokens) AS tokens`,
    );
    expect(left).toEqual({ users: 2, sessions: 2, codes: 1, tokens: 2 });
    expect(body.accessToken).toBeDefined();
    expect((await app.http().get('/v1/me').set(auth)).body.code).toBe('token_expired');
  });
});
