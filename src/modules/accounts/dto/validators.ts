import { applyDecorators } from '@nestjs/common';
import { ArrayMaxSize, IsArray, Matches, ValidateBy, type ValidationOptions } from 'class-validator';
import { isTimeZone } from '../../../kernel/time-window.js';
import { readSender } from '../../../kernel/sender.js';
import { isCountry } from '../domain/places.js';

function textRule(name: string, code: string, holds: (text: string) => boolean) {
  return (options: ValidationOptions = {}): PropertyDecorator =>
    ValidateBy(
      {
        name,
        validator: {
          validate: (value: unknown) => typeof value === 'string' && value.length <= 64 && holds(value),
          defaultMessage: () => code,
        },
      },
      { ...options, context: { code } },
    );
}

/** An IANA name, or `unknown_time_zone`. */
export const IsTimeZone = textRule('isTimeZone', 'unknown_time_zone', isTimeZone);

/** ISO 3166-1 alpha-2, or `invalid_country`. */
export const IsCountry = textRule('isCountry', 'invalid_country', isCountry);

/** A sender name, number or short code, written as it is sent, or `invalid_sender`. */
export const IsSender = textRule('isSender', 'invalid_sender', (text) => readSender(text)?.text === text);

const MAX_COUNTRIES = 250;
/** Codes of countries, such as those where something is sold. */
export const IsCountryList = (): PropertyDecorator =>
  applyDecorators(
    IsArray({ context: { code: 'array_expected' } }),
    ArrayMaxSize(MAX_COUNTRIES),
    IsCountry({ each: true }),
  );

const FEATURE_CODE = /^[a-z][a-z0-9_]{1,63}$/;
const MAX_FEATURES = 50;
/** Codes of features, such as `missed_call_apologies`. */
export const IsFeatureList = (): PropertyDecorator =>
  applyDecorators(
    IsArray({ context: { code: 'array_expected' } }),
    ArrayMaxSize(MAX_FEATURES),
    Matches(FEATURE_CODE, { each: true }),
  );
