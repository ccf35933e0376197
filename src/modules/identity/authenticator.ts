import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import { Authenticator, type GatewayRequest, type Principal } from '../../gateway/index.js';
import { Clock } from '../../kernel/clock.js';
import { DomainError } from '../../kernel/domain-error.js';
import { AccountsService, type AccountSnapshot, type AccountStatus } from '../accounts/index.js';
import { ApiKeyring, type LiveKey } from './api-keyring.js';
import { AccessTokens, type TokenSubject } from './credentials/access-tokens.js';
import { isAllowed } from './domain/addresses.js';
import { permissionsOf, readOnly, type Role, StaffPermissions, type StaffRole } from './domain/permissions.js';
import { FIND_STAFF_OF_SESSION, FIND_USER_OF_SESSION } from './persistence/sql/find-caller.js';

interface UserRow {
  role: Role;
  permissions: string[] | null;
  status: string;
  account_status: AccountStatus;
  portal_id: string | null;
}

/** Implements the gateway's port: access tokens of people, API keys of accounts and portals. */
@Injectable()
export class IdentityAuthenticator extends Authenticator {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly tokens: AccessTokens,
    private readonly keyring: ApiKeyring,
    private readonly accounts: AccountsService,
  ) {
    super();
  }

  async authenticate(request: GatewayRequest): Promise<Principal | null> {
    const { authorization } = request.headers;
    if (!authorization) return null;
    const token = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
    if (!token) throw new DomainError('unauthenticated', 'token_invalid');
    if (token.startsWith('kbk_')) return this.byKey(await this.keyring.find(token, this.clock.now()), request);
    return this.byToken(await this.tokens.verify(request), request);
  }

  private async byToken(subject: TokenSubject, request: GatewayRequest): Promise<Principal> {
    const principal = subject.kind === 'staff' ? await this.staff(subject) : await this.user(subject);
    await this.checkHeaderNamesOwn(principal, request);
    return principal;
  }

  private async user(subject: TokenSubject): Promise<Principal> {
    const [row] = await this.database.query<UserRow>(FIND_USER_OF_SESSION, [
      subject.sessionId,
      subject.id,
      subject.accountId,
      this.clock.now(),
    ]);
    if (!row || row.status !== 'active') throw new DomainError('unauthenticated', 'token_revoked');
    return {
      kind: 'user',
      id: subject.id,
      sessionId: subject.sessionId,
      accountId: subject.accountId,
      portalId: row.portal_id,
      mode: 'live',
      ...withinStatus(permissionsOf(row.role, row.permissions), row.account_status),
    };
  }

  private async staff(subject: TokenSubject): Promise<Principal> {
    const [row] = await this.database.query<{ role: StaffRole; status: string }>(FIND_STAFF_OF_SESSION, [
      subject.sessionId,
      subject.id,
      this.clock.now(),
    ]);
    if (!row || row.status !== 'active') throw new DomainError('unauthenticated', 'token_revoked');
    return {
      kind: 'staff',
      id: subject.id,
      sessionId: subject.sessionId,
      accountId: null,
      portalId: null,
      permissions: new StaffPermissions(row.role),
      mode: 'live',
    };
  }

  private async byKey(key: LiveKey, request: GatewayRequest): Promise<Principal> {
    if (key.allowedAddresses.length > 0 && !isAllowed(request.ip, key.allowedAddresses))
      throw new DomainError('unauthenticated', 'address_not_allowed');
    const principal = { kind: 'api_key', id: key.id, portalId: key.portalId, mode: key.mode } as const;
    const account = key.portalId
      ? await this.accountOfPortal(key.portalId, request)
      : await this.accounts.get(key.accountId!);
    if (!account) return { ...principal, accountId: null, permissions: key.scopes };
    const caller: Principal = { ...principal, accountId: account.id, ...withinStatus(key.scopes, account.status) };
    await this.checkHeaderNamesOwn(caller, request);
    return caller;
  }

  /** The account that a portal names; another portal's is as unknown as one that does not exist. */
  private async accountOfPortal(portalId: string, request: GatewayRequest): Promise<AccountSnapshot | null> {
    const named = namedAccount(request);
    if (named === null) return null;
    const account = await this.accounts.findInPortal(portalId, named);
    if (!account) throw new DomainError('not_found', 'account_not_found');
    return account;
  }

  /** Whoever is bound to one account may name that one in the header, and no other. */
  private async checkHeaderNamesOwn(principal: Principal, request: GatewayRequest): Promise<void> {
    const named = namedAccount(request);
    if (named === null || principal.kind === 'staff' || named.toLowerCase() === principal.accountId) return;
    const found = principal.portalId && (await this.accounts.findInPortal(principal.portalId, named));
    if (!found || found.id !== principal.accountId) throw new DomainError('not_found', 'account_not_found');
  }
}

function namedAccount(request: GatewayRequest): string | null {
  const header = request.headers['kabinet-account'];
  return typeof header === 'string' && header !== '' ? header : null;
}

function withinStatus(
  permissions: ReadonlySet<string>,
  status: AccountStatus,
): Pick<Principal, 'permissions' | 'restriction'> {
  if (status === 'closed') throw new DomainError('unauthenticated', 'account_closed');
  return status === 'active'
    ? { permissions }
    : { permissions: readOnly(permissions), restriction: 'account_suspended' };
}
