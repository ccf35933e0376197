import { ApiProperty } from '@nestjs/swagger';
import { IsEmail, IsIn, IsString, Length, Matches, MaxLength } from 'class-validator';
import { IsLine, IsOmittable, IsText } from '../../../gateway/index.js';
import { CURRENCIES, type Currency } from '../../../kernel/money.js';
import { LOCALES, type Locale } from '../../../kernel/locale.js';
import { IsCountry, IsTimeZone } from '../../accounts/index.js';
import { IsLogin } from './validators.js';

export class CreateRegistrationDto {
  /**
   * 3 to 100 of `A-Z a-z 0-9 . _ @ + -`; unique, whatever the case.
   * @example "anna@clinic.example"
   */
  @IsLogin()
  login: string;

  /**
   * 10 to 128 characters.
   * @example "a long and private sentence"
   */
  @IsString()
  @MaxLength(200)
  password: string;

  /** The person's name. */
  @IsOmittable()
  @IsLine(200)
  name?: string;

  /**
   * Where reports go.
   * @example "reports@clinic.example"
   */
  @IsEmail()
  @MaxLength(254)
  email: string;

  /**
   * A mobile number, international or as dialled in `country`; the code goes there.
   * @example "+7 916 123-45-67"
   */
  @IsString()
  @Length(5, 40)
  phone: string;

  /** @example "Clinic No. 1" */
  @IsLine(200)
  organisation: string;

  @IsOmittable()
  @IsText(500)
  address?: string;

  /**
   * ISO 3166-1 alpha-2.
   * @example "RU"
   */
  @IsCountry()
  country: string;

  /** Absent: the currency of the country. */
  @IsOmittable()
  @IsIn(CURRENCIES.filter((currency) => currency !== 'CRD'))
  currency?: Currency;

  /** The language of texts to this account. Absent: that of the country. */
  @IsOmittable()
  @IsIn(LOCALES)
  locale?: Locale;

  /**
   * IANA name.
   * @example "Europe/Moscow"
   */
  @IsTimeZone()
  timeZone: string;
}

export class RegistrationDto {
  id: string;

  /** `code_sent`: waits for the code. */
  status: 'code_sent';

  /**
   * Where the code went, masked.
   * @example "7916*****67"
   */
  phone: string;

  /** @example 600 */
  codeValidSeconds: number;

  /** After this instant the registration has to be started again. */
  @ApiProperty({ type: String, format: 'date-time' })
  expiresAt: string;
}

export class VerifyRegistrationDto {
  /**
   * The six digits of the SMS.
   * @example "012345"
   */
  @Matches(/^\d{6}$/, { context: { code: 'code_wrong' } })
  code: string;

  /** Another login, after `login_taken`. */
  @IsOmittable()
  @IsLogin()
  login?: string;
}

export class VerifiedRegistrationDto {
  accountId: string;
  userId: string;
  status: 'active';
}
