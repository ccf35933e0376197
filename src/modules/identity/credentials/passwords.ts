import { hash, verify } from '@node-rs/argon2';
import { randomBytes } from 'node:crypto';

/** Argon2id with OWASP's parameters: 19 MiB, two passes, one lane; about 60 ms of one core. */
const ARGON2ID = 2;
const OPTIONS = { algorithm: ARGON2ID, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

export function hashPassword(password: string): Promise<string> {
  return hash(password.normalize('NFC'), OPTIONS);
}

let decoy: Promise<string> | undefined;

/** Makes the decoy ahead of the first sign-in, which would otherwise take twice as long as the next. */
export async function prepareDecoy(): Promise<void> {
  decoy ??= hashPassword(randomBytes(16).toString('hex'));
  await decoy;
}

/**
 * Compares a password with a hash. Without a hash (unknown login, no password yet) it does the same work against a decoy and
 * answers no, so that nobody can tell by the clock whether a login exists.
 */
export async function passwordMatches(password: string, passwordHash: string | null | undefined): Promise<boolean> {
  await prepareDecoy();
  const matches = await verify(passwordHash ?? (await decoy!), password.normalize('NFC'));
  return matches && passwordHash !== null && passwordHash !== undefined;
}
