import { LOCALES } from '../../../kernel/locale.js';
import { measure } from '../../../kernel/sms-parts.js';
import { CODE_ATTEMPTS, type CodePurpose, codeStateOf, codeText } from './verification.js';

describe('A code', () => {
  const now = new Date('2026-03-02T12:00:00Z');
  const code = { usedAt: null, expiresAt: new Date('2026-03-02T12:00:01Z'), attempts: CODE_ATTEMPTS - 1 };

  it('is open until it is used, expired or guessed at too often; and says which came first', () => {
    expect(codeStateOf(code, now)).toBe('open');
    expect(codeStateOf({ ...code, attempts: CODE_ATTEMPTS }, now)).toBe('exhausted');
    expect(codeStateOf({ ...code, expiresAt: now, attempts: CODE_ATTEMPTS }, now)).toBe('expired');
    expect(codeStateOf({ ...code, usedAt: now, expiresAt: now }, now)).toBe('used');
  });

  const texts = (['registration', 'password_reset'] as CodePurpose[]).flatMap((purpose) =>
    LOCALES.map((locale) => [purpose, locale] as const),
  );

  it.each(texts)('fits one part as %s in %s', (purpose, locale) => {
    const text = codeText(purpose, locale, 'Fifteen letters', '012345');
    expect(text).toMatch(/\b012345\b/);
    expect(measure(text).parts).toBe(1);
  });
});
