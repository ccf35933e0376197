import type { Locale } from '../../../kernel/locale.js';

export const CODE_DIGITS = 6;
export const CODE_MINUTES = 10;
export const CODE_ATTEMPTS = 5;

export type CodePurpose = 'registration' | 'password_reset';

/** What a code row says about one more guess; `open` means that the guess counts and is compared. */
export type CodeState = 'open' | 'used' | 'expired' | 'exhausted';

export function codeStateOf(code: { usedAt: Date | null; expiresAt: Date; attempts: number }, now: Date): CodeState {
  if (code.usedAt) return 'used';
  if (code.expiresAt <= now) return 'expired';
  return code.attempts >= CODE_ATTEMPTS ? 'exhausted' : 'open';
}

const TEXTS: Record<CodePurpose, Record<Locale, (platform: string, code: string) => string>> = {
  registration: {
    en: (platform, code) =>
      `${platform}: your code is ${code}. It is valid for ${CODE_MINUTES} minutes. Tell it to nobody.`,
    ru: (platform, code) => `${platform}: код ${code}. Действует ${CODE_MINUTES} минут. Никому не сообщайте.`,
    pl: (platform, code) => `${platform}: kod ${code}. Wazny ${CODE_MINUTES} minut. Nie podawaj go nikomu.`,
    el: (platform, code) => `${platform}: κωδικός ${code}. Ισχύει για ${CODE_MINUTES} λεπτά.`,
  },
  password_reset: {
    en: (platform, code) =>
      `${platform}: ${code} resets your password. Valid for ${CODE_MINUTES} minutes. Not you? Ignore this.`,
    ru: (platform, code) => `${platform}: код ${code} для нового пароля. Действует ${CODE_MINUTES} минут.`,
    pl: (platform, code) => `${platform}: kod ${code} do zmiany hasla. Wazny ${CODE_MINUTES} minut.`,
    el: (platform, code) => `${platform}: κωδικός ${code} για νέο συνθηματικό. ${CODE_MINUTES} λεπτά.`,
  },
};

/** The SMS that carries a code. One part in every language, as long as the platform's name is at most 15 characters. */
export function codeText(purpose: CodePurpose, locale: Locale, platform: string, code: string): string {
  return TEXTS[purpose][locale](platform, code);
}
