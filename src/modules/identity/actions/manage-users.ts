import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../../database/database.js';
import { type Actor, versionMismatch } from '../../../gateway/index.js';
import { Clock } from '../../../kernel/clock.js';
import { DomainError } from '../../../kernel/domain-error.js';
import { newId } from '../../../kernel/ids.js';
import type { Locale } from '../../../kernel/locale.js';
import { AccountAudit, AccountsService } from '../../accounts/index.js';
import { hashPassword } from '../credentials/passwords.js';
import { hashSecret, newSecret } from '../credentials/secret-texts.js';
import { mayGrant, permissionsOf, type Role } from '../domain/permissions.js';
import { type UserRow, UsersRepository } from '../persistence/users.repository.js';
import { SessionsService } from '../sessions.service.js';

const INVITATION_DAYS = 7;

/** Who changes users, and what they themselves may do. */
export interface Granter {
  actor: Actor;
  permissions: ReadonlySet<string>;
}

export interface Invitation {
  accountId: string;
  login: string;
  name: string | null;
  email: string;
  role: Role;
  permissions: readonly string[] | null;
  locale: Locale | null;
}

export interface UserChange {
  name?: string;
  email?: string;
  role?: Role;
  permissions?: readonly string[] | null;
  status?: 'active' | 'disabled';
}

/**
 * Users of an account: invite, change, disable. Nobody hands out rights that they lack, nor changes somebody who has more
 * than they do; the last active owner stays.
 */
@Injectable()
export class ManageUsers {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly users: UsersRepository,
    private readonly accounts: AccountsService,
    private readonly audit: AccountAudit,
    private readonly sessions: SessionsService,
  ) {}

  /** A pending user and the token with which the person chooses a password. Refuses: forbidden `cannot_grant`, conflict `login_taken`. */
  async invite(by: Granter, invitation: Invitation): Promise<{ user: UserRow; token: string; expiresAt: Date }> {
    const now = this.clock.now();
    assertConsistent(invitation.role, invitation.permissions);
    assertMayGrant(by, invitation.role, invitation.permissions);
    const account = await this.accounts.get(invitation.accountId);
    const token = newSecret('kbi_');
    const expiresAt = new Date(now.getTime() + INVITATION_DAYS * 86_400_000);
    const id = newId(now);
    const user = await this.database.transaction(async (tx) => {
      const added = await this.users.insert(
        tx,
        {
          ...invitation,
          id,
          passwordHash: null,
          phone: null,
          locale: invitation.locale ?? account.locale,
          status: 'pending',
          invitation: { hash: hashSecret(token), expiresAt },
        },
        now,
      );
      if (!added) throw new DomainError('conflict', 'login_taken');
      await this.record(tx, by.actor, account.id, 'user.invited', id, { role: invitation.role });
      return this.users.find(account.id, id, tx);
    });
    return { user: user!, token, expiresAt };
  }

  /** Refuses: not_found `invitation_invalid` (unknown, used, too old: all the same). The caller has checked the password. */
  async accept(token: string, password: string, assertAcceptable: (login: string) => void): Promise<UserRow> {
    const now = this.clock.now();
    const passwordHash = await hashPassword(password);
    return this.database.transaction(async (tx) => {
      const user = await this.users.accept(tx, hashSecret(token), passwordHash, now);
      if (!user) throw new DomainError('not_found', 'invitation_invalid');
      assertAcceptable(user.login);
      await this.record(tx, { kind: 'user', id: user.id }, user.account_id, 'user.invitation_accepted', user.id);
      return user;
    });
  }

  /** Refuses: not_found `user_not_found`, version mismatch, forbidden `cannot_grant`, conflict `last_owner`, `user_pending`. */
  async change(
    by: Granter,
    key: { accountId: string; id: string; version: number },
    change: UserChange,
  ): Promise<UserRow> {
    const now = this.clock.now();
    return this.database.transaction(async (tx) => {
      const owners = await this.users.lockOwners(tx, key.accountId);
      const before = await this.users.find(key.accountId, key.id, tx);
      if (!before) throw new DomainError('not_found', 'user_not_found');
      this.assertAllowed(by, before, change, owners);
      const after = await this.users.update(tx, key, withRole(before, change), now);
      if (!after) throw versionMismatch();
      if (after.status === 'disabled') await this.sessions.endAll(tx, after.id, 'disabled');
      await this.record(tx, by.actor, key.accountId, 'user.changed', key.id, {
        fields: Object.keys(change),
        ...(change.role && { role: change.role }),
        ...(change.status && { status: change.status }),
      });
      return after;
    });
  }

  private assertAllowed(by: Granter, before: UserRow, change: UserChange, owners: readonly string[]): void {
    const role = change.role ?? before.role;
    const { permissions } = withRole(before, change);
    assertConsistent(role, permissions ?? null);
    assertMayGrant(by, before.role, before.permissions);
    assertMayGrant(by, role, permissions ?? null);
    if (change.status && before.status === 'pending' && change.status === 'active')
      throw new DomainError('conflict', 'user_pending');
    const staysOwner = role === 'owner' && (change.status ?? before.status) === 'active';
    if (owners.length === 1 && owners[0] === before.id && !staysOwner) throw new DomainError('conflict', 'last_owner');
  }

  private record(
    tx: Tx,
    actor: Actor,
    accountId: string,
    action: string,
    userId: string,
    details: Record<string, unknown> = {},
  ): Promise<void> {
    return this.audit.record(tx, { accountId, actor, action, subject: `user:${userId}`, details });
  }
}

/** An owner has no list of their own, so becoming one drops it. */
function withRole(
  before: UserRow,
  change: UserChange,
): Partial<Omit<UserRow, 'permissions'>> & { permissions: string[] | null } {
  const { permissions, ...rest } = change;
  const becomesOwner = change.role === 'owner' && permissions === undefined;
  const own = permissions === undefined ? before.permissions : permissions === null ? null : [...permissions];
  return { ...rest, permissions: becomesOwner ? null : own };
}

function assertConsistent(role: Role, permissions: readonly string[] | null): void {
  if (role !== 'owner' || permissions === null) return;
  throw new DomainError('invalid', 'validation_failed', {
    errors: [{ pointer: '/permissions', code: 'owner_has_all_rights' }],
  });
}

function assertMayGrant(by: Granter, role: Role, permissions: readonly string[] | null): void {
  if (!mayGrant(by.permissions, permissionsOf(role, permissions))) throw new DomainError('forbidden', 'cannot_grant');
}
