import { applyDecorators, Injectable, Param, type PipeTransform, Query } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import { IsIn, IsInt, IsOptional, IsString, Matches, Max, MaxLength, Min, ValidateIf } from 'class-validator';
import { DomainError } from '../kernel/domain-error.js';
import { CURRENCIES, type Currency, formatMicros, type Micros } from '../kernel/money.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const AMOUNT = /^\d{1,13}(\.\d{1,6})?$/;
const SIGNED_AMOUNT = /^-?\d{1,13}(\.\d{1,6})?$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/i;

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
  @Matches(AMOUNT, { context: { code: 'invalid_amount' } })
  amount: string;

  @ApiProperty({ enum: CURRENCIES, example: 'RUB' })
  @IsIn(CURRENCIES)
  currency: Currency;
}

/** `limit` and `cursor` of every keyset list. Extend it with the filters of the list. */
export class PageQuery {
  @ApiPropertyOptional({ minimum: 1, maximum: 100, default: 20 })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(100)
  limit: number = 20;

  @ApiPropertyOptional({ description: '`nextCursor` of the page before.' })
  @IsOptional()
  @IsString()
  @MaxLength(500)
  cursor?: string;
}

/** A positive decimal string amount (no currency). */
export const IsAmount = (): PropertyDecorator =>
  applyDecorators(
    ApiProperty({ type: String, example: '0.500000', pattern: AMOUNT.source }),
    Matches(AMOUNT, { context: { code: 'invalid_amount' } }),
  );

/** A decimal string amount that may be negative. */
export const IsSignedAmount = (): PropertyDecorator =>
  applyDecorators(
    ApiProperty({ type: String, example: '-12.50', pattern: SIGNED_AMOUNT.source }),
    Matches(SIGNED_AMOUNT, { context: { code: 'invalid_amount' } }),
  );

/** An RFC 3339 instant with its offset; the property stays the string that was sent. `offset_required` when it has none. */
export const IsInstant = (): PropertyDecorator =>
  applyDecorators(
    ApiProperty({ type: String, format: 'date-time', example: '2026-01-31T09:00:00Z' }),
    Matches(INSTANT, { context: { code: 'offset_required' } }),
    Transform(({ value }) => value),
  );

/** A field of a PATCH that may be left out but not be null (`@IsOptional()` lets null through). */
export const IsOmittable = (): PropertyDecorator => ValidateIf((_, value: unknown) => value !== undefined);

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
