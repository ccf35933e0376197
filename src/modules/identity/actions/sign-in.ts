import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Database } from '../../../database/database.js';
import { Clock } from '../../../kernel/clock.js';
import { DomainError } from '../../../kernel/domain-error.js';
import { CapsService } from '../caps.service.js';
import { passwordMatches, prepareDecoy } from '../credentials/passwords.js';
import { addressGroup, type Cap, SIGN_IN_CAPS } from '../domain/caps.js';
import { loginKey } from '../domain/logins.js';
import { StaffRepository } from '../persistence/staff.repository.js';
import { UsersRepository } from '../persistence/users.repository.js';
import { SessionsService, type TokenPair } from '../sessions.service.js';

export interface Credentials {
  login: string;
  password: string;
  /** The client's address, for the caps. */
  address: string;
}

/**
 * Password to session. An unknown login, a wrong password and an invited user without a password get the same answer after
 * the same work; every try is counted before it is looked at, and given back when it was right.
 */
@Injectable()
export class SignIn implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly caps: CapsService,
    private readonly users: UsersRepository,
    private readonly staff: StaffRepository,
    private readonly sessions: SessionsService,
  ) {}

  async onModuleInit(): Promise<void> {
    await prepareDecoy();
  }

  /** Refuses: rate_limited `too_many_sign_ins`, unauthenticated `invalid_credentials`, forbidden `user_disabled`, `account_closed`. */
  async user(credentials: Credentials): Promise<TokenPair> {
    const giveBack = await this.count('user', credentials);
    const user = await this.users.findByLogin(credentials.login);
    if (!(await passwordMatches(credentials.password, user?.password_hash)) || !user) throw invalidCredentials();
    await giveBack();
    if (user.account_status === 'closed') throw new DomainError('forbidden', 'account_closed');
    if (user.status !== 'active') throw new DomainError('forbidden', 'user_disabled');
    return this.database.transaction(async (tx) => {
      await this.users.noteSignIn(tx, user.account_id, user.id, this.clock.now());
      return this.sessions.open(tx, { kind: 'user', id: user.id, accountId: user.account_id });
    });
  }

  async operator(credentials: Credentials): Promise<TokenPair> {
    const giveBack = await this.count('staff', credentials);
    const operator = await this.staff.findByLogin(credentials.login);
    if (!(await passwordMatches(credentials.password, operator?.password_hash)) || !operator)
      throw invalidCredentials();
    await giveBack();
    if (operator.status !== 'active') throw new DomainError('forbidden', 'user_disabled');
    return this.database.transaction(async (tx) => {
      await this.staff.noteSignIn(tx, operator.id, this.clock.now());
      return this.sessions.open(tx, { kind: 'staff', id: operator.id, accountId: null });
    });
  }

  private async count(kind: 'user' | 'staff', { login, address }: Credentials): Promise<() => Promise<void>> {
    const now = this.clock.now();
    const who = `${kind} ${loginKey(login)}`;
    const from = addressGroup(address);
    const taken: Cap[] = [
      ...this.caps.capsFor(SIGN_IN_CAPS.loginAndAddress, `${who} ${from}`),
      ...this.caps.capsFor(SIGN_IN_CAPS.login, who),
      ...this.caps.capsFor(SIGN_IN_CAPS.address, from),
    ];
    await this.caps.take(taken, now, 'too_many_sign_ins');
    return () => this.caps.giveBack(taken, now);
  }
}

function invalidCredentials(): DomainError {
  return new DomainError('unauthenticated', 'invalid_credentials');
}
