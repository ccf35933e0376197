import {
  bearer,
  createIdentityApp,
  type IdentityApp,
  registerAndSignIn,
  type SignedIn,
  signInStaff,
} from '../support/identity.js';

describe('API keys', () => {
  let app: IdentityApp;
  let owner: SignedIn;
  let staff: Record<string, string>;

  beforeAll(async () => {
    app = await createIdentityApp();
    owner = await registerAndSignIn(app);
    staff = await signInStaff(app);
  });
  afterAll(() => app.close());

  const create = async (over: object = {}, auth = owner.auth) => {
    const body = { name: 'server', scopes: ['account:read'], ...over };
    return (await app.http().post('/v1/api-keys').set(auth).send(body).expect(201)).body;
  };
  const me = (key: string, headers: object = {}) =>
    app
      .http()
      .get('/v1/me')
      .set({ ...bearer(key), ...headers });

  it('are shown once, kept as a hash, and told apart by their beginning', async () => {
    const made = await create({ name: 'production' });
    expect(made.key).toMatch(/^kbk_live_[\w-]{43}$/);
    expect(made.prefix).toBe(made.key.slice(0, 13));
    const { body: shown } = await app.http().get(`/v1/api-keys/${made.id}`).set(owner.auth).expect(200);
    const { body: listed } = await app.http().get('/v1/api-keys').set(owner.auth).expect(200);
    expect(shown).toMatchObject({
      id: made.id,
      name: 'production',
      prefix: made.prefix,
      scopes: ['account:read'],
      mode: 'live',
    });
    expect(listed.data.map(({ id }: { id: string }) => id)).toContain(made.id);
    const stored = JSON.stringify(await app.db.database.query(`SELECT k::text FROM api_keys k`));
    for (const text of [JSON.stringify(shown), JSON.stringify(listed), stored])
      expect(text).not.toContain(made.key.slice(13));
  });

  it('do what their scopes say and nothing else', async () => {
    const { key, id } = await create({ scopes: ['account:read'] });
    const { body } = await me(key).expect(200);
    expect(body).toMatchObject({
      kind: 'api_key',
      id,
      accountId: owner.accountId,
      permissions: ['account:read'],
      mode: 'live',
    });
    await app.http().get('/v1/account').set(bearer(key)).expect(200);
    await app.http().get('/v1/users').set(bearer(key)).expect(403);
    await app.http().get('/admin/v1/accounts').set(bearer(key)).expect(403);
    await app.http().patch('/v1/me').set(bearer(key)).send({ name: 'x' }).expect(404);
  });

  it('record their mode, and sandbox keys say so in their text', async () => {
    const { key } = await create({ mode: 'sandbox' });
    expect(key).toMatch(/^kbk_sandbox_/);
    expect((await me(key).expect(200)).body.mode).toBe('sandbox');
  });

  it('are refused when revoked, expired, mistyped or made up', async () => {
    const { key, id } = await create({ expiresAt: new Date(app.clock.now().getTime() + 60_000).toISOString() });
    const revoked = await create();
    await me(key).expect(200);
    await me(revoked.key).expect(200);
    await app.http().delete(`/v1/api-keys/${revoked.id}`).set(owner.auth).expect(204);
    await app.http().delete(`/v1/api-keys/${revoked.id}`).set(owner.auth).expect(204);
    expect((await me(revoked.key).expect(401)).body.code).toBe('api_key_invalid');
    app.clock.advance({ minutes: 1 });
    expect((await me(key).expect(401)).body.code).toBe('api_key_expired');
    for (const bad of [
      `${key}x`,
      key.slice(0, -1),
      key.replace('live', 'sandbox'),
      `kbk_live_${'a'.repeat(43)}`,
      'kbk_live_',
    ])
      expect((await me(bad).expect(401)).body.code).toBe('api_key_invalid');
    const { body } = await app.http().get(`/v1/api-keys/${id}`).set(owner.auth).expect(200);
    expect(body.lastUsedAt).not.toBeNull();
    const { body: trail } = await app.http().get('/v1/account/audit').set(owner.auth).expect(200);
    expect(trail.data[0]).toMatchObject({ action: 'api_key.revoked', subject: `api_key:${revoked.id}` });
  });

  it('may be bound to addresses', async () => {
    await me((await create({ allowedAddresses: ['127.0.0.0/8', '::1'] })).key).expect(200);
    const { key } = await create({ allowedAddresses: ['203.0.113.7', '2001:db8::/32'] });
    expect((await me(key).expect(401)).body.code).toBe('address_not_allowed');
    await me(key, { 'x-forwarded-for': '203.0.113.7' }).expect(401);
    const bad = { name: 'x', scopes: ['account:read'], allowedAddresses: ['10.0.0.0/33'] };
    const { body } = await app.http().post('/v1/api-keys').set(owner.auth).send(bad).expect(422);
    expect(body.errors[0].code).toBe('invalid_address_range');
  });

  it('cannot be given rights that their maker lacks, nor unknown ones, nor a past', async () => {
    const { key } = await create({ scopes: ['api-keys:write', 'account:read'] });
    const attempt = (body: object) =>
      app
        .http()
        .post('/v1/api-keys')
        .set(bearer(key))
        .send({ name: 'x', scopes: ['account:read'], ...body });
    await attempt({}).expect(201);
    expect((await attempt({ scopes: ['messages:send'] }).expect(403)).body.code).toBe('cannot_grant');
    expect((await attempt({ scopes: ['accounts:write'] }).expect(422)).body.errors[0].code).toBe('unknown_permission');
    expect((await attempt({ scopes: [] }).expect(422)).body.errors[0].pointer).toBe('/scopes');
    expect((await attempt({ expiresAt: '2020-01-01T00:00:00Z' }).expect(422)).body.errors[0].code).toBe('in_the_past');
    expect((await attempt({ expiresAt: '2030-01-01T00:00:00' }).expect(422)).body.errors[0].code).toBe(
      'offset_required',
    );
  });

  describe('of a portal', () => {
    const portalKey = async (
      name: string,
      scopes = ['accounts:read', 'accounts:write', 'account:read', 'account:write', 'users:read'],
    ) => {
      const { body: portal } = await app.http().post('/admin/v1/portals').set(staff).send({ name }).expect(201);
      const { body } = await app
        .http()
        .post(`/admin/v1/portals/${portal.id}/api-keys`)
        .set(staff)
        .send({ name: 'portal server', scopes })
        .expect(201);
      return { portalId: portal.id as string, keyId: body.id as string, auth: bearer(body.key) };
    };
    const open = async (auth: Record<string, string>, externalId?: string) => {
      const account = {
        name: 'Broker',
        country: 'GR',
        currency: 'EUR',
        locale: 'el',
        timeZone: 'Europe/Athens',
        externalId,
      };
      return app.http().post('/v1/accounts').set(auth).send(account);
    };
    const forAccount = (auth: Record<string, string>, account: string) => ({ ...auth, 'kabinet-account': account });

    it('open accounts and act for them by id or by the portal’s own id', async () => {
      const { auth, portalId } = await portalKey('Brokers');
      const { body: account } = await open(auth, 'customer 17/a');
      expect(account).toMatchObject({
        portalId,
        externalId: 'customer 17/a',
        currency: 'EUR',
        defaultSender: 'Kabinet',
      });
      expect((await open(auth, 'customer 17/a')).body.code).toBe('external_id_taken');
      for (const name of [account.id, account.id.toUpperCase(), 'ext:customer 17/a']) {
        const { body } = await app.http().get('/v1/account').set(forAccount(auth, name)).expect(200);
        expect(body.id).toBe(account.id);
      }
      const { body: listed } = await app.http().get('/v1/accounts').set(auth).expect(200);
      expect(listed.data.map(({ id }: { id: string }) => id)).toEqual([account.id]);
      expect((await app.http().get('/v1/account').set(auth).expect(403)).body.code).toBe('account_required');
      const { body: trail } = await app.http().get('/v1/account/audit').set(forAccount(auth, account.id)).expect(200);
      expect(trail.data[0]).toMatchObject({ action: 'account.opened', actorKind: 'api_key' });
    });

    it('do not know the accounts of others: another portal’s, or of none', async () => {
      const [mine, other] = [await portalKey('Mine'), await portalKey('Other')];
      const { body: theirs } = await open(other.auth, 'same');
      const names = [
        theirs.id,
        'ext:same',
        owner.accountId,
        'ext:',
        'ext:nothing',
        'nonsense',
        '0199f1c2-6b8e-7000-8000-4a1f6d2c9b10',
      ];
      for (const name of names) {
        const { body } = await app.http().get('/v1/account').set(forAccount(mine.auth, name)).expect(404);
        expect(body.code).toBe('account_not_found');
      }
      expect((await app.http().get('/v1/accounts').set(mine.auth).expect(200)).body.data).toEqual([]);
    });

    it('are revoked and listed by the operator, for their own portal only', async () => {
      const [one, two] = [await portalKey('One'), await portalKey('Two')];
      await app.http().delete(`/admin/v1/portals/${two.portalId}/api-keys/${one.keyId}`).set(staff).expect(404);
      await app.http().get('/v1/accounts').set(one.auth).expect(200);
      await app.http().delete(`/admin/v1/portals/${one.portalId}/api-keys/${one.keyId}`).set(staff).expect(204);
      await app.http().get('/v1/accounts').set(one.auth).expect(401);
      const { body } = await app.http().get(`/admin/v1/portals/${one.portalId}/api-keys`).set(staff).expect(200);
      expect(body.data).toEqual([expect.objectContaining({ id: one.keyId, revokedAt: expect.any(String) })]);
    });

    it('are stopped with their account’s suspension', async () => {
      const { auth } = await portalKey('Suspended');
      const { body: account } = await open(auth);
      await app.http().post(`/admin/v1/accounts/${account.id}/suspend`).set(staff).send({ reason: 'Debt' }).expect(200);
      const caller = forAccount(auth, account.id);
      await app.http().get('/v1/account').set(caller).expect(200);
      const refused = await app
        .http()
        .patch('/v1/account')
        .set({ ...caller, 'if-match': '"v2"' })
        .send({ name: 'x' });
      expect([refused.status, refused.body.code]).toEqual([403, 'account_suspended']);
    });

    it('open portal routes that users and keys of accounts cannot', async () => {
      const { key } = await create();
      for (const auth of [owner.auth, bearer(key)])
        expect((await app.http().get('/v1/accounts').set(auth).expect(403)).body.code).toBe('portal_only');
    });
  });

  it('of one account do not open another by header', async () => {
    const stranger = await registerAndSignIn(app);
    const { key } = await create();
    for (const auth of [owner.auth, bearer(key)]) {
      await app
        .http()
        .get('/v1/account')
        .set({ ...auth, 'kabinet-account': owner.accountId })
        .expect(200);
      await app
        .http()
        .get('/v1/account')
        .set({ ...auth, 'kabinet-account': stranger.accountId })
        .expect(404);
    }
  });
});
