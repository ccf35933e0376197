import { Injectable } from '@nestjs/common';
import { seal, type Sealed, sealingKeyId, unseal } from '../../../config/sealing.js';
import { Secrets } from '../../../config/secrets.js';

export { UnreadableSealError as CredentialsUnreadableError } from '../../../config/sealing.js';

/** The column `providers.credentials`. */
export type SealedCredentials = Sealed;

/** What is sealed: what the provider knows us by, and the token by which it calls us. */
export interface ProviderSecrets {
  credentials: Record<string, string>;
  /** Null: nobody is to call us. */
  callbackToken: string | null;
}

/** Seals credentials to the provider they belong to, so that they cannot be opened in another row. */
@Injectable()
export class CredentialVault {
  constructor(private readonly keys: Secrets) {}

  get currentKeyId(): string {
    return sealingKeyId(this.keys);
  }

  seal(providerId: string, secrets: ProviderSecrets): SealedCredentials {
    return seal(this.keys, boundTo(providerId), JSON.stringify(secrets));
  }

  /** Throws {@link CredentialsUnreadableError}. */
  open(providerId: string, sealed: SealedCredentials): ProviderSecrets {
    return JSON.parse(unseal(this.keys, boundTo(providerId), sealed)) as ProviderSecrets;
  }
}

const boundTo = (providerId: string): string => `providers/${providerId}`;
