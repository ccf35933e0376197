import { createHash } from 'node:crypto';

/** The column takes 255 characters. */
const MAX_LENGTH = 255;

/** A ledger entry's key from a kind and whatever names it: readable while it is short, a digest when it is not. */
export function ledgerKey(kind: string, ...names: string[]): string {
  const key = [kind, ...names].join(':');
  if (key.length <= MAX_LENGTH) return key;
  return `${kind}:${createHash('sha256').update(key).digest('base64url')}`;
}
