import { Injectable } from '@nestjs/common';
import { Env } from '../../../config/env.js';
import { Database } from '../../../database/database.js';
import { Clock } from '../../../kernel/clock.js';
import { CredentialVault, type SealedCredentials } from '../credentials/credential-vault.js';
import type { ProviderKind } from '../domain/provider.js';
import { callbackUrlOf } from '../callbacks/callback-url.js';
import { KINDS } from '../kinds/kinds.js';
import { SELECT_LINK_CONFIG } from '../persistence/sql/select-linked-providers.js';
import { PollBook } from '../polling/poll-book.js';
import { PolledProvider } from '../polling/polled-provider.js';
import type { SmsProvider } from '../sms-provider.js';

interface LinkConfigRow {
  settings: object;
  credentials: SealedCredentials;
  link_version: number;
}

export interface OpenedLink {
  provider: SmsProvider;
  /** Of the settings and credentials that it was opened with. */
  linkVersion: number;
}

/** Makes adapters from rows: reads settings, unseals credentials, picks the kind. */
@Injectable()
export class LinkOpener {
  private readonly polls: PollBook;

  constructor(
    private readonly database: Database,
    private readonly vault: CredentialVault,
    private readonly env: Env,
    private readonly clock: Clock,
  ) {
    this.polls = new PollBook(database, () => clock.now());
  }

  /** Not started yet. Throws when the credentials cannot be read or the settings can never work. */
  async open(providerId: string, kind: ProviderKind): Promise<OpenedLink> {
    const [row] = await this.database.query<LinkConfigRow>(SELECT_LINK_CONFIG, [providerId]);
    if (!row) throw new Error('the provider is gone');
    const { credentials, callbackToken } = this.vault.open(providerId, row.credentials);
    const provider = KINDS[kind].open({
      settings: row.settings,
      credentials,
      callbackUrl: callbackToken && callbackUrlOf(this.env, callbackToken),
      policy: { allowPrivateAddresses: this.env.ALLOW_PRIVATE_ADDRESSES },
      now: () => this.clock.now(),
    });
    const { reports, askedByReference } = provider.capabilities;
    return {
      provider:
        reports === 'polled' || askedByReference ? new PolledProvider(provider, providerId, this.polls) : provider,
      linkVersion: row.link_version,
    };
  }
}
