import { Injectable } from '@nestjs/common';
import { Env } from '../../../config/env.js';
import { Clock } from '../../../kernel/clock.js';
import {
  CredentialsUnreadableError,
  CredentialVault,
  type SealedCredentials,
} from '../credentials/credential-vault.js';
import type { ProviderKind } from '../domain/provider.js';
import { KINDS } from '../kinds/kinds.js';
import type { CredentialVerdict, SmsProvider } from '../sms-provider.js';

export interface CheckedCredentials {
  kind: ProviderKind;
  settings: object;
  credentials: Record<string, string>;
}

/** How long a bind that is made to see whether it is refused may take. */
const BIND_MS = 5_000;

/**
 * Asks a provider whether it takes credentials, without sending anything: by its balance, or by a bind that is closed at once.
 * Nothing that is stored changes. Not for an SMPP provider whose binds are in use: one more could be one too many.
 */
@Injectable()
export class CheckCredentials {
  constructor(
    private readonly vault: CredentialVault,
    private readonly env: Env,
    private readonly clock: Clock,
  ) {}

  /** Never rejects for what the provider says or does. */
  async execute({ kind, settings, credentials }: CheckedCredentials): Promise<CredentialVerdict> {
    const provider = KINDS[kind].open({
      settings,
      credentials,
      callbackUrl: null,
      policy: { allowPrivateAddresses: this.env.ALLOW_PRIVATE_ADDRESSES },
      now: () => this.clock.now(),
    });
    const verdict = await (provider.check ? provider.check() : tryToStart(provider));
    return verdict.kind === 'accepted' ? verdict : { ...verdict, detail: withoutSecrets(verdict.detail, credentials) };
  }

  /** Those that are stored. */
  async ofStored(row: {
    id: string;
    kind: ProviderKind;
    settings: object;
    credentials: SealedCredentials;
  }): Promise<CredentialVerdict> {
    try {
      const { credentials } = this.vault.open(row.id, row.credentials);
      return await this.execute({ ...row, credentials });
    } catch (error) {
      const unreadable = error instanceof CredentialsUnreadableError;
      const detail = unreadable ? 'they cannot be read with the present keys' : (error as Error).message;
      return { kind: 'unclear', code: unreadable ? 'credentials_unreadable' : 'cannot_be_opened', detail };
    }
  }
}

async function tryToStart(provider: SmsProvider): Promise<CredentialVerdict> {
  let timer: NodeJS.Timeout | undefined;
  const verdict = await new Promise<CredentialVerdict>((resolve) => {
    timer = setTimeout(() => resolve(unclear(provider)), BIND_MS);
    provider.start({
      // Nothing is stored here: the provider keeps its reports for the link that is.
      onReports: () => Promise.reject(new Error('this link only looks whether it is let in')),
      onStateChange: ({ status, lastError }) => {
        if (status === 'ready') resolve({ kind: 'accepted', balance: null });
        if (status === 'auth_failed') resolve({ kind: 'refused', ...said(lastError) });
      },
    });
  });
  clearTimeout(timer);
  await provider.stop(0);
  return verdict;
}

/** Some repeat what they were sent. */
function withoutSecrets(text: string, credentials: Record<string, string>): string {
  const secrets = Object.values(credentials).filter(({ length }) => length >= 4);
  return secrets.reduce((shown, secret) => shown.replaceAll(secret, '…'), text).slice(0, 300);
}

const unclear = (provider: SmsProvider): CredentialVerdict => ({
  kind: 'unclear',
  ...said(provider.state().lastError),
});

const said = (error: { code: string; detail: string } | null): { code: string; detail: string } => ({
  code: error?.code ?? 'no_answer',
  detail: error?.detail ?? 'the provider did not answer',
});
