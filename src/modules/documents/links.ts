import { createHmac, timingSafeEqual } from 'node:crypto';

export interface DocumentLink {
  /** What kind of document: `invoice`. */
  kind: string;
  accountId: string;
  id: string;
  expiresAt: Date;
}

/** A token that opens one document until it expires, so that a browser without credentials can show it. */
export function signLink({ kind, accountId, id, expiresAt }: DocumentLink, key: Buffer): string {
  const payload = Buffer.from(`${kind}.${accountId}.${id}.${Math.floor(expiresAt.getTime() / 1000)}`).toString(
    'base64url',
  );
  return `${payload}.${mac(payload, key).toString('base64url')}`;
}

/** What a token opens; null when it was not signed by us or has expired. Compared in constant time. */
export function readLink(token: string, key: Buffer, now: Date): DocumentLink | null {
  const [payload = '', signature = ''] = token.split('.');
  const given = Buffer.from(signature, 'base64url');
  const expected = mac(payload, key);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null;
  const [kind, accountId, id, seconds] = Buffer.from(payload, 'base64url').toString('utf8').split('.');
  const expiresAt = new Date(Number(seconds) * 1000);
  return expiresAt > now ? { kind: kind!, accountId: accountId!, id: id!, expiresAt } : null;
}

const mac = (payload: string, key: Buffer): Buffer => createHmac('sha256', key).update(payload).digest();
