import { ValidateBy } from 'class-validator';
import { isAddressRange } from '../domain/addresses.js';
import { LOGIN } from '../domain/logins.js';

function eachText(name: string, code: string, holds: (text: string) => boolean, each = false): PropertyDecorator {
  return ValidateBy(
    {
      name,
      validator: {
        validate: (value: unknown) => typeof value === 'string' && value.length <= 128 && holds(value),
        defaultMessage: () => code,
      },
    },
    { each, context: { code } },
  );
}

/** A login that may be chosen, or `invalid_login`. */
export const IsLogin = () => eachText('isLogin', 'invalid_login', (text) => LOGIN.test(text));

/** Addresses and CIDR ranges, or `invalid_address_range`. */
export const AreAddressRanges = () => eachText('isAddressRange', 'invalid_address_range', isAddressRange, true);
