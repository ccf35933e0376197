import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readEnv } from './env.js';
import { loadSecrets } from './secrets.js';

describe('the keys of an installation', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kabinet-secrets-'));
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('are generated once, even when five processes start at once, and only their owner may read them', async () => {
    const env = readEnv({ DATA_DIR: folder });
    const loaded = await Promise.all(Array.from({ length: 5 }, () => loadSecrets(env)));
    expect(new Set(loaded.map((secrets) => secrets.signingKey.toString())).size).toBe(1);
    expect(new Set(loaded.map((secrets) => secrets.credentialKeys[0]!.key.toString('hex'))).size).toBe(1);
    expect(loaded[0]!.credentialKeys[0]).toMatchObject({ id: 'k1', key: expect.any(Buffer) });
    expect(loaded[0]!.credentialKeys[0]!.key).toHaveLength(32);
    const files = await readdir(join(folder, 'secrets'));
    expect(files.sort()).toEqual(['credential-keys', 'jwt-secret']);
    for (const file of files) expect((await stat(join(folder, 'secrets', file))).mode & 0o777).toBe(0o600);
  });

  it('come from the environment when they stand there, the first one encrypting', async () => {
    const [first, second] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
    const secrets = await loadSecrets(
      readEnv({
        DATABASE_URL: 'postgres://db/kabinet',
        JWT_SECRET: 'x'.repeat(40),
        CREDENTIAL_KEYS: `b:${first.toString('base64')},a:${second.toString('base64')}`,
      }),
    );
    expect(secrets.signingKey.toString()).toBe('x'.repeat(40));
    expect(secrets.credentialKeys).toEqual([
      { id: 'b', key: first },
      { id: 'a', key: second },
    ]);
  });

  it('must be given when other machines may share the database', async () => {
    await expect(loadSecrets(readEnv({ DATABASE_URL: 'postgres://db/kabinet' }))).rejects.toThrow(
      'JWT_SECRET must be set',
    );
  });

  it('derive one key per purpose', async () => {
    const secrets = await loadSecrets(readEnv({ DATA_DIR: folder }));
    expect(secrets.derive('codes')).toEqual(secrets.derive('codes'));
    expect(secrets.derive('codes')).not.toEqual(secrets.derive('tokens'));
  });
});
