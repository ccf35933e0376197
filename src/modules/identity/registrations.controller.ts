import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems, IdParam, Public } from '../../gateway/index.js';
import { DomainError } from '../../kernel/domain-error.js';
import { maskMsisdn, parseMsisdn } from '../../kernel/msisdn.js';
import { Register } from './actions/register.js';
import { VerifyRegistration } from './actions/verify-registration.js';
import { ClientAddress } from './client-address.js';
import { currencyOf, localeOf } from './domain/country-defaults.js';
import { assertStrong } from './domain/new-password.js';
import { CODE_MINUTES } from './domain/verification.js';
import {
  CreateRegistrationDto,
  RegistrationDto,
  VerifiedRegistrationDto,
  VerifyRegistrationDto,
} from './dto/registration.dto.js';
import type { RegistrationRow } from './persistence/registrations.repository.js';

@ApiTags('registration')
@Controller('v1/registrations')
@Public()
export class RegistrationsController {
  constructor(
    private readonly register: Register,
    private readonly verification: VerifyRegistration,
  ) {}

  /** The answer is the same whether the login or the number is known here or not. */
  @Post()
  @HttpCode(202)
  @ApiOperation({ summary: 'Ask for an account; a code goes to the phone', operationId: 'createRegistration' })
  @ApiProblems(422, 429, 503)
  @ApiAcceptedResponse({ type: RegistrationDto })
  async create(@Body() body: CreateRegistrationDto, @ClientAddress() clientAddress: string): Promise<RegistrationDto> {
    assertStrong(body.password, body.login);
    const registration = await this.register.run({
      ...body,
      name: body.name ?? null,
      address: body.address ?? null,
      phone: mobileDigits(body.phone, body.country),
      currency: body.currency ?? currencyOf(body.country),
      locale: body.locale ?? localeOf(body.country),
      clientAddress,
    });
    return toDto(registration);
  }

  @Post(':id/codes')
  @HttpCode(202)
  @ApiOperation({ summary: 'Send a new code; the one before stops working', operationId: 'resendRegistrationCode' })
  @ApiProblems(404, 429, 503)
  @ApiAcceptedResponse({ type: RegistrationDto })
  async resend(@IdParam() id: string, @ClientAddress() clientAddress: string): Promise<RegistrationDto> {
    return toDto(await this.register.resend(id, clientAddress));
  }

  @Post(':id/verify')
  @HttpCode(200)
  @ApiOperation({ summary: 'Prove the phone with the code; opens the account', operationId: 'verifyRegistration' })
  @ApiProblems(404, 409, 422, 429)
  @ApiOkResponse({ type: VerifiedRegistrationDto })
  async verify(
    @IdParam() id: string,
    @Body() body: VerifyRegistrationDto,
    @ClientAddress() clientAddress: string,
  ): Promise<VerifiedRegistrationDto> {
    const opened = await this.verification.run({ registrationId: id, ...body, clientAddress });
    return { ...opened, status: 'active' };
  }
}

function mobileDigits(phone: string, country: string): string {
  const number = parseMsisdn(phone, country);
  const code = !number.ok ? number.code : number.type === 'mobile' ? null : 'not_a_mobile';
  if (!number.ok || code)
    throw new DomainError('invalid', 'validation_failed', { errors: [{ pointer: '/phone', code: code! }] });
  return number.digits;
}

function toDto(registration: RegistrationRow): RegistrationDto {
  return {
    id: registration.id,
    status: 'code_sent',
    phone: maskMsisdn(registration.phone),
    codeValidSeconds: CODE_MINUTES * 60,
    expiresAt: registration.expires_at.toISOString(),
  };
}
