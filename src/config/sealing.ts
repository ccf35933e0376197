import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Secrets } from './secrets.js';

/** AES-256-GCM, base64; `keyId` says with which of our keys. Stands in columns of JSON. */
export interface Sealed {
  keyId: string;
  nonce: string;
  tag: string;
  data: string;
}

/** The key is gone, or the row was tampered with or copied from another one. */
export class UnreadableSealError extends Error {
  constructor(keyId: string, options?: ErrorOptions) {
    super(`what was sealed with the key ${keyId} cannot be read`, options);
    this.name = 'UnreadableSealError';
  }
}

const ALGORITHM = 'aes-256-gcm';

/** Id of the key that seals. */
export function sealingKeyId({ credentialKeys }: Secrets): string {
  return credentialKeys[0]!.id;
}

/**
 * Seals a text to what it belongs to, such as `providers/<id>`: that is authenticated with the text, so a ciphertext that is copied
 * into another row cannot be opened there. The first key seals, every key opens.
 */
export function seal({ credentialKeys }: Secrets, boundTo: string, text: string): Sealed {
  const { id, key } = credentialKeys[0]!;
  const nonce = randomBytes(12);
  const cipher = createCipheriv(ALGORITHM, key, nonce).setAAD(Buffer.from(boundTo, 'utf8'));
  const data = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return {
    keyId: id,
    nonce: nonce.toString('base64'),
    tag: cipher.getAuthTag().toString('base64'),
    data: data.toString('base64'),
  };
}

/** Throws {@link UnreadableSealError}. */
export function unseal({ credentialKeys }: Secrets, boundTo: string, { keyId, nonce, tag, data }: Sealed): string {
  const known = credentialKeys.find(({ id }) => id === keyId);
  if (!known) throw new UnreadableSealError(keyId);
  try {
    const decipher = createDecipheriv(ALGORITHM, known.key, Buffer.from(nonce, 'base64'), { authTagLength: 16 });
    decipher.setAAD(Buffer.from(boundTo, 'utf8')).setAuthTag(Buffer.from(tag, 'base64'));
    return Buffer.concat([decipher.update(Buffer.from(data, 'base64')), decipher.final()]).toString('utf8');
  } catch (error) {
    throw new UnreadableSealError(keyId, { cause: error });
  }
}
