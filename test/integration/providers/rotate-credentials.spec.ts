import { randomBytes } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { Secrets } from '../../../src/config/secrets.js';
import { RotateCredentials } from '../../../src/modules/providers/actions/rotate-credentials.js';
import {
  CredentialVault,
  type SealedCredentials,
} from '../../../src/modules/providers/credentials/credential-vault.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { insertProvider } from '../../support/factories/providers.js';

let db: TestDatabase;
beforeAll(async () => {
  Logger.overrideLogger(false);
  db = await createTestDatabase();
});
afterAll(() => db.drop());

const old = { id: 'k1', key: randomBytes(32) };
const fresh = { id: 'k2', key: randomBytes(32) };
const vaultOf = (...keys: (typeof old)[]) => new CredentialVault(new Secrets(Buffer.alloc(32), keys));
const secrets = { credentials: { token: 't' }, callbackToken: null };

async function insertSealed(vault: CredentialVault): Promise<string> {
  const id = await insertProvider(db.database);
  await db.database.query('UPDATE providers SET credentials = $2 WHERE id = $1', [
    id,
    JSON.stringify(vault.seal(id, secrets)),
  ]);
  return id;
}
const rowOf = async (id: string) =>
  (
    await db.database.query<{ credentials: SealedCredentials; version: number; link_version: number }>(
      'SELECT credentials, version, link_version FROM providers WHERE id = $1',
      [id],
    )
  )[0]!;

describe('rotating the key of the credentials', () => {
  it('seals with the new key what the old one sealed, without touching anything else', async () => {
    const stale = await insertSealed(vaultOf(old));
    const current = await insertSealed(vaultOf(fresh));
    const lost = await insertSealed(vaultOf({ id: 'k0', key: randomBytes(32) }));
    const before = await rowOf(current);
    const rotate = new RotateCredentials(db.database, vaultOf(fresh, old));
    expect(await rotate.execute()).toBe(1);
    expect(await rotate.execute()).toBe(0);
    const row = await rowOf(stale);
    expect(row).toMatchObject({ version: 1, link_version: 1, credentials: { keyId: 'k2' } });
    expect(vaultOf(fresh).open(stale, row.credentials)).toEqual(secrets);
    expect(await rowOf(current)).toEqual(before);
    expect((await rowOf(lost)).credentials.keyId).toBe('k0');
  });
});
