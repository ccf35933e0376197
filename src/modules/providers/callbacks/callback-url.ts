import { createHash, randomBytes } from 'node:crypto';
import type { Env } from '../../../config/env.js';

export const CALLBACK_PATH = 'callbacks/providers';

/** 256 bits: nobody guesses it, so whoever knows it is the provider. */
export function newCallbackToken(): string {
  return randomBytes(32).toString('base64url');
}

/** Tokens are found by their hash; the table does not tell them. */
export function hashOfToken(token: string): Buffer {
  return createHash('sha256').update(token, 'utf8').digest();
}

/** The address that a provider is told. */
export function callbackUrlOf({ PUBLIC_URL }: Pick<Env, 'PUBLIC_URL'>, token: string): string {
  return `${PUBLIC_URL.replace(/\/+$/, '')}/${CALLBACK_PATH}/${token}`;
}
