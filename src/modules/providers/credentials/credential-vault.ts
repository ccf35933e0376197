import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Secrets } from '../../../config/secrets.js';

/** AES-256-GCM, base64; `keyId` says with which of our keys. The column `providers.credentials`. */
export interface SealedCredentials {
  keyId: string;
  nonce: string;
  tag: string;
  data: string;
}

/** What is sealed: what the provider knows us by, and the token by which it calls us. */
export interface ProviderSecrets {
  credentials: Record<string, string>;
  /** Null: nobody is to call us. */
  callbackToken: string | null;
}

/** The key is gone, or the row was tampered with or copied from another provider. */
export class CredentialsUnreadableError extends Error {
  constructor(keyId: string, options?: ErrorOptions) {
    super(`credentials sealed with the key ${keyId} cannot be read`, options);
    this.name = 'CredentialsUnreadableError';
  }
}

const ALGORITHM = 'aes-256-gcm';

/**
 * Seals credentials to the provider they belong to: the provider's id is authenticated with the text, so a ciphertext that is
 * copied into another row cannot be opened there. The first key seals, every key opens.
 */
@Injectable()
export class CredentialVault {
  constructor(private readonly keys: Secrets) {}

  get currentKeyId(): string {
    return this.keys.credentialKeys[0]!.id;
  }

  seal(providerId: string, secrets: ProviderSecrets): SealedCredentials {
    const { id, key } = this.keys.credentialKeys[0]!;
    const nonce = randomBytes(12);
    const cipher = createCipheriv(ALGORITHM, key, nonce).setAAD(boundTo(providerId));
    const data = Buffer.concat([cipher.update(JSON.stringify(secrets), 'utf8'), cipher.final()]);
    return {
      keyId: id,
      nonce: nonce.toString('base64'),
      tag: cipher.getAuthTag().toString('base64'),
      data: data.toString('base64'),
    };
  }

  /** Throws {@link CredentialsUnreadableError}. */
  open(providerId: string, { keyId, nonce, tag, data }: SealedCredentials): ProviderSecrets {
    const known = this.keys.credentialKeys.find(({ id }) => id === keyId);
    if (!known) throw new CredentialsUnreadableError(keyId);
    try {
      const decipher = createDecipheriv(ALGORITHM, known.key, Buffer.from(nonce, 'base64'), { authTagLength: 16 });
      decipher.setAAD(boundTo(providerId)).setAuthTag(Buffer.from(tag, 'base64'));
      const text = Buffer.concat([decipher.update(Buffer.from(data, 'base64')), decipher.final()]).toString('utf8');
      return JSON.parse(text) as ProviderSecrets;
    } catch (error) {
      throw new CredentialsUnreadableError(keyId, { cause: error });
    }
  }
}

const boundTo = (providerId: string): Buffer => Buffer.from(`providers/${providerId}`, 'utf8');
