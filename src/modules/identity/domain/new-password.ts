import { DomainError } from '../../../kernel/domain-error.js';
import { PASSWORD_MAX, PASSWORD_MIN, weaknessOf } from './passwords.js';

/** Refuses a weak password, naming the field it came in: invalid `validation_failed`. */
export function assertStrong(password: string, login: string, pointer = '/password'): void {
  const code = weaknessOf(password, login);
  if (!code) return;
  const params = { min: PASSWORD_MIN, max: PASSWORD_MAX };
  throw new DomainError('invalid', 'validation_failed', { errors: [{ pointer, code, params }] });
}
