import { Injectable } from '@nestjs/common';
import { Database } from '../../../database/database.js';
import type { Principal } from '../../../gateway/index.js';
import { Clock } from '../../../kernel/clock.js';
import { DomainError } from '../../../kernel/domain-error.js';
import { AccountAudit } from '../../accounts/index.js';
import { CapsService } from '../caps.service.js';
import { hashPassword, passwordMatches } from '../credentials/passwords.js';
import { SIGN_IN_CAPS } from '../domain/caps.js';
import { assertStrong } from '../domain/new-password.js';
import { StaffRepository } from '../persistence/staff.repository.js';
import { UsersRepository } from '../persistence/users.repository.js';
import { SessionsService } from '../sessions.service.js';

/** One's own new password, against the present one. All other sessions end; wrong guesses are counted like sign-ins. */
@Injectable()
export class ChangePassword {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly caps: CapsService,
    private readonly users: UsersRepository,
    private readonly staff: StaffRepository,
    private readonly sessions: SessionsService,
    private readonly audit: AccountAudit,
  ) {}

  /** Refuses: forbidden `password_wrong`, rate_limited `too_many_sign_ins`, a weak new password, API keys (`user_not_found`). */
  async run(principal: Principal, current: string, next: string): Promise<void> {
    const now = this.clock.now();
    const owner = await this.find(principal);
    const taken = this.caps.capsFor(SIGN_IN_CAPS.loginAndAddress, `password ${principal.id}`);
    await this.caps.take(taken, now, 'too_many_sign_ins');
    if (!(await passwordMatches(current, owner.password_hash))) throw new DomainError('forbidden', 'password_wrong');
    await this.caps.giveBack(taken, now);
    assertStrong(next, owner.login, '/newPassword');
    const change = { password_hash: await hashPassword(next) };
    await this.database.transaction(async (tx) => {
      if (principal.accountId) {
        const { id, accountId } = principal;
        await this.users.update(tx, { accountId, id, version: null }, change, now);
        await this.audit.record(tx, {
          accountId,
          actor: { kind: 'user', id },
          action: 'user.password_changed',
          subject: `user:${id}`,
        });
      } else {
        await this.staff.update(tx, { id: principal.id, version: null }, change, now);
      }
      await this.sessions.endAll(tx, principal.id, 'password_changed', principal.sessionId ?? null);
    });
  }

  private async find(principal: Principal): Promise<{ login: string; password_hash: string | null }> {
    const row =
      principal.kind === 'staff'
        ? await this.staff.find(principal.id)
        : await this.users.find(principal.accountId ?? '', principal.id);
    if (!row) throw new DomainError('not_found', 'user_not_found');
    return row;
  }
}
