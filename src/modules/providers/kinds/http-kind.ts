import { DomainError, type FieldError } from '../../../kernel/domain-error.js';
import { HttpProvider } from '../http/http-provider.js';
import { type HttpSettings, takesCallbacks } from '../http/http-settings.js';
import { readHttpSettings } from '../http/read-http-settings.js';
import { at, isObject } from '../http/shape-reader.js';
import type { ProviderKindSpec } from './provider-kind.js';

const MOST_CREDENTIALS = 20;
const CREDENTIAL_LENGTH = 4_096;

export const httpKind: ProviderKindSpec = {
  readSettings: (input, credentials) => readHttpSettings(input, namesOf(credentials)),
  readCredentials,
  takesCallbacks: (settings) => takesCallbacks(settings as HttpSettings),
  readsWithCredentials: (settings) => {
    const { reports, inbound } = settings as HttpSettings;
    return Boolean(reports?.signature || inbound?.signature);
  },
  describe: (settings) => settings as HttpSettings,
  open: ({ settings, credentials, callbackUrl, policy, now }) =>
    new HttpProvider({
      settings: readHttpSettings(settings, namesOf(credentials)),
      secrets: credentials,
      callbackUrl,
      policy,
      now,
    }),
};

const namesOf = (credentials: Record<string, string>): ReadonlySet<string> => new Set(Object.keys(credentials));

/** Any names: templates say what they are for, as `{{secret.<name>}}`. */
function readCredentials(input: unknown): Record<string, string> {
  const errors: FieldError[] = [];
  if (!isObject(input) || Object.keys(input).length > MOST_CREDENTIALS)
    errors.push({ pointer: '', code: 'invalid_value' });
  const entries = isObject(input) ? Object.entries(input) : [];
  for (const [name, value] of entries) {
    const known = /^[A-Za-z]\w{0,63}$/.test(name) && typeof value === 'string';
    if (!known || value.length === 0 || value.length > CREDENTIAL_LENGTH)
      errors.push({ pointer: at('', name), code: 'invalid_value' });
  }
  if (errors.length > 0) throw new DomainError('invalid', 'invalid_provider_credentials', { errors });
  return Object.fromEntries(entries) as Record<string, string>;
}
