import { readFileSync } from 'node:fs';
import { Env, envKeys, readEnv } from '../../../src/config/env.js';

const lines = readFileSync(new URL('../../../../.env.example', import.meta.url), 'utf8').split('\n');
const settings = lines.flatMap((line, index) => {
  const [, key, value] = /^([A-Z_]+)=(.*)$/.exec(line) ?? [];
  return key === undefined ? [] : [{ key, value: value ?? '', above: lines[index - 1] }];
});

describe('.env.example', () => {
  it('names every key of the environment once, and no other', () => {
    expect(settings.map(({ key }) => key).sort()).toEqual(envKeys());
  });

  it('explains each of them', () => {
    expect(settings.filter(({ above }) => !above?.startsWith('# '))).toEqual([]);
  });

  it('shows the defaults', () => {
    const example = Object.fromEntries(settings.map(({ key, value }) => [key, value]));
    expect(readEnv(example)).toEqual(readEnv({}));
  });
});

describe('readEnv', () => {
  it('knows every key, also those without a default', () => {
    expect(envKeys()).toEqual(
      expect.arrayContaining([...Object.keys(new Env()), 'DATABASE_URL', 'JWT_SECRET', 'CREDENTIAL_KEYS']),
    );
  });

  it('parses numbers and switches', () => {
    expect(readEnv({ PORT: '0', ALLOW_PRIVATE_ADDRESSES: 'true', DATABASE_POOL_SIZE: '5' })).toMatchObject({
      PORT: 0,
      ALLOW_PRIVATE_ADDRESSES: true,
      DATABASE_POOL_SIZE: 5,
    });
  });

  it('reads the proxies that are trusted, and refuses what is no address', () => {
    expect(readEnv({ TRUSTED_PROXIES: '10.0.0.0/8, ::1' }).TRUSTED_PROXIES).toEqual(['10.0.0.0/8', '::1']);
    expect(() => readEnv({ TRUSTED_PROXIES: 'proxy.example' })).toThrow('TRUSTED_PROXIES');
  });

  it('takes an empty value for none', () => {
    expect(readEnv({ PORT: '', DATABASE_URL: '' })).toMatchObject({ PORT: 3000 });
    expect(readEnv({ DATABASE_URL: '' }).DATABASE_URL).toBeUndefined();
  });

  it('names every bad key at once, and repeats no value', () => {
    const bad = {
      ROLE: 'both',
      PORT: '65536',
      DATABASE_POOL_SIZE: '1.5',
      PUBLIC_URL: 'ftp://example.org',
      DATABASE_URL: 'mysql://user:hunter2@db/kabinet',
      JWT_SECRET: 'too-short-to-sign',
      CREDENTIAL_KEYS: 'k1:bm90IGxvbmcgZW5vdWdo',
      ALLOW_PRIVATE_ADDRESSES: 'yes',
      LOG_LEVEL: 'loud',
      IDEMPOTENCY_DAYS: '-1',
      EMBEDDED_PG_PORT: '0x10',
    };
    const refusal = (): unknown => {
      try {
        return readEnv(bad);
      } catch (error) {
        return (error as Error).message;
      }
    };
    const message = String(refusal());
    expect([...message.matchAll(/^ {2}([A-Z_]+): /gm)].map(([, key]) => key).sort()).toEqual(Object.keys(bad).sort());
    for (const secret of ['hunter2', 'too-short-to-sign', 'bm90IGxvbmcgZW5vdWdo'])
      expect(message).not.toContain(secret);
  });

  it('ignores variables of others', () => {
    expect(readEnv({ PATH: '/bin', NODE_ENV: 'production' })).toEqual(readEnv({}));
  });
});
