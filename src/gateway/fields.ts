import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  ValidateBy,
  ValidateIf,
  ValidateNested,
  type ValidationArguments,
} from 'class-validator';
import { isBlank } from '../kernel/blank-text.js';
import { DomainError } from '../kernel/domain-error.js';
import { parseMicros } from '../kernel/money.js';
import { isDate, parseInstant } from '../kernel/zoned-time.js';

/** What the amounts of a request look like, for the document. */
export const AMOUNT = /^\d{1,13}(\.\d{1,6})?$/;
const SIGNED_AMOUNT = /^-?\d{1,13}(\.\d{1,6})?$/;

type Params = Record<string, string | number>;

/** A rule that refuses with a code of ours, whose text takes `params`. */
function rule(
  code: string,
  holds: (value: unknown, args: ValidationArguments) => boolean,
  params?: Params,
): PropertyDecorator {
  const validator = { validate: (value: unknown, args?: ValidationArguments) => holds(value, args!) };
  return ValidateBy(
    { name: code, validator: { ...validator, defaultMessage: () => code } },
    { context: { code, params } },
  );
}

/** May be left out, may not be null. Every optional field says this or {@link IsNullable}: `@IsOptional()` lets null through unseen. */
export const IsOmittable = (): PropertyDecorator => ValidateIf((_, value: unknown) => value !== undefined);

/** May be left out, and may be null, which means something: type it `T | null`. */
export const IsNullable = (): PropertyDecorator =>
  ValidateIf((_, value: unknown) => value !== undefined && value !== null);

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);

/** An object that is read by a DTO of its own: neither an array, which would pass as one without fields, nor anything else. */
export const Nested = (type: () => Function): PropertyDecorator =>
  applyDecorators(rule('object_expected', isObject), ValidateNested(), Type(type));

/** Such objects in an array, at most so many. */
export const NestedList = (type: () => Function, { min = 0, max }: { min?: number; max: number }): PropertyDecorator =>
  applyDecorators(
    IsArray({ context: { code: 'array_expected' } }),
    ArrayMinSize(min),
    ArrayMaxSize(max),
    rule('object_expected', (value) => Array.isArray(value) && value.every(isObject)),
    ValidateNested({ each: true }),
    Type(type),
  );

const trim = Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.trim() : value));

function textRule(code: string, min: number, max: number, refused: RegExp): PropertyDecorator {
  const holds = (value: unknown) =>
    typeof value === 'string' && value.length >= min && value.length <= max && !isBlank(value) && !refused.test(value);
  return applyDecorators(
    ApiProperty({ type: String, minLength: min, maxLength: max }),
    rule(code, holds, { min, max }),
  );
}

/** A line of text, such as a name: trimmed, something to be seen in it, no line breaks or other control characters. */
export const IsLine = (max: number, min = 1): PropertyDecorator =>
  applyDecorators(trim, textRule('invalid_line', min, max, /[\p{Cc}\p{Zl}\p{Zp}]/u));

/** Text of several lines for people to read, such as a reason: trimmed, something to be seen in it. */
export const IsText = (max: number, min = 1): PropertyDecorator =>
  applyDecorators(trim, textRule('invalid_text', min, max, /(?![\t\r\n])\p{Cc}/u));

/** A text that is sent: kept as it stands, but not one of which nobody would see anything. */
export const IsMessageText = (max: number): PropertyDecorator =>
  applyDecorators(
    ApiProperty({ type: String, minLength: 1, maxLength: max }),
    rule('text_expected', (value) => typeof value === 'string' && value.length <= max, { min: 1, max }),
    rule('empty_text', (value) => typeof value === 'string' && !isBlank(value)),
  );

/** A day of the calendar; the property stays the string that was sent. */
export const IsDay = (): PropertyDecorator =>
  applyDecorators(
    ApiProperty({ type: String, format: 'date', example: '2026-01-31' }),
    rule('invalid_date', (value) => typeof value === 'string' && isDate(value)),
  );

/** An RFC 3339 instant with its offset; the property stays the string that was sent. `offset_required` when it has none. */
export const IsInstant = (): PropertyDecorator =>
  applyDecorators(
    ApiProperty({ type: String, format: 'date-time', example: '2026-01-31T09:00:00Z' }),
    rule('invalid_instant', (value) => refusalOf(parseInstant, value) !== 'invalid_instant'),
    rule('offset_required', (value) => refusalOf(parseInstant, value) !== 'offset_required'),
    Transform(({ value }) => value),
  );

/** The end of a half-open period of days or instants whose beginning is another field. */
export const IsAfter = (beginning: string): PropertyDecorator =>
  rule('invalid_period', (end, { object }) => {
    const start: unknown = (object as Record<string, unknown>)[beginning];
    if (typeof start !== 'string' || typeof end !== 'string') return true;
    return !(Date.parse(end) <= Date.parse(start));
  });

/** A decimal string amount that is not negative (no currency). */
export const IsAmount = (): PropertyDecorator =>
  applyDecorators(
    ApiProperty({ type: String, example: '0.500000', pattern: AMOUNT.source }),
    rule('invalid_amount', (value) => isAmount(value, AMOUNT)),
  );

/** A decimal string amount that may be negative. */
export const IsSignedAmount = (): PropertyDecorator =>
  applyDecorators(
    ApiProperty({ type: String, example: '-12.50', pattern: SIGNED_AMOUNT.source }),
    rule('invalid_amount', (value) => isAmount(value, SIGNED_AMOUNT)),
  );

/** For what moves or covers something: an amount of zero would be no movement. */
export const IsPositiveAmount = (): PropertyDecorator =>
  applyDecorators(
    IsAmount(),
    rule('amount_not_positive', (value) => isAmount(value, AMOUNT) && parseMicros(String(value)) > 0n),
  );

function isAmount(value: unknown, form: RegExp): boolean {
  return typeof value === 'string' && form.test(value) && refusalOf(parseMicros, value) === null;
}

/** The code with which a reader of the kernel refuses a value, null when it takes it. */
function refusalOf(read: (text: string) => unknown, value: unknown): string | null {
  try {
    read(typeof value === 'string' ? value : '');
    return null;
  } catch (error) {
    if (error instanceof DomainError) return error.code;
    throw error;
  }
}
