import {
  createIdentityApp,
  type IdentityApp,
  nextMobile,
  registerAndSignIn,
  signIn,
  type SignedIn,
  signInStaff,
} from '../support/identity.js';

describe('Users of an account', () => {
  let app: IdentityApp;
  let owner: SignedIn;

  beforeAll(async () => {
    app = await createIdentityApp();
    owner = await registerAndSignIn(app);
  });
  afterAll(() => app.close());
  beforeEach(() => app.clock.advance({ minutes: 1 }));

  const invite = (auth: Record<string, string>, over: object = {}) =>
    app
      .http()
      .post('/v1/users')
      .set(auth)
      .send({ login: `user-${nextMobile()}`, email: 'user@clinic.example', role: 'viewer', ...over });
  const join = async (over: object = {}) => {
    const { body } = await invite(owner.auth, over).expect(201);
    const password = 'a password of my own';
    await app.http().post('/v1/invitations/accept').send({ token: body.invitationToken, password }).expect(200);
    return {
      id: body.user.id as string,
      login: body.user.login as string,
      password,
      ...(await signIn(app, body.user.login, password)),
    };
  };
  const change = async (auth: Record<string, string>, id: string, body: object) => {
    const { headers } = await app.http().get(`/v1/users/${id}`).set(owner.auth).expect(200);
    return app
      .http()
      .patch(`/v1/users/${id}`)
      .set({ ...auth, 'if-match': headers.etag })
      .send(body);
  };

  it('[T8] are invited, listed and shown with their rights', async () => {
    const viewer = await join({ name: 'Vera' });
    const { body } = await app.http().get('/v1/users').set(owner.auth).expect(200);
    expect(body.data.map(({ id }: { id: string }) => id)).toEqual([owner.userId, viewer.id]);
    expect(body.data[1]).toMatchObject({ name: 'Vera', role: 'viewer', status: 'active', ownPermissions: false });
    expect(body.data[1].permissions).toContain('messages:read');
    expect(body.data[1].permissions).not.toContain('messages:send');
    expect(JSON.stringify(body)).not.toContain('argon2');
    const page = await app.http().get('/v1/users?limit=1').set(owner.auth).expect(200);
    const rest = await app.http().get(`/v1/users?limit=1&cursor=${page.body.nextCursor}`).set(owner.auth).expect(200);
    expect([page.body.data[0].id, rest.body.data[0].id, rest.body.nextCursor]).toEqual([owner.userId, viewer.id, null]);
  });

  it('are refused what they lack, with the right named', async () => {
    const viewer = await join();
    const { body } = await invite(viewer.auth).expect(403);
    expect(body).toMatchObject({ code: 'permission_missing', title: 'You lack the right users:write' });
    const polish = await app
      .http()
      .patch('/v1/account')
      .set({ ...viewer.auth, 'accept-language': 'pl', 'if-match': '"v1"' })
      .send({});
    expect(polish.body.title).toBe('Brak uprawnienia account:write');
  });

  it('have the rights of a list of their own instead of their role’s, and lose them at once', async () => {
    const user = await join({ role: 'viewer', permissions: ['missed-calls:read', 'missed-calls:create'] });
    const { body: me } = await app.http().get('/v1/me').set(user.auth).expect(200);
    expect(me.permissions).toEqual(['missed-calls:create', 'missed-calls:read']);
    await app.http().get('/v1/account').set(user.auth).expect(403);
    expect((await change(owner.auth, user.id, { permissions: null })).status).toBe(200);
    await app.http().get('/v1/account').set(user.auth).expect(200);
    expect((await change(owner.auth, user.id, { permissions: ['flying:write'] })).body.errors[0].code).toBe(
      'unknown_permission',
    );
  });

  it('cannot raise themselves, nor hand out what they lack, nor touch who has more', async () => {
    const manager = await join({ role: 'manager', permissions: ['users:read', 'users:write', 'messages:read'] });
    for (const body of [{ role: 'owner' }, { role: 'manager', permissions: null }, { permissions: ['account:write'] }])
      expect((await change(manager.auth, manager.id, body)).body.code).toBe('cannot_grant');
    expect((await change(manager.auth, owner.userId, { status: 'disabled' })).body.code).toBe('cannot_grant');
    expect((await invite(manager.auth, { role: 'owner' })).body.code).toBe('cannot_grant');
    await invite(manager.auth, { role: 'viewer', permissions: ['messages:read'] }).expect(201);
    for (const field of ['role', 'permissions', 'status', 'accountId', 'login', 'phone'])
      expect(
        (
          await app
            .http()
            .patch('/v1/me')
            .set(manager.auth)
            .send({ [field]: 'owner' })
            .expect(422)
        ).body.errors,
      ).toEqual([expect.objectContaining({ pointer: `/${field}`, code: 'unknown_field' })]);
    const { body: me } = await app
      .http()
      .patch('/v1/me')
      .set(manager.auth)
      .send({ name: 'Mila', locale: 'pl' })
      .expect(200);
    expect(me).toMatchObject({ name: 'Mila', locale: 'pl', role: 'manager' });
    await app.http().patch('/v1/me').set(manager.auth).send({ email: null }).expect(422);
  });

  it('always have an active owner, even when two owners dismiss each other at the same moment', async () => {
    expect((await change(owner.auth, owner.userId, { role: 'viewer' })).body.code).toBe('last_owner');
    expect((await change(owner.auth, owner.userId, { status: 'disabled' })).body.code).toBe('last_owner');
    const second = await join({ role: 'owner' });
    const answers = await Promise.all([
      change(owner.auth, second.id, { status: 'disabled' }),
      change(second.auth, owner.userId, { status: 'disabled' }),
    ]);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    const [{ owners }] = (await app.db.database.query(
      `SELECT count(*)::int AS owners FROM users WHERE account_id = $1 AND role = 'owner' AND status = 'active'`,
      [owner.accountId],
    )) as [{ owners: number }];
    expect(owners).toBe(1);
    await app.db.database.query(
      `UPDATE users SET status = 'active' WHERE account_id = $1 AND password_hash IS NOT NULL`,
      [owner.accountId],
    );
    owner = { ...owner, ...(await signIn(app, owner.login)) };
  });

  it('are out at once when they are disabled', async () => {
    const user = await join();
    await app.http().get('/v1/me').set(user.auth).expect(200);
    expect((await change(owner.auth, user.id, { status: 'disabled' })).status).toBe(200);
    expect((await app.http().get('/v1/me').set(user.auth).expect(401)).body.code).toBe('token_revoked');
    await app.http().post('/v1/sessions/refresh').send({ refreshToken: user.refreshToken }).expect(401);
    const { body } = await app
      .http()
      .post('/v1/sessions')
      .send({ login: user.login, password: user.password })
      .expect(403);
    expect(body.code).toBe('user_disabled');
  });

  it('are invited for seven days', async () => {
    const { body } = await invite(owner.auth).expect(201);
    app.clock.advance({ days: 7 });
    const password = 'a password of my own';
    await app.http().post('/v1/invitations/accept').send({ token: body.invitationToken, password }).expect(404);
    owner = { ...owner, ...(await signIn(app, owner.login)) };
  });

  it('are found by the staff under their own account only', async () => {
    const stranger = await registerAndSignIn(app);
    const staff = await signInStaff(app);
    await app
      .http()
      .patch(`/admin/v1/accounts/${stranger.accountId}/users/${owner.userId}`)
      .set({ ...staff, 'if-match': '"v1"' })
      .send({ name: 'x' })
      .expect(404);
  });
});
