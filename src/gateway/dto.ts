import { Injectable, Param, type PipeTransform, Query } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsIn, IsInt, IsString, Max, MaxLength, Min } from 'class-validator';
import { DomainError } from '../kernel/domain-error.js';
import { CURRENCIES, type Currency, formatMicros, type Micros } from '../kernel/money.js';
import { AMOUNT, IsAmount, IsOmittable, IsPositiveAmount } from './fields.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Money as the gateway speaks it: a decimal string with a currency, never a number. */
export class MoneyDto {
  @ApiProperty({ type: String, example: '0.033300', description: 'Decimal string with six decimals.' })
  amount: string;

  @ApiProperty({ enum: CURRENCIES, example: 'EUR', description: 'ISO 4217, or CRD for credits.' })
  currency: Currency;

  static of(micros: Micros, currency: Currency): MoneyDto {
    return { amount: formatMicros(micros), currency };
  }
}

/** Money that a caller sends: positive or zero. Read it with `parseMicros`. */
export class MoneyInput {
  @ApiProperty({ type: String, example: '5000.00', pattern: AMOUNT.source })
  @IsAmount()
  amount: string;

  @ApiProperty({ enum: CURRENCIES, example: 'RUB' })
  @IsIn(CURRENCIES)
  currency: Currency;
}

/** Money that is paid, invoiced or set against something: more than zero. */
export class PositiveMoneyInput extends MoneyInput {
  @ApiProperty({ type: String, example: '5000.00', pattern: AMOUNT.source, description: 'More than zero.' })
  @IsPositiveAmount()
  declare amount: string;
}

/** `limit` and `cursor` of every keyset list. Extend it with the filters of the list. */
export class PageQuery {
  @ApiPropertyOptional({ minimum: 1, maximum: 100, default: 20 })
  @IsOmittable()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(100)
  limit: number = 20;

  @ApiPropertyOptional({ description: '`nextCursor` of the page before.' })
  @IsOmittable()
  @IsString()
  @MaxLength(500)
  cursor?: string;
}

/** Refuses path ids that are no UUIDs with the same 404 that unknown ids get: nothing can be learnt from the difference. */
@Injectable()
export class IdPipe implements PipeTransform<string, string> {
  transform(value: string): string {
    if (typeof value !== 'string' || !UUID.test(value.toLowerCase())) throw new DomainError('not_found', 'not_found');
    return value.toLowerCase();
  }
}

/** `@IdParam() id: string` for `/:id`. */
export const IdParam = (name = 'id'): ParameterDecorator => Param(name, IdPipe);

/** `@Queries() query: MyQuery`: the whole query string against a DTO. */
export const Queries = (): ParameterDecorator => Query();
