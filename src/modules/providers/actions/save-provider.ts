import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../../database/database.js';
import { writeOutbox } from '../../../database/outbox.js';
import { type Actor, isUniqueViolation, versionMismatch } from '../../../gateway/index.js';
import { Clock } from '../../../kernel/clock.js';
import { DomainError } from '../../../kernel/domain-error.js';
import { newId } from '../../../kernel/ids.js';
import { parseWindow, type WeeklyWindow } from '../../../kernel/time-window.js';
import { AccountAudit, AccountsService } from '../../accounts/index.js';
import { hashOfToken, newCallbackToken } from '../callbacks/callback-url.js';
import { CredentialsUnreadableError, CredentialVault, type ProviderSecrets } from '../credentials/credential-vault.js';
import { AWAITING_ACTIVATION, type SenderPolicy } from '../domain/provider.js';
import type { CreateProviderDto, SenderPolicyDto, UpdateProviderDto } from '../dto/provider.dto.js';
import { KINDS } from '../kinds/kinds.js';
import { type FullProviderRow, ProvidersRepository } from '../persistence/providers.repository.js';
import { RoutesRepository } from '../persistence/routes.repository.js';
import { tellProviderChanged } from '../provider-hints.js';
import { ProvidersService } from '../providers.service.js';
import { ProbePaused } from './probe-paused.js';

export interface SavedProvider {
  row: FullProviderRow;
  /** Set when a new one was made: it is shown once. */
  callbackToken: string | null;
}

/** Older snapshots of a provider are used nowhere. */
const SNAPSHOTS_AGE_MS = 4_000;

/** Creates and changes providers. Settings are checked by kind, credentials sealed, every change audited without secrets. */
@Injectable()
export class SaveProvider {
  constructor(
    private readonly database: Database,
    private readonly repository: ProvidersRepository,
    private readonly routes: RoutesRepository,
    private readonly vault: CredentialVault,
    private readonly providers: ProvidersService,
    private readonly accounts: AccountsService,
    private readonly audit: AccountAudit,
    private readonly probePaused: ProbePaused,
    private readonly clock: Clock,
  ) {}

  /** Refuses what the kind refuses, and a code that is taken: conflict `provider_code_taken`. */
  create(input: CreateProviderDto, actor: Actor): Promise<SavedProvider> {
    return this.createFor(null, input, actor);
  }

  /** One that the account owns: with a route for its messages, paused until the operator switches it on. */
  createOwn(ownerAccountId: string, input: Omit<CreateProviderDto, 'code'>, actor: Actor): Promise<SavedProvider> {
    return this.createFor(ownerAccountId, input, actor);
  }

  private async createFor(
    ownerAccountId: string | null,
    input: Omit<CreateProviderDto, 'code'> & { code?: string },
    actor: Actor,
  ): Promise<SavedProvider> {
    const now = this.clock.now();
    const kind = KINDS[input.kind];
    const credentials = under('/credentials', () => kind.readCredentials(input.credentials ?? {}));
    const settings = under('/settings', () => kind.readSettings(input.settings, credentials));
    const callbackToken = kind.takesCallbacks(settings) ? newCallbackToken() : null;
    const id = newId(now);
    const row: FullProviderRow = {
      id,
      owner_account_id: ownerAccountId,
      code: input.code ?? `own-${input.kind}-${id.slice(-12)}`,
      kind: input.kind,
      name: input.name,
      settings,
      credentials: this.vault.seal(id, { credentials, callbackToken }),
      callback_token_hash: hashOf(callbackToken),
      status: ownerAccountId ? 'paused' : 'active',
      pause_reason: ownerAccountId && AWAITING_ACTIVATION,
      rate_per_second: input.ratePerSecond,
      max_binds: input.maxBinds ?? 1,
      report_grace_hours: input.reportGraceHours ?? DEFAULT_GRACE_HOURS,
      failover_seconds: input.failoverSeconds === undefined ? DEFAULT_FAILOVER_SECONDS : input.failoverSeconds,
      pass_on_codes: input.passOnCodes ?? [],
      is_failing: false,
      sending_window: readWindow(input.sendingWindow ?? null),
      sender_policy: readPolicy(input.senderPolicy),
      version: 1,
      link_version: 1,
      balance_amount: null,
      balance_currency: null,
      balance_at: null,
      created_at: now,
      updated_at: now,
    };
    await this.write('provider.created', actor, row, { code: row.code, kind: row.kind });
    return { row, callbackToken };
  }

  /**
   * Refuses like {@link create}; precondition_failed `version_mismatch` when somebody was faster. New settings or credentials of what
   * the system paused are tried at once, and resume it when they are right.
   */
  async update(id: string, version: number, input: UpdateProviderDto, actor: Actor): Promise<SavedProvider> {
    const before = await this.current(id, version);
    const row = { ...before, ...plainChanges(input), updated_at: this.clock.now() };
    let callbackToken: string | null = null;
    if (input.settings !== undefined || input.credentials !== undefined) {
      callbackToken = this.changeLink(row, before, input);
    }
    const fields = Object.entries(input).flatMap(([name, value]) => (value === undefined ? [] : [name]));
    await this.write('provider.changed', actor, row, { fields }, input.sendingWindow !== undefined);
    if (row.link_version !== before.link_version && (await this.probePaused.probe(id)))
      return { row: await this.current(id), callbackToken };
    return { row: { ...row, version: version + 1 }, callbackToken };
  }

  /** A new callback address; the old one is dead at once, and requests carry the new one from the next session on. */
  async renewCallback(id: string, actor: Actor): Promise<SavedProvider & { callbackToken: string }> {
    const before = await this.current(id);
    if (!KINDS[before.kind].takesCallbacks(before.settings))
      throw new DomainError('conflict', 'provider_takes_no_callbacks');
    const callbackToken = newCallbackToken();
    const { credentials } = this.unseal(before);
    const row = {
      ...before,
      credentials: this.vault.seal(id, { credentials, callbackToken }),
      callback_token_hash: hashOfToken(callbackToken),
      link_version: before.link_version + 1,
      updated_at: this.clock.now(),
    };
    await this.write('provider.callback_renewed', actor, row, {});
    return { row: { ...row, version: row.version + 1 }, callbackToken };
  }

  /** Throws not_found `provider_not_found` or, with a version, precondition_failed. */
  async current(id: string, version?: number): Promise<FullProviderRow> {
    const row = await this.repository.find(id);
    if (!row) throw new DomainError('not_found', 'provider_not_found');
    if (version !== undefined && row.version !== version) throw versionMismatch();
    return row;
  }

  /** Settings and credentials belong together: a template may name only credentials that there are. Returns a new token. */
  private changeLink(row: FullProviderRow, before: FullProviderRow, input: UpdateProviderDto): string | null {
    const kind = KINDS[before.kind];
    // Credentials that are replaced as a whole need not be readable: that is how lost keys are repaired.
    const known = input.credentials === undefined ? this.unseal(before) : this.unsealIfPossible(before);
    const credentials =
      input.credentials === undefined
        ? known!.credentials
        : under('/credentials', () => kind.readCredentials(input.credentials));
    row.settings = under('/settings', () => kind.readSettings(input.settings ?? before.settings, credentials));
    const takes = kind.takesCallbacks(row.settings);
    const kept = takes ? (known?.callbackToken ?? null) : null;
    const fresh = takes && kept === null ? newCallbackToken() : null;
    const callbackToken = kept ?? fresh;
    row.credentials = this.vault.seal(before.id, { credentials, callbackToken });
    row.callback_token_hash = hashOf(callbackToken);
    row.link_version = before.link_version + 1;
    return fresh;
  }

  private unseal(row: FullProviderRow): ProviderSecrets {
    const secrets = this.unsealIfPossible(row);
    if (!secrets) throw new DomainError('conflict', 'credentials_unreadable');
    return secrets;
  }

  private unsealIfPossible({ id, credentials }: FullProviderRow): ProviderSecrets | null {
    try {
      return this.vault.open(id, credentials);
    } catch (error) {
      if (error instanceof CredentialsUnreadableError) return null;
      throw error;
    }
  }

  private async write(
    action: string,
    actor: Actor,
    row: FullProviderRow,
    details: object,
    hoursChanged = false,
  ): Promise<void> {
    const accountId = row.owner_account_id ?? (await this.accounts.platformAccountId());
    try {
      await this.database.transaction(async (tx) => {
        if (action === 'provider.created') await this.insert(tx, row);
        else if (!(await this.repository.update(tx, row))) throw versionMismatch();
        await tellProviderChanged(tx, row.id);
        await this.audit.record(tx, {
          accountId,
          actor,
          action,
          subject: `provider:${row.id}`,
          details: { ...details },
        });
        if (hoursChanged) await this.tellHours(tx, accountId, row.id);
      });
    } catch (error) {
      if (isUniqueViolation(error, 'providers_code')) throw new DomainError('conflict', 'provider_code_taken');
      throw error;
    }
    this.providers.invalidate();
  }

  private async insert(tx: Tx, row: FullProviderRow): Promise<void> {
    await this.repository.insert(tx, row);
    if (row.owner_account_id === null) return;
    const now = row.created_at;
    await this.routes.insert(tx, {
      id: newId(now),
      prefix: '',
      operator_code: null,
      lane: null,
      tier: 1,
      weight: 1,
      provider_id: row.id,
      enabled: true,
      version: 1,
      created_at: now,
    });
    // Somebody of the staff has to switch it on.
    const payload = { providerId: row.id, ownerAccountId: row.owner_account_id, reason: AWAITING_ACTIVATION };
    const accountId = await this.accounts.platformAccountId();
    await writeOutbox(tx, [{ accountId, topic: 'providers.paused', payload }], now);
  }

  /** What waits for the old opening is looked at again, once every process has seen the new hours. */
  private async tellHours(tx: Tx, accountId: string, providerId: string): Promise<void> {
    const now = this.clock.now();
    const event = { accountId, topic: 'providers.hours_changed', payload: { providerId } };
    await writeOutbox(tx, [event], now, new Date(now.getTime() + SNAPSHOTS_AGE_MS));
  }
}

/** Operators try for up to three days, whatever validity they are told. */
const DEFAULT_GRACE_HOURS = 72;
const DEFAULT_FAILOVER_SECONDS = 60;

function plainChanges(input: UpdateProviderDto): Partial<FullProviderRow> {
  return {
    ...(input.name !== undefined && { name: input.name }),
    ...(input.ratePerSecond !== undefined && { rate_per_second: input.ratePerSecond }),
    ...(input.maxBinds !== undefined && { max_binds: input.maxBinds }),
    ...(input.failoverSeconds !== undefined && { failover_seconds: input.failoverSeconds }),
    ...(input.passOnCodes !== undefined && { pass_on_codes: input.passOnCodes }),
    ...(input.reportGraceHours !== undefined && { report_grace_hours: input.reportGraceHours }),
    ...(input.sendingWindow !== undefined && { sending_window: readWindow(input.sendingWindow) }),
    ...(input.senderPolicy !== undefined && { sender_policy: readPolicy(input.senderPolicy) }),
  };
}

function readWindow(input: Record<string, unknown> | null): WeeklyWindow | null {
  return input && under('/sendingWindow', () => parseWindow(input));
}

function readPolicy(input: SenderPolicyDto | undefined): SenderPolicy {
  const { kind = 'any', senders, sender } = input ?? {};
  const errors = [{ pointer: '/senderPolicy', code: 'invalid_sender_policy' }];
  if (kind === 'any' && !senders && !sender) return { kind };
  if (kind === 'listed' && senders && senders.length > 0 && !sender) return { kind, senders };
  if (kind === 'fixed' && sender && !senders) return { kind, sender };
  throw new DomainError('invalid', 'validation_failed', { errors });
}

/** Readers of a part know their own pointers only. */
export function under<T>(prefix: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof DomainError) || !error.details.errors) throw error;
    const errors = error.details.errors.map((field) => ({ ...field, pointer: `${prefix}${field.pointer}` }));
    throw new DomainError(error.kind, error.code, { ...error.details, errors });
  }
}

const hashOf = (token: string | null): Buffer | null => (token === null ? null : hashOfToken(token));
