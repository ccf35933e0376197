export const PASSWORD_MIN = 10;
export const PASSWORD_MAX = 128;

/** Words that make a password guessable however it is decorated. */
const COMMON = ['password', 'qwerty', '123456789', 'kabinet', 'letmein', 'iloveyou', 'administrator', 'welcome'];

export type PasswordWeakness =
  | 'password_too_short'
  | 'password_too_long'
  | 'password_too_common'
  | 'password_like_login';

/** Length counts, composition rules do not (ASVS 6.2). Null when acceptable. */
export function weaknessOf(password: string, login: string): PasswordWeakness | null {
  const characters = Array.from(password).length;
  if (characters < PASSWORD_MIN) return 'password_too_short';
  if (characters > PASSWORD_MAX) return 'password_too_long';
  const plain = password.toLowerCase();
  if (plain.includes(login.toLowerCase())) return 'password_like_login';
  if (new Set(plain).size < 4 || COMMON.some((word) => plain.replace(word, '').length < 6 && plain.includes(word)))
    return 'password_too_common';
  return null;
}
