import { Injectable } from '@nestjs/common';
import { Database } from '../../../database/database.js';
import { versionMismatch } from '../../../gateway/index.js';
import { Clock } from '../../../kernel/clock.js';
import { DomainError } from '../../../kernel/domain-error.js';
import { newId } from '../../../kernel/ids.js';
import { hashPassword } from '../credentials/passwords.js';
import { LOGIN } from '../domain/logins.js';
import { assertStrong } from '../domain/new-password.js';
import type { StaffRole } from '../domain/permissions.js';
import { StaffRepository, type StaffRow } from '../persistence/staff.repository.js';
import { SessionsService } from '../sessions.service.js';

export interface NewStaff {
  login: string;
  password: string;
  name: string;
  email: string | null;
  role: StaffRole;
}

/** The operator's staff: add, change, disable. The last active administrator stays. */
@Injectable()
export class ManageStaff {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly staff: StaffRepository,
    private readonly sessions: SessionsService,
  ) {}

  /** Refuses: an impossible login, a weak password, conflict `login_taken`. */
  async add(member: NewStaff): Promise<StaffRow> {
    if (!LOGIN.test(member.login)) throw invalidLogin();
    assertStrong(member.password, member.login);
    const now = this.clock.now();
    const passwordHash = await hashPassword(member.password);
    const row = await this.database.transaction((tx) =>
      this.staff.insert(tx, { ...member, id: newId(now), password_hash: passwordHash }, now),
    );
    if (!row) throw new DomainError('conflict', 'login_taken');
    return row;
  }

  /** Refuses: not_found `user_not_found`, version mismatch, conflict `last_admin`. */
  async change(
    key: { id: string; version: number },
    change: Partial<Pick<StaffRow, 'name' | 'email' | 'role' | 'status'>>,
  ): Promise<StaffRow> {
    const now = this.clock.now();
    return this.database.transaction(async (tx) => {
      const admins = await this.staff.lockAdmins(tx);
      const before = await this.staff.find(key.id, tx);
      if (!before) throw new DomainError('not_found', 'user_not_found');
      const staysAdmin = (change.role ?? before.role) === 'admin' && (change.status ?? before.status) === 'active';
      if (admins.length === 1 && admins[0] === key.id && !staysAdmin) throw new DomainError('conflict', 'last_admin');
      const after = await this.staff.update(tx, key, change, now);
      if (!after) throw versionMismatch();
      if (after.status === 'disabled') await this.sessions.endAll(tx, after.id, 'disabled');
      return after;
    });
  }
}

function invalidLogin(): DomainError {
  return new DomainError('invalid', 'validation_failed', { errors: [{ pointer: '/login', code: 'invalid_login' }] });
}
