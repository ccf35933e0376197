/** A limit per fixed window of time. `bucket` names what is counted; it never holds a number, login or address in clear. */
export interface Cap {
  bucket: string;
  cap: number;
  seconds: number;
}

export interface CapRule {
  name: string;
  cap: number;
  seconds: number;
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Codes by SMS cost money and annoy people: per number, per client address, per country (SMS pumping). */
export const CODE_CAPS = {
  number: [
    { name: 'code-number-hour', cap: 3, seconds: HOUR },
    { name: 'code-number-day', cap: 6, seconds: DAY },
  ],
  address: [
    { name: 'code-address-hour', cap: 20, seconds: HOUR },
    { name: 'code-address-day', cap: 60, seconds: DAY },
  ],
  country: [
    { name: 'code-country-hour', cap: 500, seconds: HOUR },
    { name: 'code-country-day', cap: 5_000, seconds: DAY },
  ],
} as const satisfies Record<string, readonly CapRule[]>;

/** Guesses at codes over all registrations, beside the five of each code. */
export const GUESS_CAPS = {
  address: [{ name: 'guess-address-hour', cap: 100, seconds: HOUR }],
} as const satisfies Record<string, readonly CapRule[]>;

/**
 * Failed sign-ins. The tight one is per login *and* address, so that a stranger elsewhere cannot lock somebody out
 * easily; the looser ones stop a guess that is spread over addresses or over logins. Successes are given back.
 */
export const SIGN_IN_CAPS = {
  loginAndAddress: [{ name: 'sign-in-login-address', cap: 10, seconds: 15 * MINUTE }],
  login: [{ name: 'sign-in-login', cap: 60, seconds: HOUR }],
  address: [{ name: 'sign-in-address', cap: 100, seconds: 15 * MINUTE }],
} as const satisfies Record<string, readonly CapRule[]>;

/** The window of `seconds` in which `now` lies. Windows are aligned to the epoch, so every process agrees on them. */
export function windowAt(now: Date, seconds: number): { start: Date; end: Date } {
  const length = seconds * 1_000;
  const start = Math.floor(now.getTime() / length) * length;
  return { start: new Date(start), end: new Date(start + length) };
}

/** What an address counts as: an IPv6 customer owns a whole /64, so that is one caller. */
export function addressGroup(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').split('%')[0]!;
  if (!plain.includes(':')) return plain;
  const [head = '', tail] = plain.toLowerCase().split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const middle =
    tail === undefined ? [] : Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => '0');
  return [...left, ...middle, ...right]
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':');
}
