import { createHmac, generateKeyPairSync } from 'node:crypto';
import { JwtService } from '@nestjs/jwt';
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

const base64 = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('Access tokens', () => {
  let app: IdentityApp;
  let user: SignedIn;
  let claims: { sub: string; sid: string; acc: string; iat: number; exp: number; iss: string; aud: string };

  beforeAll(async () => {
    app = await createIdentityApp();
    user = await registerAndSignIn(app);
    claims = JSON.parse(Buffer.from(user.accessToken.split('.')[1]!, 'base64url').toString('utf8'));
  });
  afterAll(() => app.close());

  const get = (token: string, path = '/v1/me') => app.http().get(path).set(bearer(token));
  const expectRefused = async (token: string, code: string) => {
    const { body } = await get(token).expect(401);
    expect(body.code).toBe(code);
  };
  /** HS256 by hand, so that the library under test cannot correct anything. */
  const forge = (
    over: object,
    header: object = { alg: 'HS256', typ: 'JWT' },
    key: string | Buffer = app.secrets.signingKey,
  ) => {
    const signed = `${base64(header)}.${base64({ ...claims, ...over })}`;
    return `${signed}.${createHmac('sha256', key).update(signed).digest('base64url')}`;
  };

  it('hold for fifteen minutes and say nothing about rights', async () => {
    expect(Object.keys(claims).sort()).toEqual(['acc', 'aud', 'exp', 'iat', 'iss', 'sid', 'sub']);
    expect(claims.exp - claims.iat).toBe(900);
    await get(forge({})).expect(200);
  });

  it('are refused with alg none, in every spelling', async () => {
    for (const alg of ['none', 'None', 'NONE', 'nOnE']) {
      await expectRefused(`${base64({ alg, typ: 'JWT' })}.${base64(claims)}.`, 'token_invalid');
      await expectRefused(forge({}, { alg, typ: 'JWT' }), 'token_invalid');
    }
  });

  it('are refused under every other algorithm', async () => {
    const jwt = new JwtService();
    const secret = app.secrets.signingKey;
    for (const algorithm of ['HS384', 'HS512'] as const)
      await expectRefused(jwt.sign(claims, { algorithm, secret }), 'token_invalid');
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    await expectRefused(jwt.sign(claims, { algorithm: 'RS256', privateKey: pem }), 'token_invalid');
  });

  it('are refused when signed with another key, or with a key that the token brings along', async () => {
    await expectRefused(forge({}, undefined, 'another key that is long enough for anybody'), 'token_invalid');
    const own = Buffer.from('my own key');
    const jwk = { kty: 'oct', k: own.toString('base64url') };
    await expectRefused(forge({}, { alg: 'HS256', typ: 'JWT', jwk }, own), 'token_invalid');
    await expectRefused(forge({}, { alg: 'HS256', typ: 'JWT', kid: '/dev/null' }, ''), 'token_invalid');
  });

  it('are refused when the payload was changed after signing', async () => {
    const [header, , signature] = user.accessToken.split('.');
    await expectRefused(`${header}.${base64({ ...claims, exp: claims.exp + 9_999 })}.${signature}`, 'token_invalid');
  });

  it('are refused for another audience or issuer, or without one', async () => {
    for (const over of [{ aud: 'somebody:else' }, { aud: undefined }, { iss: 'somebody' }, { iss: undefined }])
      await expectRefused(forge(over), 'token_invalid');
  });

  it('of users open nothing of the staff, and of the staff nothing of accounts, even with the audience swapped', async () => {
    expect((await get(user.accessToken, '/admin/v1/accounts').expect(403)).body.code).toBe('staff_only');
    await expectRefused(forge({ aud: 'kabinet:staff' }), 'token_invalid');
    const staff = await signInStaff(app);
    const { body } = await app.http().get('/v1/me').set(staff).expect(403);
    expect(body.code).toBe('tenant_only');
    const staffClaims = JSON.parse(
      Buffer.from(staff.authorization!.split('.')[1]!, 'base64url').toString('utf8'),
    ) as object;
    await expectRefused(forge({ ...staffClaims, aud: 'kabinet:accounts', acc: undefined }), 'token_invalid');
    await expectRefused(forge({ ...staffClaims, aud: 'kabinet:accounts', acc: user.accountId }), 'token_revoked');
  });

  it('are bound to their own session, user and account', async () => {
    const other = await registerAndSignIn(app);
    await expectRefused(forge({ acc: other.accountId }), 'token_revoked');
    await expectRefused(forge({ sub: other.userId }), 'token_revoked');
    await expectRefused(forge({ sid: '0199f1c2-6b8e-7000-8000-4a1f6d2c9b10' }), 'token_revoked');
  });

  it('expire', async () => {
    const { accessToken } = await signIn(app, user.login);
    app.clock.advance({ minutes: 14, seconds: 59 });
    await get(accessToken).expect(200);
    app.clock.advance({ seconds: 1 });
    await expectRefused(accessToken, 'token_expired');
    await expectRefused(forge({ exp: undefined }), 'token_invalid');
  });

  it('end with their session: after signing out, everywhere, a new password, being disabled', async () => {
    const [one, two] = [await signIn(app, user.login), await signIn(app, user.login)];
    await app.http().delete('/v1/sessions/current').set(one.auth).expect(204);
    await expectRefused(one.accessToken, 'token_revoked');
    await get(two.accessToken).expect(200);

    const three = await signIn(app, user.login);
    await app.http().delete('/v1/sessions').set(two.auth).expect(204);
    await expectRefused(two.accessToken, 'token_revoked');
    await expectRefused(three.accessToken, 'token_revoked');
    expect((await app.http().post('/v1/sessions/refresh').send({ refreshToken: three.refreshToken })).status).toBe(401);

    const [four, five] = [await signIn(app, user.login), await signIn(app, user.login)];
    const password = { currentPassword: PASSWORD, newPassword: `${PASSWORD} and more` };
    await app.http().put('/v1/me/password').set(four.auth).send(password).expect(204);
    await get(four.accessToken).expect(200);
    await expectRefused(five.accessToken, 'token_revoked');
    await app.http().post('/v1/sessions').send({ login: user.login, password: PASSWORD }).expect(401);
    await signIn(app, user.login, password.newPassword);
  });

  it('are read from the Authorization header alone', async () => {
    const { accessToken } = await registerAndSignIn(app);
    await app.http().get('/v1/me').expect(401);
    await app.http().get(`/v1/me?access_token=${accessToken}`).expect(401);
    for (const authorization of ['', 'Bearer', 'Bearer x', `Basic ${accessToken}`, accessToken, 'Bearer a.b.c']) {
      const { status, headers } = await app.http().get('/v1/me').set({ authorization });
      expect([status, headers['www-authenticate']]).toEqual([401, 'Bearer']);
    }
    await app
      .http()
      .get('/v1/me')
      .set({ authorization: `bearer ${accessToken}` })
      .expect(200);
  });
});
