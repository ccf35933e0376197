import { ApiExtraModels, ApiProperty, ApiPropertyOptional, getSchemaPath } from '@nestjs/swagger';
import { IsEmail, IsIn, IsInt, IsObject, IsString, IsUUID, Length, Max, MaxLength, Min } from 'class-validator';
import { IsLine, IsNullable, IsOmittable, IsText, PageQuery } from '../../../gateway/index.js';
import { LOCALES, type Locale } from '../../../kernel/locale.js';
import { CURRENCIES, type Currency } from '../../../kernel/money.js';
import type { WeeklyHours, WeeklyWindow } from '../../../kernel/time-window.js';
import { type AccountKind, type AccountStatus, FUNDS_CHOICES, type FundsChoice } from '../domain/account.js';
import type { AccountRow } from '../persistence/accounts.repository.js';
import { IsCountry, IsSender, IsTimeZone } from './validators.js';

const STATUSES = ['active', 'suspended', 'closed'] as const;

export class SendingHoursDto {
  @ApiProperty({ example: '09:00' })
  from: string;

  @ApiProperty({ example: '20:00', description: 'Not included; may be 24:00.' })
  to: string;
}

@ApiExtraModels(SendingHoursDto)
export class RecipientHoursDto {
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'array', items: { $ref: getSchemaPath(SendingHoursDto) } },
    example: { mon: [{ from: '09:00', to: '20:00' }] },
    description: 'Weekdays `mon` to `sun`; what is left out is closed.',
  })
  days: Record<string, SendingHoursDto[]>;
}

export class SendingWindowDto extends RecipientHoursDto {
  @ApiProperty({ example: 'Europe/Moscow', description: 'IANA name.' })
  timeZone: string;
}

/** What an account may change of itself. The status and the currency are the operator's, the default sender is chosen among approved ones. */
export class UpdateAccountDto {
  /** @example "Clinic No. 1" */
  @IsOmittable()
  @IsLine(200)
  name?: string;

  /** Where reports and notices about the account go. */
  @IsNullable()
  @IsEmail()
  @MaxLength(254)
  email?: string | null;

  /** A number for notices, international or as dialled in the account's country. */
  @IsNullable()
  @IsString()
  @Length(5, 40)
  phone?: string | null;

  @IsNullable()
  @IsText(500)
  address?: string | null;

  @IsOmittable()
  @IsIn(LOCALES)
  locale?: Locale;

  /** @example "Europe/Moscow" */
  @IsOmittable()
  @IsTimeZone()
  timeZone?: string;

  /** When messages may leave, by weekday, half-open; null: whenever the provider and the recipient allow. */
  @ApiPropertyOptional({ type: SendingWindowDto, nullable: true })
  @IsNullable()
  @IsObject()
  sendingWindow?: object | null;

  /**
   * When messages may reach their recipients, by the clock of the number's country: in a country of several zones, while it is within these
   * hours in all of them. Numbers without a known zone wait until their validity ends; one-time codes are exempt. null: at any hour.
   */
  @ApiPropertyOptional({ type: RecipientHoursDto, nullable: true })
  @IsNullable()
  @IsObject()
  recipientHours?: object | null;

  /** What becomes of messages that the wallet cannot pay, unless the request says: refused, or waiting for a top-up while they are valid. */
  @IsOmittable()
  @IsIn(FUNDS_CHOICES)
  onInsufficientFunds?: FundsChoice;
}

/** What the operator may change beside that. */
export class UpdateAnyAccountDto extends UpdateAccountDto {
  /**
   * The sender of messages that name none.
   * @example "Clinic1"
   */
  @IsOmittable()
  @IsSender()
  defaultSender?: string;

  /** What may leave in a second, over all links, in what the peer counts: SMPP PDUs or HTTP requests; null: no limit of its own. */
  @IsNullable()
  @IsInt()
  @Min(1)
  @Max(100_000)
  ratePerSecond?: number | null;

  /** null: of no portal. */
  @IsNullable()
  @IsUUID()
  portalId?: string | null;

  /** The portal's own id of the account. */
  @IsNullable()
  @IsLine(255)
  externalId?: string | null;
}

/** An account that a portal or the operator opens. */
export class CreateAccountDto {
  @IsLine(200)
  name: string;

  /**
   * ISO 3166-1 alpha-2.
   * @example "RU"
   */
  @IsCountry()
  country: string;

  @IsIn(CURRENCIES)
  currency: Currency;

  /** @example "ru" */
  @IsIn(LOCALES)
  locale: Locale;

  /** @example "Europe/Moscow" */
  @IsTimeZone()
  timeZone: string;

  /** The portal's own id; unique among its accounts, and usable as `ext:<id>` wherever an account is named. */
  @IsOmittable()
  @IsLine(255)
  externalId?: string;

  @IsOmittable()
  @IsEmail()
  @MaxLength(254)
  email?: string;

  @IsOmittable()
  @IsString()
  @Length(5, 40)
  phone?: string;

  @IsOmittable()
  @IsText(500)
  address?: string;
}

export class CreateAnyAccountDto extends CreateAccountDto {
  @IsOmittable()
  @IsUUID()
  portalId?: string;

  /** Absent: the platform's standard sender. */
  @IsOmittable()
  @IsSender()
  defaultSender?: string;
}

export class ListAccountsQuery extends PageQuery {
  @IsOmittable()
  @IsUUID()
  portalId?: string;

  @IsOmittable()
  @IsIn(STATUSES)
  status?: AccountStatus;

  /** Part of the name. */
  @IsOmittable()
  @IsString()
  @Length(1, 100)
  search?: string;
}

export class SuspendAccountDto {
  /**
   * Shown to the account's users.
   * @example "Complaints about unsolicited messages"
   */
  @IsText(500)
  reason: string;
}

export class AccountDto {
  id: string;
  kind: AccountKind;
  status: AccountStatus;
  statusReason: string | null;
  portalId: string | null;
  externalId: string | null;
  name: string;
  email: string | null;
  /** E.164 digits. */
  phone: string | null;
  address: string | null;
  country: string;
  currency: Currency;
  locale: Locale;
  timeZone: string;
  defaultSender: string;

  @ApiProperty({ type: SendingWindowDto, nullable: true })
  sendingWindow: WeeklyWindow | null;

  @ApiProperty({ type: RecipientHoursDto, nullable: true })
  recipientHours: WeeklyHours | null;

  @ApiProperty({ enum: FUNDS_CHOICES })
  onInsufficientFunds: FundsChoice;

  /** What may leave in a second, over all links. */
  @ApiProperty({ type: 'integer', nullable: true })
  ratePerSecond: number | null;

  @ApiProperty({ type: String, format: 'date-time' })
  createdAt: string;
  @ApiProperty({ type: String, format: 'date-time' })
  updatedAt: string;

  static of(this: void, row: AccountRow): AccountDto {
    return {
      id: row.id,
      kind: row.kind,
      status: row.status,
      statusReason: row.status_reason,
      portalId: row.portal_id,
      externalId: row.external_id,
      name: row.name,
      email: row.email,
      phone: row.phone,
      address: row.address,
      country: row.country,
      currency: row.currency,
      locale: row.locale,
      timeZone: row.time_zone,
      defaultSender: row.default_sender,
      sendingWindow: row.sending_window,
      recipientHours: row.recipient_hours,
      onInsufficientFunds: row.on_insufficient_funds,
      ratePerSecond: row.rate_per_second,
      createdAt: row.created_at.toISOString(),
      updatedAt: row.updated_at.toISOString(),
    };
  }
}

export class AccountPageDto {
  @ApiProperty({ type: [AccountDto] })
  data: AccountDto[];

  @ApiProperty({ type: String, nullable: true })
  nextCursor: string | null;
}
