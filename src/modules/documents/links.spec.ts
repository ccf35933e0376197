import { readLink, signLink } from './links.js';

const key = Buffer.alloc(32, 7);
const link = { kind: 'invoice', accountId: 'a', id: 'b', expiresAt: new Date('2026-01-12T10:00:00Z') };

describe('document links', () => {
  it('open one document until they expire', () => {
    const token = signLink(link, key);
    expect(readLink(token, key, new Date('2026-01-12T09:59:59Z'))).toEqual(link);
    expect(readLink(token, key, new Date('2026-01-12T10:00:00Z'))).toBeNull();
  });

  it('cannot be forged, stretched or moved to another document', () => {
    const token = signLink(link, key);
    const [, signature] = token.split('.');
    const other = Buffer.from(`invoice.a.c.${link.expiresAt.getTime() / 1000}`).toString('base64url');
    const now = new Date('2026-01-12T09:00:00Z');
    for (const forged of [
      `${other}.${signature}`,
      `${token}x`,
      token.split('.')[0]!,
      '',
      '.',
      signLink(link, Buffer.alloc(32, 8)),
    ]) {
      expect(readLink(forged, key, now)).toBeNull();
    }
  });
});
