import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Database } from '../../../database/database.js';
import { CredentialVault, type SealedCredentials } from '../credentials/credential-vault.js';

const SELECT_STALE = `SELECT id, credentials FROM providers WHERE credentials->>'keyId' IS DISTINCT FROM $1`;
/** Only what was read: a change that ops made meanwhile has been sealed with the new key already. */
const RESEAL = `UPDATE providers SET credentials = $3 WHERE id = $1 AND credentials = $2`;

/**
 * Seals everything with the first key that was sealed with another one. Runs at every start, so rotating a key is: put the new
 * one first, restart, remove the old one. Links are not touched, versions neither: nothing changed for anybody.
 */
@Injectable()
export class RotateCredentials implements OnApplicationBootstrap {
  private readonly logger = new Logger('providers');

  constructor(
    private readonly database: Database,
    private readonly vault: CredentialVault,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.execute();
  }

  /** How many were sealed anew. What cannot be read stays as it is, and is said. */
  async execute(): Promise<number> {
    const rows = await this.database.query<{ id: string; credentials: SealedCredentials }>(SELECT_STALE, [
      this.vault.currentKeyId,
    ]);
    let resealed = 0;
    for (const { id, credentials } of rows) {
      try {
        const sealed = this.vault.seal(id, this.vault.open(id, credentials));
        await this.database.query(RESEAL, [id, JSON.stringify(credentials), JSON.stringify(sealed)]);
        resealed++;
      } catch (error) {
        this.logger.error({ providerId: id, err: error, msg: 'credentials cannot be sealed with the new key' });
      }
    }
    if (resealed > 0) this.logger.log({ providers: resealed, msg: 'credentials were sealed with the new key' });
    return resealed;
  }
}
