import { weaknessOf } from './passwords.js';

describe('Passwords', () => {
  it.each([
    ['correct horse', null],
    ['пароль из слов', null],
    ['😀😁😂🤣😃😄😅😆😉😊', null],
    ['123456789', 'password_too_short'],
    ['😀😁😂🤣😃😄😅😆😉', 'password_too_short'],
    ['x y z '.repeat(22), 'password_too_long'],
    ['aaaaaaaaaaaa', 'password_too_common'],
    ['abababababab', 'password_too_common'],
    ['Password123', 'password_too_common'],
    ['qwerty2026!', 'password_too_common'],
    ['anna.petrova2026', 'password_like_login'],
    ['xxANNA.Petrovaxx', 'password_like_login'],
  ])('%s: %s', (password, weakness) => {
    expect(weaknessOf(password, 'Anna.Petrova')).toBe(weakness);
  });
});
