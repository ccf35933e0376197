import { Injectable } from '@nestjs/common';
import { Clock } from '../../../kernel/clock.js';
import { DomainError } from '../../../kernel/domain-error.js';
import { LinkOpener } from '../connections/link-opener.js';
import { CredentialsUnreadableError } from '../credentials/credential-vault.js';
import { type FullProviderRow, ProvidersRepository } from '../persistence/providers.repository.js';
import type { ProviderBalance, SmsProvider } from '../sms-provider.js';

export interface AskedBalance extends ProviderBalance {
  askedAt: Date;
}

/** Providers count these questions (SMSC.ru takes ten a minute), and people press a button twice. */
const KEPT_MS = 10_000;
const MOST_KEPT = 1_000;

/** Asks a provider what is left of our money there. In the process that is asked; no link is needed. */
@Injectable()
export class AskBalance {
  private readonly kept = new Map<string, { answer: Promise<AskedBalance>; until: number }>();

  constructor(
    private readonly opener: LinkOpener,
    private readonly repository: ProvidersRepository,
    private readonly clock: Clock,
  ) {}

  /** Refuses kinds that cannot be asked (`balance_not_supported`); `balance_unavailable` when no amount came back. */
  async execute({ id, kind, link_version }: FullProviderRow): Promise<AskedBalance> {
    const key = `${id}/${link_version}`;
    const known = this.kept.get(key);
    if (known && known.until > performance.now()) return known.answer;
    if (this.kept.size >= MOST_KEPT) this.kept.clear();
    const answer = this.ask(id, kind);
    this.kept.set(key, { answer, until: performance.now() + KEPT_MS });
    // What failed may be asked again at once.
    answer.catch(() => this.kept.delete(key));
    return answer;
  }

  private async ask(id: string, kind: FullProviderRow['kind']): Promise<AskedBalance> {
    const provider = await this.open(id, kind);
    if (!provider.capabilities.balance || !provider.balance) throw new DomainError('conflict', 'balance_not_supported');
    const balance = await provider.balance();
    if (!balance) throw new DomainError('unavailable', 'balance_unavailable', { retryAfterSeconds: 60 });
    const askedAt = this.clock.now();
    await this.repository.recordBalance(id, balance, askedAt);
    return { ...balance, askedAt };
  }

  private async open(id: string, kind: FullProviderRow['kind']): Promise<SmsProvider> {
    try {
      return (await this.opener.open(id, kind)).provider;
    } catch (error) {
      if (error instanceof CredentialsUnreadableError) throw new DomainError('conflict', 'credentials_unreadable');
      throw error;
    }
  }
}
