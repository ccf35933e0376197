import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { seal, type Sealed, sealingKeyId, unseal } from '../../config/sealing.js';
import { Secrets } from '../../config/secrets.js';
import { Database } from '../../database/database.js';

/** What is sealed beside an endpoint. */
export interface EndpointSecrets {
  current: string;
  /** The one before, for as long as `previous_secret_until` says. */
  previous: string | null;
}

const SELECT_STALE = `SELECT account_id, id, secrets FROM webhook_endpoints WHERE secrets->>'keyId' IS DISTINCT FROM $1`;
/** Only what was read: what was changed meanwhile has been sealed with the new key already. */
const RESEAL = `UPDATE webhook_endpoints SET secrets = $4 WHERE account_id = $1 AND id = $2 AND secrets = $3`;

/**
 * Secrets of endpoints at rest, sealed to the endpoint that they belong to. At every start what another key sealed is sealed with the
 * first one, as the credentials of providers are.
 */
@Injectable()
export class WebhookSecrets implements OnApplicationBootstrap {
  private readonly logger = new Logger('webhooks');

  constructor(
    private readonly keys: Secrets,
    private readonly database: Database,
  ) {}

  seal(endpointId: string, secrets: EndpointSecrets): Sealed {
    return seal(this.keys, boundTo(endpointId), JSON.stringify(secrets));
  }

  /** Throws `UnreadableSealError`. */
  open(endpointId: string, sealed: Sealed): EndpointSecrets {
    return JSON.parse(unseal(this.keys, boundTo(endpointId), sealed)) as EndpointSecrets;
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.reseal();
  }

  /** How many were sealed anew. What cannot be read stays as it is, and is said. */
  async reseal(): Promise<number> {
    const rows = await this.database.query<{ account_id: string; id: string; secrets: Sealed }>(SELECT_STALE, [
      sealingKeyId(this.keys),
    ]);
    let resealed = 0;
    for (const { account_id: accountId, id, secrets } of rows) {
      try {
        const fresh = this.seal(id, this.open(id, secrets));
        await this.database.query(RESEAL, [accountId, id, JSON.stringify(secrets), JSON.stringify(fresh)]);
        resealed++;
      } catch (error) {
        this.logger.error({ endpointId: id, err: error, msg: 'a secret cannot be sealed with the new key' });
      }
    }
    return resealed;
  }
}

const boundTo = (endpointId: string): string => `webhook-endpoints/${endpointId}`;
