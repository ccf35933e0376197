import {
  createIdentityApp,
  type IdentityApp,
  nextMobile,
  registerAndSignIn,
  type SignedIn,
  signInStaff,
} from '../support/identity.js';

describe('Accounts', () => {
  let app: IdentityApp;
  let user: SignedIn;
  let staff: Record<string, string>;

  beforeAll(async () => {
    app = await createIdentityApp();
    user = await registerAndSignIn(app, { organisation: 'Clinic "Zdorovje"' });
    staff = await signInStaff(app);
  });
  afterAll(() => app.close());

  const account = async () => {
    const { body, headers } = await app.http().get('/v1/account').set(user.auth).expect(200);
    return { body, etag: headers.etag as string };
  };
  const patch = async (body: object) =>
    app
      .http()
      .patch('/v1/account')
      .set({ ...user.auth, 'if-match': (await account()).etag })
      .send(body);

  it('change their profile, and remember who did', async () => {
    const { body } = await patch({
      name: 'Clinic No. 2',
      email: 'new@clinic.example',
      phone: '8 (916) 765-43-21',
      address: 'Moscow, Lesnaya 5',
      locale: 'en',
      timeZone: 'Asia/Yekaterinburg',
      sendingWindow: { timeZone: 'Asia/Yekaterinburg', days: { mon: [{ from: '09:00', to: '20:00' }] } },
      recipientHours: { days: { tue: [{ from: '10:00', to: '24:00' }] } },
    });
    expect(body).toMatchObject({
      name: 'Clinic No. 2',
      email: 'new@clinic.example',
      phone: '79167654321',
      locale: 'en',
      timeZone: 'Asia/Yekaterinburg',
      sendingWindow: { days: { mon: [{ from: '09:00', to: '20:00' }] } },
      recipientHours: { days: { tue: [{ from: '10:00', to: '24:00' }] } },
    });
    expect((await account()).body).toEqual(body);
    const { body: trail } = await app.http().get('/v1/account/audit').set(user.auth).expect(200);
    expect(trail.data[0]).toMatchObject({
      actorKind: 'user',
      actorId: user.userId,
      action: 'account.changed',
      subject: `account:${user.accountId}`,
      details: { fields: expect.arrayContaining(['phone', 'sending_window', 'recipient_hours']) },
    });
    expect(JSON.stringify(trail)).not.toContain('79167654321');
    expect(trail.data.map(({ action }: { action: string }) => action)).toEqual([
      'account.changed',
      'user.registered',
      'account.opened',
    ]);
    const { body: cleared } = await patch({ sendingWindow: null, recipientHours: null, address: null });
    expect(cleared).toMatchObject({ sendingWindow: null, recipientHours: null, address: null, name: 'Clinic No. 2' });
  });

  it('page through their audit trail', async () => {
    const first = await app.http().get('/v1/account/audit?limit=2').set(user.auth).expect(200);
    const second = await app
      .http()
      .get(`/v1/account/audit?limit=2&cursor=${first.body.nextCursor}`)
      .set(user.auth)
      .expect(200);
    expect(first.body.data).toHaveLength(2);
    expect(second.body.data.at(-1).action).toBe('account.opened');
    expect(second.body.nextCursor).toBeNull();
    await app.http().get('/v1/account/audit?cursor=zzz').set(user.auth).expect(400);
  });

  it('are not overwritten by somebody who read an older version', async () => {
    const { etag } = await account();
    await patch({ address: 'Moscow, Lesnaya 6' });
    const stale = await app
      .http()
      .patch('/v1/account')
      .set({ ...user.auth, 'if-match': etag })
      .send({ name: 'Lost' });
    expect([stale.status, stale.body.code]).toEqual([412, 'version_mismatch']);
    await app.http().patch('/v1/account').set(user.auth).send({ name: 'Lost' }).expect(428);
  });

  it.each([
    ['status', 'active'],
    ['balance', '1000000.00'],
    ['currency', 'EUR'],
    ['country', 'GR'],
    ['creditLimit', '100'],
    ['defaultSender', 'Bank'],
    ['portalId', null],
    ['externalId', 'x'],
    ['kind', 'platform'],
    ['price', '0'],
    ['version', 1],
    ['id', '0199f1c2-6b8e-7000-8000-4a1f6d2c9b10'],
  ])('cannot change their own %s', async (field, value) => {
    const before = await account();
    const { status, body } = await patch({ [field]: value });
    expect([status, body.errors?.[0]]).toEqual([
      422,
      expect.objectContaining({ pointer: `/${field}`, code: 'unknown_field' }),
    ]);
    expect(await account()).toEqual(before);
  });

  it.each([
    [{ name: null }, '/name'],
    [{ locale: 'de' }, '/locale'],
    [{ timeZone: 'Mars/Base' }, '/timeZone'],
    [{ email: 'nobody' }, '/email'],
    [{ phone: '12345' }, '/phone'],
    [
      { sendingWindow: { timeZone: 'Europe/Moscow', days: { mon: [{ from: '25:00', to: '26:00' }] } } },
      '/sendingWindow/days/mon/0/from',
    ],
    [{ sendingWindow: { timeZone: 'Europe/Moscow', days: {} } }, '/sendingWindow/days'],
    [{ recipientHours: { days: { mon: [{ from: '25:00', to: '26:00' }] } } }, '/recipientHours/days/mon/0/from'],
    [{ recipientHours: { days: {} } }, '/recipientHours/days'],
    [{ recipientHours: {} }, '/recipientHours/days'],
    [{ recipientHours: { timeZone: 'Europe/Moscow', days: { mon: [] } } }, '/recipientHours/timeZone'],
  ])('refuse %j', async (body, pointer) => {
    const answer = await patch(body);
    expect([answer.status, answer.body.errors?.[0].pointer]).toEqual([422, pointer]);
  });

  describe('in the hands of the operator', () => {
    const at = (id = user.accountId) => `/admin/v1/accounts/${id}`;

    it('[T14] are opened, listed, searched and changed', async () => {
      const { body: portal } = await app
        .http()
        .post('/admin/v1/portals')
        .set(staff)
        .send({ name: 'Taxi cabinet' })
        .expect(201);
      const { body, headers } = await app
        .http()
        .post('/admin/v1/accounts')
        .set(staff)
        .send({
          name: 'Taxi Lightning',
          country: 'PL',
          currency: 'PLN',
          locale: 'pl',
          timeZone: 'Europe/Warsaw',
          portalId: portal.id,
          externalId: 'taxi-1',
          defaultSender: 'Taxi',
        })
        .expect(201);
      expect(body).toMatchObject({
        name: 'Taxi Lightning',
        portalId: portal.id,
        externalId: 'taxi-1',
        status: 'active',
      });
      const list = async (query: string) =>
        (await app.http().get(`/admin/v1/accounts?${query}`).set(staff).expect(200)).body.data.map(
          ({ id }: { id: string }) => id,
        );
      expect(await list('search=LIGHTNING')).toEqual([body.id]);
      expect(await list(`portalId=${portal.id}`)).toEqual([body.id]);
      expect(await list('status=closed')).toEqual([]);
      const changed = await app
        .http()
        .patch(at(body.id))
        .set({ ...staff, 'if-match': headers.etag })
        .send({ defaultSender: 'LightTaxi' })
        .expect(200);
      expect(changed.body.defaultSender).toBe('LightTaxi');
      const again = { name: 'X', country: 'PL', currency: 'PLN', locale: 'pl', timeZone: 'Europe/Warsaw' };
      await app
        .http()
        .post('/admin/v1/accounts')
        .set(staff)
        .send({ ...again, portalId: portal.id, externalId: 'taxi-1' })
        .expect(409);
      await app
        .http()
        .post('/admin/v1/accounts')
        .set(staff)
        .send({ ...again, portalId: body.id })
        .expect(404);
      await app
        .http()
        .post('/admin/v1/accounts')
        .set(staff)
        .send({ ...again, defaultSender: 'far too long a name' })
        .expect(422);
    });

    it('are suspended at once: reading goes on, the rest is refused with the reason; and set free again', async () => {
      const suspended = await app.http().post(`${at()}/suspend`).set(staff).send({ reason: 'Complaints' }).expect(200);
      expect(suspended.body).toMatchObject({ status: 'suspended', statusReason: 'Complaints' });
      expect((await account()).body.statusReason).toBe('Complaints');
      const refused = await patch({ name: 'Other' });
      expect([refused.status, refused.body.code]).toEqual([403, 'account_suspended']);
      const { body: me } = await app.http().get('/v1/me').set(user.auth).expect(200);
      expect(me.restriction).toBe('account_suspended');
      expect(me.permissions.every((permission: string) => permission.endsWith(':read'))).toBe(true);
      const twice = await app.http().post(`${at()}/suspend`).set(staff).send({ reason: 'Again' }).expect(409);
      expect(twice.body.code).toBe('account_state');

      await app.http().post(`${at()}/reactivate`).set(staff).expect(200);
      expect((await patch({ name: 'Free' })).status).toBe(200);
      const { body: trail } = await app.http().get(`${at()}/audit`).set(staff).expect(200);
      expect(trail.data.slice(0, 3)).toEqual([
        expect.objectContaining({ action: 'account.changed', actorKind: 'user' }),
        expect.objectContaining({ action: 'account.reactivated', actorKind: 'staff', actorId: expect.any(String) }),
        expect.objectContaining({ action: 'account.suspended', details: { reason: 'Complaints' } }),
      ]);
    });

    it('are only looked at by those who may only look', async () => {
      const support = await signInStaff(app, 'support');
      await app.http().get(at()).set(support).expect(200);
      const { body } = await app.http().post(`${at()}/suspend`).set(support).send({ reason: 'No' }).expect(403);
      expect(body.code).toBe('permission_missing');
      await app.http().get(at('0199f1c2-6b8e-7000-8000-4a1f6d2c9b10')).set(support).expect(404);
    });

    it('never suspend the platform itself', async () => {
      const [platform] = await app.db.database.query<{ id: string }>(`SELECT id FROM accounts WHERE kind = 'platform'`);
      const { body } = await app
        .http()
        .post(`${at(platform!.id)}/suspend`)
        .set(staff)
        .send({ reason: 'No' })
        .expect(409);
      expect(body.code).toBe('platform_account');
    });

    it('[T14] get users whose login is handed over as an invitation that works once', async () => {
      const login = `invited-${nextMobile()}`;
      const { body } = await app
        .http()
        .post(`${at()}/users`)
        .set(staff)
        .send({ login, email: 'boss@taxi.example', role: 'owner' })
        .expect(201);
      expect(body.user).toMatchObject({ login, role: 'owner', status: 'pending' });
      const password = 'a password of my own';
      await app.http().post('/v1/sessions').send({ login, password }).expect(401);
      const accept = () => app.http().post('/v1/invitations/accept').send({ token: body.invitationToken, password });
      await app
        .http()
        .post('/v1/invitations/accept')
        .send({ token: body.invitationToken, password: 'short' })
        .expect(422);
      await accept().expect(200);
      expect((await accept().expect(404)).body.code).toBe('invitation_invalid');
      await app.http().post('/v1/sessions').send({ login, password }).expect(201);
      await app
        .http()
        .post(`${at()}/users`)
        .set(staff)
        .send({ login: login.toUpperCase(), email: 'a@b.example', role: 'viewer' })
        .expect(409);
    });
  });
});
