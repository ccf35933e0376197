import { Injectable } from '@nestjs/common';
import { Env } from '../../../config/env.js';
import { Clock } from '../../../kernel/clock.js';
import { DomainError } from '../../../kernel/domain-error.js';
import { splitParts } from '../../../kernel/sms-parts.js';
import { callbackUrlOf } from '../callbacks/callback-url.js';
import { CredentialsUnreadableError, CredentialVault } from '../credentials/credential-vault.js';
import type { DryRunDto, DryRunResponse } from '../dto/provider.dto.js';
import type { HttpSettings } from '../http/http-settings.js';
import { type BuiltRequest, RequestBuilder, UnwritableRequestError } from '../http/request-builder.js';
import { KINDS } from '../kinds/kinds.js';
import type { FullProviderRow } from '../persistence/providers.repository.js';

/** Of unreserved characters, so that it reads the same wherever it stands. */
const MASK = '~secret~';

/** Shows the request that a provider would get, with everything secret masked. Nothing is sent. */
@Injectable()
export class DryRun {
  constructor(
    private readonly vault: CredentialVault,
    private readonly env: Env,
    private readonly clock: Clock,
  ) {}

  /** Refuses kinds without a request to show (`dry_run_not_supported`) and values that cannot be written. */
  execute(row: FullProviderRow, message: DryRunDto): DryRunResponse {
    const kind = KINDS[row.kind];
    if (!kind.describe) throw new DomainError('conflict', 'dry_run_not_supported');
    const names = Object.keys(this.secretsOf(row));
    const settings = kind.describe(row.settings, names);
    const builder = new RequestBuilder(settings, {
      secrets: Object.fromEntries(names.map((name) => [name, MASK])),
      callbackUrl: row.callback_token_hash && callbackUrlOf(this.env, MASK),
    });
    return mask(this.build(builder, settings, message), settings);
  }

  private build(builder: RequestBuilder, { request }: HttpSettings, { to, text, sender }: DryRunDto): BuiltRequest {
    const { encoding, parts } = splitParts(text);
    const first = request.unit === 'part' ? parts[0]! : text;
    try {
      return builder.build(
        [
          {
            to,
            text: first,
            sender,
            reference: 'dry-run',
            encoding,
            partNo: 1,
            partsTotal: parts.length,
            concatReference: 1,
            validUntil: null,
          },
        ],
        this.clock.now(),
      );
    } catch (error) {
      if (!(error instanceof UnwritableRequestError)) throw error;
      throw new DomainError('invalid', 'invalid_provider_settings', {
        errors: [{ pointer: '/settings/request', code: 'unwritable' }],
      });
    }
  }

  private secretsOf({ id, credentials }: FullProviderRow): Record<string, string> {
    try {
      return this.vault.open(id, credentials).credentials;
    } catch (error) {
      if (!(error instanceof CredentialsUnreadableError)) throw error;
      throw new DomainError('conflict', 'credentials_unreadable');
    }
  }
}

/** What is made of secrets is masked as a whole, although it was made of masks: nobody should wonder. */
function mask({ method, origin, path, headers, body }: BuiltRequest, settings: HttpSettings): DryRunResponse {
  const shown = { ...headers };
  if (settings.auth?.type === 'basic') shown['authorization'] = `Basic ${MASK}`;
  const { signature } = settings.request;
  if (signature) shown[signature.header.toLowerCase()] = MASK;
  return { method, url: `${origin}${path}`, headers: shown, body };
}
