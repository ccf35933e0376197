import { Injectable } from '@nestjs/common';
import { Database } from '../../../database/database.js';
import { Clock } from '../../../kernel/clock.js';
import { DomainError } from '../../../kernel/domain-error.js';
import { newId } from '../../../kernel/ids.js';
import { parseMsisdn } from '../../../kernel/msisdn.js';
import type { Locale } from '../../../kernel/locale.js';
import type { Currency } from '../../../kernel/money.js';
import { CapsService } from '../caps.service.js';
import { hashPassword } from '../credentials/passwords.js';
import { addressGroup, CODE_CAPS } from '../domain/caps.js';
import type { RegistrationRow } from '../persistence/registrations.repository.js';
import { RegistrationsRepository } from '../persistence/registrations.repository.js';
import { VerificationCodes } from '../verification-codes.service.js';

export interface RegistrationRequest {
  login: string;
  password: string;
  name: string | null;
  email: string;
  /** E.164 digits of a number that can receive SMS. */
  phone: string;
  organisation: string;
  address: string | null;
  country: string;
  currency: Currency;
  locale: Locale;
  timeZone: string;
  /** The client's address, for the caps. */
  clientAddress: string;
}

const REGISTRATION_HOURS = 24;

/**
 * The first half of a registration: what was asked for is kept, and a code goes to the phone. There is no account and the
 * login is not taken until the code comes back, so nobody can fill the house or squat on a login without a phone in hand, and the
 * answer is the same whether the login or the number is known here or not.
 */
@Injectable()
export class Register {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly caps: CapsService,
    private readonly registrations: RegistrationsRepository,
    private readonly codes: VerificationCodes,
  ) {}

  /** Refuses: rate_limited `too_many_codes`; unavailable `code_not_sent` when the message was refused (the registration stays, for a resend). */
  async run(request: RegistrationRequest): Promise<RegistrationRow> {
    const now = this.clock.now();
    await this.countCode(request.phone, request.clientAddress, now);
    const passwordHash = await hashPassword(request.password);
    const { registration, sent } = await this.database.transaction(async (tx) => {
      const registration = await this.registrations.insert(tx, {
        ...request,
        id: newId(now),
        passwordHash,
        createdAt: now,
        expiresAt: new Date(now.getTime() + REGISTRATION_HOURS * 3_600_000),
      });
      return { registration, sent: await this.issue(tx, registration, now) };
    });
    if (!sent) throw codeNotSent(registration.id);
    return registration;
  }

  /** A new code for a registration that waits for one; the code before stops working. */
  async resend(registrationId: string, clientAddress: string): Promise<RegistrationRow> {
    const now = this.clock.now();
    const registration = await this.registrations.findOpen(registrationId, now);
    if (!registration) throw new DomainError('not_found', 'registration_not_found');
    await this.countCode(registration.phone, clientAddress, now);
    const sent = await this.database.transaction((tx) => this.issue(tx, registration, now));
    if (!sent) throw codeNotSent(registration.id);
    return registration;
  }

  private issue(
    tx: Parameters<VerificationCodes['issue']>[0],
    registration: RegistrationRow,
    now: Date,
  ): Promise<boolean> {
    const { id: subjectId, phone, locale } = registration;
    return this.codes.issue(tx, { purpose: 'registration', subjectId, phone, locale }, now);
  }

  private countCode(phone: string, address: string, now: Date): Promise<void> {
    const caps = [
      ...this.caps.capsFor(CODE_CAPS.number, phone),
      ...this.caps.capsFor(CODE_CAPS.address, addressGroup(address)),
      ...this.caps.capsFor(CODE_CAPS.country, countryOf(phone)),
    ];
    return this.caps.take(caps, now, 'too_many_codes');
  }
}

function countryOf(digits: string): string {
  const number = parseMsisdn(`+${digits}`);
  return number.ok ? number.country : '';
}

function codeNotSent(registrationId: string): DomainError {
  return new DomainError('unavailable', 'code_not_sent', { retryAfterSeconds: 60, extension: { registrationId } });
}
