import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../../database/database.js';
import { SYSTEM_ACTOR } from '../../../gateway/index.js';
import { Clock } from '../../../kernel/clock.js';
import { DomainError } from '../../../kernel/domain-error.js';
import { newId } from '../../../kernel/ids.js';
import { AccountAudit, AccountsService } from '../../accounts/index.js';
import { CapsService } from '../caps.service.js';
import { addressGroup, GUESS_CAPS } from '../domain/caps.js';
import { type RegistrationRow, RegistrationsRepository } from '../persistence/registrations.repository.js';
import { UsersRepository } from '../persistence/users.repository.js';
import { VerificationCodes } from '../verification-codes.service.js';

export interface VerifyRequest {
  registrationId: string;
  code: string;
  /** Another login, after `login_taken`. */
  login?: string;
  clientAddress: string;
}

/**
 * The second half of a registration: the right code opens the account with its owner, its wallet and its tariff, all in one
 * transaction. A login that was taken meanwhile leaves the code unspent, so that the caller can choose another.
 */
@Injectable()
export class VerifyRegistration {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly caps: CapsService,
    private readonly registrations: RegistrationsRepository,
    private readonly users: UsersRepository,
    private readonly accounts: AccountsService,
    private readonly audit: AccountAudit,
    private readonly codes: VerificationCodes,
  ) {}

  /** Refuses: not_found `registration_not_found`, rate_limited `too_many_guesses`, what {@link VerificationCodes.guess} refuses, conflict `login_taken`. */
  async run(request: VerifyRequest): Promise<{ accountId: string; userId: string }> {
    const now = this.clock.now();
    const guesses = this.caps.capsFor(GUESS_CAPS.address, addressGroup(request.clientAddress));
    await this.caps.take(guesses, now, 'too_many_guesses');
    const registration = await this.registrations.find(request.registrationId);
    if (!registration) throw new DomainError('not_found', 'registration_not_found');
    if (registration.completed_at) throw new DomainError('invalid', 'code_used');
    if (registration.expires_at <= now) throw new DomainError('not_found', 'registration_not_found');
    const codeId = await this.codes.guess('registration', registration.id, request.code, now);
    return this.database.transaction(async (tx) => {
      await this.codes.use(tx, codeId, now);
      return this.open(tx, { ...registration, login: request.login ?? registration.login }, now);
    });
  }

  private async open(tx: Tx, registration: RegistrationRow, now: Date): Promise<{ accountId: string; userId: string }> {
    const account = await this.accounts.create(tx, {
      name: registration.organisation,
      country: registration.country,
      currency: registration.currency,
      locale: registration.locale,
      timeZone: registration.time_zone,
      email: registration.email,
      phone: registration.phone,
      address: registration.address,
      actor: SYSTEM_ACTOR,
    });
    const userId = await this.addOwner(tx, account.id, registration, now);
    if (!(await this.registrations.complete(tx, registration.id, account.id, userId, now)))
      throw new DomainError('invalid', 'code_used');
    return { accountId: account.id, userId };
  }

  private async addOwner(tx: Tx, accountId: string, registration: RegistrationRow, now: Date): Promise<string> {
    const id = newId(now);
    const { login, password_hash: passwordHash, name, email, phone, locale } = registration;
    const added = await this.users.insert(
      tx,
      {
        accountId,
        id,
        login,
        passwordHash,
        name,
        email,
        phone,
        locale,
        role: 'owner',
        permissions: null,
        status: 'active',
        invitation: null,
      },
      now,
    );
    if (!added) throw new DomainError('conflict', 'login_taken');
    await this.audit.record(tx, {
      accountId,
      actor: { kind: 'user', id },
      action: 'user.registered',
      subject: `user:${id}`,
    });
    return id;
  }
}
