import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsInt, Matches, Max, Min } from 'class-validator';
import {
  IsInstant,
  IsLine,
  IsNullable,
  IsOmittable,
  MoneyDto,
  MoneyInput,
  Nested,
  NestedList,
} from '../../../gateway/index.js';
import type { Locale } from '../../../kernel/locale.js';
import { CURRENCIES, type Currency } from '../../../kernel/money.js';
import { IsCountryList, IsFeatureList } from '../../accounts/index.js';
import {
  type Service,
  SERVICE_CODE,
  SERVICE_KINDS,
  type ServiceKind,
  type ServicePrice,
  SOLD_KINDS,
  type SoldKind,
} from '../domain/service.js';
import type { Offer } from '../persistence/services.js';

const MAX_NAME = 100;
const MAX_PRICES = 100;

export class ServiceNames implements Record<Locale, string> {
  @ApiProperty({ example: 'Sales tools' })
  @IsLine(MAX_NAME)
  en: string;

  @ApiProperty({ example: 'Инструменты продаж' })
  @IsLine(MAX_NAME)
  ru: string;

  @ApiProperty({ example: 'Narzędzia sprzedaży' })
  @IsLine(MAX_NAME)
  pl: string;

  @ApiProperty({ example: 'Εργαλεία πωλήσεων' })
  @IsLine(MAX_NAME)
  el: string;
}

export class ServicePriceInput {
  @ApiProperty({ type: MoneyInput, description: 'Of a month, or of a one-off; VAT included. Zero: free of charge.' })
  @Nested(() => MoneyInput)
  price: MoneyInput;

  @ApiPropertyOptional({ description: 'In force from this instant on; default: now.' })
  @IsOmittable()
  @IsInstant()
  validFrom?: string;
}

export class AddServicePricesDto {
  @ApiProperty({ type: [ServicePriceInput], minItems: 1, maxItems: MAX_PRICES })
  @NestedList(() => ServicePriceInput, { min: 1, max: MAX_PRICES })
  prices: ServicePriceInput[];
}

class ServiceSettings {
  @ApiPropertyOptional({
    type: [String],
    nullable: true,
    example: ['RU', 'PL'],
    description: 'Countries of the accounts that it is sold to; null: everywhere.',
  })
  @IsNullable()
  @IsCountryList()
  soldIn?: string[] | null;

  @ApiPropertyOptional({
    type: [String],
    nullable: true,
    example: ['PL'],
    description: 'Where accounts buy it themselves; null: wherever it is sold, an empty list: nowhere.',
  })
  @IsNullable()
  @IsCountryList()
  selfServiceIn?: string[] | null;

  @ApiPropertyOptional({ type: [String], example: ['sales_tools'], description: 'What it lets an account do.' })
  @IsOmittable()
  @IsFeatureList()
  features?: string[];

  @ApiPropertyOptional({
    type: 'integer',
    nullable: true,
    minimum: 1,
    maximum: 3660,
    description: 'Of a one-off: how many days it lasts beside the one of the purchase.',
  })
  @IsNullable()
  @IsInt()
  @Min(1)
  @Max(3660)
  validDays?: number | null;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 0,
    maximum: 90,
    example: 7,
    description: 'Days for which it goes on when a period could not be paid; then it ends.',
  })
  @IsOmittable()
  @IsInt()
  @Min(0)
  @Max(90)
  graceDays?: number;

  @ApiPropertyOptional({ description: 'What is not on sale goes on where it was bought.' })
  @IsOmittable()
  @IsBoolean()
  onSale?: boolean;
}

export class CreateServiceDto extends ServiceSettings {
  @ApiProperty({ example: 'archive', pattern: SERVICE_CODE.source, description: 'Cannot be changed later.' })
  @Matches(SERVICE_CODE)
  code: string;

  @ApiProperty({ enum: SOLD_KINDS, description: 'Monthly, or once. Cannot be changed later.' })
  @IsIn(SOLD_KINDS)
  kind: SoldKind;

  @ApiProperty({ type: ServiceNames })
  @Nested(() => ServiceNames)
  names: ServiceNames;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    example: 'sms',
    pattern: SERVICE_CODE.source,
    description: 'An option: code of the service that has to run before. Cannot be changed later.',
  })
  @IsNullable()
  @Matches(SERVICE_CODE)
  onTopOf?: string | null;

  @ApiPropertyOptional({ type: [ServicePriceInput], maxItems: MAX_PRICES })
  @IsOmittable()
  @NestedList(() => ServicePriceInput, { max: MAX_PRICES })
  prices?: ServicePriceInput[];
}

export class UpdateServiceDto extends ServiceSettings {
  @ApiPropertyOptional({ type: ServiceNames })
  @IsOmittable()
  @Nested(() => ServiceNames)
  names?: ServiceNames;
}

export class ServiceResponse {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ example: 'sales_tools' })
  code: string;

  @ApiProperty({ enum: SERVICE_KINDS })
  kind: ServiceKind;

  @ApiProperty({ type: ServiceNames })
  names: Record<Locale, string>;

  @ApiProperty({ type: [String], nullable: true, example: ['RU', 'PL'] })
  soldIn: string[] | null;

  @ApiProperty({ type: [String], nullable: true, example: ['PL'] })
  selfServiceIn: string[] | null;

  @ApiProperty({ type: [String], example: ['sales_tools'] })
  features: string[];

  @ApiProperty({ type: String, nullable: true, example: 'sms' })
  onTopOf: string | null;

  @ApiProperty({ type: 'integer', nullable: true, example: null })
  validDays: number | null;

  @ApiProperty({ type: 'integer', example: 7 })
  graceDays: number;

  @ApiProperty()
  onSale: boolean;

  static of({ id, code, kind, names, onTopOf, validDays, graceDays, onSale, ...lists }: Service): ServiceResponse {
    return {
      id,
      code,
      kind,
      names,
      soldIn: lists.soldIn && [...lists.soldIn],
      selfServiceIn: lists.selfServiceIn && [...lists.selfServiceIn],
      features: [...lists.features],
      onTopOf,
      validDays,
      graceDays,
      onSale,
    };
  }
}

export class ServicePage {
  @ApiProperty({ type: [ServiceResponse] })
  data: ServiceResponse[];

  @ApiProperty({ type: String, nullable: true })
  nextCursor: string | null;
}

export class ServicePriceResponse {
  @ApiProperty()
  price: MoneyDto;

  @ApiProperty({ enum: CURRENCIES })
  currency: Currency;

  @ApiProperty({ type: String, format: 'date-time' })
  validFrom: string;

  static of({ currency, priceMicros, validFrom }: ServicePrice): ServicePriceResponse {
    return { price: MoneyDto.of(priceMicros, currency), currency, validFrom: validFrom.toISOString() };
  }
}

export class ServicePricePage {
  @ApiProperty({ type: [ServicePriceResponse] })
  data: ServicePriceResponse[];

  @ApiProperty({ type: String, nullable: true })
  nextCursor: string | null;
}

export class OfferResponse {
  @ApiProperty({ example: 'sales_tools' })
  code: string;

  @ApiProperty({ example: 'Sales tools', description: 'In the caller’s language.' })
  name: string;

  @ApiProperty({ enum: SOLD_KINDS })
  kind: SoldKind;

  @ApiProperty({ description: 'Of a month, or of a one-off; VAT included.' })
  price: MoneyDto;

  @ApiProperty({ description: 'Whether the account may buy it itself; else the operator sells it.' })
  selfService: boolean;

  @ApiProperty({ type: [String], example: ['sales_tools'] })
  features: string[];

  @ApiProperty({
    type: String,
    nullable: true,
    example: 'sms',
    description: 'The service that it is bought on top of.',
  })
  onTopOf: string | null;

  @ApiProperty({ type: 'integer', nullable: true, example: null, description: 'How many days a one-off lasts.' })
  validDays: number | null;

  static of(offer: Offer, currency: Currency, locale: Locale, selfService: boolean): OfferResponse {
    return {
      code: offer.code,
      name: offer.names[locale],
      kind: offer.kind as SoldKind,
      price: MoneyDto.of(offer.priceMicros, currency),
      selfService,
      features: [...offer.features],
      onTopOf: offer.onTopOf,
      validDays: offer.validDays,
    };
  }
}

export class OfferPage {
  @ApiProperty({ type: [OfferResponse] })
  data: OfferResponse[];

  @ApiProperty({ type: String, nullable: true })
  nextCursor: string | null;
}
