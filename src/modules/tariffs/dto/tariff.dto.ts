import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Equals, IsBoolean, IsIn, IsUUID, Matches } from 'class-validator';
import { IsAmount, IsInstant, IsLine, IsOmittable, MoneyDto, NestedList } from '../../../gateway/index.js';
import { CURRENCIES, type Currency } from '../../../kernel/money.js';
import {
  CHARGE_MOMENTS,
  type ChargeOn,
  NUMBER_PREFIX,
  type Tariff,
  TARIFF_CODE,
  type TariffPrice,
  type Traffic,
  TRAFFICS,
} from '../domain/price-list.js';
import { IsFeatureList } from '../../accounts/index.js';
import type { AccountTariff } from '../persistence/tariffs.repository.js';

const MAX_PRICES = 1_000;

export class PriceInput {
  @ApiProperty({
    example: '4860',
    pattern: NUMBER_PREFIX.source,
    description: 'Leading digits; empty: everywhere else.',
  })
  @Matches(NUMBER_PREFIX)
  prefix: string;

  @IsAmount()
  amount: string;

  @ApiPropertyOptional({ description: 'In force from this instant on; default: now.' })
  @IsOmittable()
  @IsInstant()
  validFrom?: string;
}

export class AddPricesDto {
  @ApiProperty({ type: [PriceInput], minItems: 1, maxItems: MAX_PRICES })
  @NestedList(() => PriceInput, { min: 1, max: MAX_PRICES })
  prices: PriceInput[];
}

export class CreateTariffDto {
  @ApiProperty({ example: 'clinics-2026', pattern: TARIFF_CODE.source })
  @Matches(TARIFF_CODE)
  code: string;

  @ApiProperty({ example: 'Clinics 2026' })
  @IsLine(200)
  name: string;

  @ApiProperty({ enum: CURRENCIES, example: 'RUB' })
  @IsIn(CURRENCIES)
  currency: Currency;

  @ApiProperty({ enum: CHARGE_MOMENTS, description: 'Cannot be changed later: make a new tariff.' })
  @IsIn(CHARGE_MOMENTS)
  chargeOn: ChargeOn;

  @ApiProperty({ description: 'Only with `submit`. Cannot be changed later.' })
  @IsBoolean()
  refundUndelivered: boolean;

  @ApiPropertyOptional({
    enum: TRAFFICS,
    default: 'platform',
    description: '`own`: a fee for what goes over providers that the accounts own. Cannot be changed later.',
  })
  @IsOmittable()
  @IsIn(TRAFFICS)
  traffic?: Traffic;

  @ApiPropertyOptional({
    type: [String],
    example: ['missed_call_apologies'],
    description: 'What it includes beside sending; nothing when absent. Features can also be bought as options.',
  })
  @IsOmittable()
  @IsFeatureList()
  features?: string[];

  @ApiPropertyOptional({ type: [PriceInput], maxItems: MAX_PRICES })
  @IsOmittable()
  @NestedList(() => PriceInput, { max: MAX_PRICES })
  prices?: PriceInput[];
}

export class UpdateTariffDto {
  @ApiPropertyOptional({ example: 'Clinics' })
  @IsOmittable()
  @IsLine(200)
  name?: string;

  @ApiPropertyOptional({
    type: [String],
    example: ['missed_call_apologies', 'sales_tools'],
    description: 'All that it includes from now on; accounts that have it feel it within seconds.',
  })
  @IsOmittable()
  @IsFeatureList()
  features?: string[];

  @ApiPropertyOptional({
    enum: [true],
    description: 'New accounts of its currency get this one from now on; the other default stops being one.',
  })
  @IsOmittable()
  @Equals(true)
  isDefault?: true;
}

export class TariffResponse {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ example: 'standard-rub' })
  code: string;

  @ApiProperty({ example: 'Standard RUB' })
  name: string;

  @ApiProperty({ enum: CURRENCIES, example: 'RUB' })
  currency: Currency;

  @ApiProperty({ enum: CHARGE_MOMENTS })
  chargeOn: ChargeOn;

  @ApiProperty()
  refundUndelivered: boolean;

  @ApiProperty({ enum: TRAFFICS, description: 'Over the operator’s providers, or over those that the account owns.' })
  traffic: Traffic;

  @ApiProperty({ description: 'New accounts of its currency get it; for `own`, all that have no other.' })
  isDefault: boolean;

  @ApiProperty({ type: [String], example: ['missed_call_apologies'], description: 'What it includes beside sending.' })
  features: string[];

  static of(tariff: Tariff): TariffResponse {
    const { id, code, name, currency, chargeOn, refundUndelivered, traffic, isDefault, features } = tariff;
    return { id, code, name, currency, chargeOn, refundUndelivered, traffic, isDefault, features: [...features] };
  }
}

export class TariffPage {
  @ApiProperty({ type: [TariffResponse] })
  data: TariffResponse[];

  @ApiProperty({ type: String, nullable: true })
  nextCursor: string | null;
}

export class TariffPriceResponse {
  @ApiProperty({ example: '4860' })
  prefix: string;

  @ApiProperty()
  price: MoneyDto;

  @ApiProperty({ type: String, format: 'date-time' })
  validFrom: string;

  static of({ prefix, priceMicros, validFrom }: TariffPrice, currency: Currency): TariffPriceResponse {
    return { prefix, price: MoneyDto.of(priceMicros, currency), validFrom: validFrom.toISOString() };
  }
}

export class TariffPricePage {
  @ApiProperty({ type: [TariffPriceResponse] })
  data: TariffPriceResponse[];

  @ApiProperty({ type: String, nullable: true })
  nextCursor: string | null;
}

export class AssignTariffDto {
  @ApiProperty({ format: 'uuid' })
  @IsUUID()
  tariffId: string;

  @ApiPropertyOptional({ description: 'From this instant on; default: now.' })
  @IsOmittable()
  @IsInstant()
  validFrom?: string;
}

export class AccountTariffResponse {
  @ApiProperty()
  tariff: TariffResponse;

  @ApiProperty({ type: String, format: 'date-time' })
  validFrom: string;

  static of({ tariff, validFrom }: AccountTariff): AccountTariffResponse {
    return { tariff: TariffResponse.of(tariff), validFrom: validFrom.toISOString() };
  }
}

/** Newest first, planned ones included: one page. */
export class AccountTariffPage {
  @ApiProperty({ type: [AccountTariffResponse] })
  data: AccountTariffResponse[];

  @ApiProperty({ type: String, nullable: true, example: null })
  nextCursor: string | null;
}
