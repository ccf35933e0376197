import { Injectable } from '@nestjs/common';
import { Env } from '../../../config/env.js';
import { type Actor, versionMismatch } from '../../../gateway/index.js';
import { DomainError } from '../../../kernel/domain-error.js';
import { Clock } from '../../../kernel/clock.js';
import { isPublicAddress } from '../../../outbound/addresses.js';
import { CredentialsUnreadableError, CredentialVault } from '../credentials/credential-vault.js';
import { mayCall } from '../domain/own-base-url.js';
import type { CreateOwnProviderDto, UpdateOwnProviderDto } from '../dto/own-provider.dto.js';
import { KINDS } from '../kinds/kinds.js';
import { type FullProviderRow, ProvidersRepository } from '../persistence/providers.repository.js';
import { isOwnKind, type OwnKind, PRESETS } from '../presets/presets.js';
import type { ProviderBalance } from '../sms-provider.js';
import { CheckCredentials } from './check-credentials.js';
import { type SavedProvider, SaveProvider, under } from './save-provider.js';

/** Requests a second that a new one may have; the operator's staff can change it. */
const RATE_PER_SECOND = 10;
const MOST_OF_AN_ACCOUNT = 20;

/**
 * Providers that an account enters for itself: known companies only, at their own addresses. Credentials are asked about at the
 * company before they are stored; what it refuses changes nothing.
 */
@Injectable()
export class SaveOwnProvider {
  constructor(
    private readonly repository: ProvidersRepository,
    private readonly save: SaveProvider,
    private readonly check: CheckCredentials,
    private readonly vault: CredentialVault,
    private readonly env: Env,
    private readonly clock: Clock,
  ) {}

  /** Refuses what the kind refuses, and: invalid `provider_credentials_refused`, unavailable `provider_credentials_unchecked`. */
  async create(accountId: string, input: CreateOwnProviderDto, actor: Actor): Promise<SavedProvider> {
    const { kind, name, sender } = input;
    if ((await this.repository.countOwn(accountId)) >= MOST_OF_AN_ACCOUNT)
      throw new DomainError('conflict', 'too_many_providers', { params: { most: MOST_OF_AN_ACCOUNT } });
    const settings = input.settings ?? {};
    const balance = await this.verify(kind, settings, input.credentials);
    const saved = await this.save.createOwn(
      accountId,
      {
        kind,
        name,
        settings,
        credentials: input.credentials,
        ratePerSecond: RATE_PER_SECOND,
        senderPolicy: { kind: 'fixed', sender },
      },
      actor,
    );
    return { ...saved, row: await this.noted(saved.row, balance) };
  }

  /** Refuses like {@link create}; precondition_failed `version_mismatch` when somebody was faster. */
  async update(
    accountId: string,
    id: string,
    version: number,
    input: UpdateOwnProviderDto,
    actor: Actor,
  ): Promise<SavedProvider> {
    const before = await this.current(accountId, id);
    if (before.version !== version) throw versionMismatch();
    const { sender, ...changes } = input;
    const asked = input.settings !== undefined || input.credentials !== undefined;
    const balance = asked ? await this.verifyChange(before, input) : null;
    const senderPolicy = sender === undefined ? undefined : { kind: 'fixed' as const, sender };
    const saved = await this.save.update(id, version, { ...changes, senderPolicy }, actor);
    return { ...saved, row: await this.noted(saved.row, balance) };
  }

  /** Another account's id is as unknown as one that never was: not_found `provider_not_found`. */
  async current(accountId: string, id: string): Promise<FullProviderRow> {
    const row = await this.repository.findOwn(accountId, id);
    if (!row) throw new DomainError('not_found', 'provider_not_found');
    return row;
  }

  private verifyChange(before: FullProviderRow, input: UpdateOwnProviderDto): Promise<ProviderBalance | null> {
    // A check in the table keeps other kinds without an owner.
    if (!isOwnKind(before.kind)) throw new DomainError('not_found', 'provider_not_found');
    const settings = input.settings ?? (before.settings as Record<string, unknown>);
    return this.verify(before.kind, settings, input.credentials ?? this.stored(before));
  }

  /** Shape first, then the address, then the company itself. */
  private async verify(
    kind: OwnKind,
    settings: Record<string, unknown>,
    credentials: Record<string, unknown>,
  ): Promise<ProviderBalance | null> {
    const known = under('/credentials', () => KINDS[kind].readCredentials(credentials));
    const read = under('/settings', () => KINDS[kind].readSettings(settings, known)) as { baseUrl: string };
    if (settings['limits'] !== undefined) throw badField('/settings/limits', 'unknown_field');
    if (!mayCall(read.baseUrl, PRESETS[kind].hosts, (host) => this.isLocal(host)))
      throw badField('/settings/baseUrl', 'host_not_allowed');
    const verdict = await this.check.execute({ kind, settings: read, credentials: known });
    if (verdict.kind === 'accepted') return verdict.balance;
    const params = { code: verdict.code, detail: verdict.detail };
    if (verdict.kind === 'unclear')
      throw new DomainError('unavailable', 'provider_credentials_unchecked', { params, retryAfterSeconds: 10 });
    const errors = [{ pointer: '/credentials', code: 'provider_credentials_refused', params }];
    throw new DomainError('invalid', 'provider_credentials_refused', { params, errors });
  }

  private isLocal(host: string): boolean {
    return this.env.ALLOW_PRIVATE_ADDRESSES && /^[\d.]+$/.test(host) && !isPublicAddress(host);
  }

  private stored({ id, credentials }: FullProviderRow): Record<string, string> {
    try {
      return this.vault.open(id, credentials).credentials;
    } catch (error) {
      if (error instanceof CredentialsUnreadableError) throw new DomainError('conflict', 'credentials_unreadable');
      throw error;
    }
  }

  private async noted(row: FullProviderRow, balance: ProviderBalance | null): Promise<FullProviderRow> {
    if (!balance) return row;
    const now = this.clock.now();
    await this.repository.recordBalance(row.id, balance, now);
    return { ...row, balance_amount: balance.amount, balance_currency: balance.currency, balance_at: now };
  }
}

function badField(pointer: string, code: string): DomainError {
  return new DomainError('invalid', 'invalid_provider_settings', { errors: [{ pointer, code }] });
}
