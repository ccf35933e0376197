import { randomBytes } from 'node:crypto';
import { Secrets } from '../../../config/secrets.js';
import { CredentialsUnreadableError, CredentialVault, type SealedCredentials } from './credential-vault.js';

const key = (id: string) => ({ id, key: randomBytes(32) });
const vaultOf = (...keys: ReturnType<typeof key>[]) => new CredentialVault(new Secrets(Buffer.alloc(32), keys));
const old = key('k1');
const fresh = key('k2');
const secrets = { credentials: { systemId: 'kabinet', password: 'пароль' }, callbackToken: 't' };

describe('the credential vault', () => {
  it('gives back what was sealed, and shows nothing of it', () => {
    const vault = vaultOf(old);
    const sealed = vault.seal('p1', secrets);
    expect(vault.open('p1', sealed)).toEqual(secrets);
    expect(JSON.stringify(sealed)).not.toContain('kabinet');
    expect(vault.seal('p1', secrets).data).not.toBe(sealed.data);
  });

  it('opens nothing that was sealed for another provider, with another key, or was changed', () => {
    const vault = vaultOf(old);
    const sealed = vault.seal('p1', secrets);
    const flipped = Buffer.from(sealed.data, 'base64');
    flipped[0]! ^= 1;
    const bad: [string, SealedCredentials][] = [
      ['p2', sealed],
      ['p1', { ...sealed, data: flipped.toString('base64') }],
      ['p1', { ...sealed, tag: '' }],
      ['p1', { ...sealed, tag: sealed.tag.slice(0, 8) }],
      ['p1', { ...sealed, keyId: 'k9' }],
    ];
    for (const [id, one] of bad) expect(() => vault.open(id, one)).toThrow(CredentialsUnreadableError);
    expect(() => vaultOf({ ...fresh, id: 'k1' }).open('p1', sealed)).toThrow(CredentialsUnreadableError);
  });

  it('rotates: the first key seals, the others still open', () => {
    const sealed = vaultOf(old).seal('p1', secrets);
    const rotating = vaultOf(fresh, old);
    expect(rotating.currentKeyId).toBe('k2');
    const again = rotating.seal('p1', rotating.open('p1', sealed));
    expect(again.keyId).toBe('k2');
    expect(vaultOf(fresh).open('p1', again)).toEqual(secrets);
    expect(() => vaultOf(fresh).open('p1', sealed)).toThrow(CredentialsUnreadableError);
  });
});
