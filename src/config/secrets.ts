import { hkdfSync, randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Env } from './env.js';

/** An AES-256 key and the id that stands beside what it encrypted. */
export interface CredentialKey {
  readonly id: string;
  readonly key: Buffer;
}

/** The keys of this installation. Injected as a class, so that nobody passes bare strings around. */
export class Secrets {
  constructor(
    /** Signs access tokens, HS256; at least 32 bytes. */
    readonly signingKey: Buffer,
    /** Encrypt provider credentials and webhook secrets at rest: the first one encrypts, all of them decrypt. */
    readonly credentialKeys: readonly CredentialKey[],
  ) {}

  /** 32 bytes for one purpose, so that a key is never used for two things. The same purpose gives the same key. */
  derive(purpose: string): Buffer {
    return Buffer.from(hkdfSync('sha256', this.signingKey, 'kabinet', purpose, 32));
  }
}

/**
 * Takes the keys from the environment. On the embedded default a missing key is generated once, written to
 * `DATA_DIR/secrets` (mode 0600) and shared by every process of this machine; with DATABASE_URL there may be other
 * machines, which could not read our disk, so a missing key is refused there.
 */
export async function loadSecrets(env: Env): Promise<Secrets> {
  const signingKey = env.JWT_SECRET ?? (await generatedOnce(env, 'JWT_SECRET', randomText));
  const credentialKeys =
    env.CREDENTIAL_KEYS ?? (await generatedOnce(env, 'CREDENTIAL_KEYS', () => `k1:${randomKey()}`));
  return new Secrets(Buffer.from(signingKey, 'utf8'), credentialKeys.split(',').map(parseCredentialKey));
}

function parseCredentialKey(text: string): CredentialKey {
  const separator = text.indexOf(':');
  return { id: text.slice(0, separator), key: Buffer.from(text.slice(separator + 1), 'base64') };
}

const randomText = () => randomBytes(48).toString('base64url');
const randomKey = () => randomBytes(32).toString('base64');

async function generatedOnce(env: Env, name: string, generate: () => string): Promise<string> {
  if (env.DATABASE_URL) throw new Error(`${name} must be set when DATABASE_URL is: every process needs the same key`);
  const folder = join(env.DATA_DIR, 'secrets');
  const path = join(folder, name.toLowerCase().replaceAll('_', '-'));
  return (await readIfThere(path)) ?? (await writeOnce(folder, path, generate()));
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Several processes may start at once: each writes a file of its own, and `link` lets exactly one become the key. */
async function writeOnce(folder: string, path: string, text: string): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const draft = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  await writeFile(draft, `${text}\n`, { mode: 0o600, flag: 'wx' });
  try {
    await link(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(draft, { force: true });
  }
  return (await readFile(path, 'utf8')).trim();
}
