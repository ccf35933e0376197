import { DomainError, type FieldError } from '../../../kernel/domain-error.js';
import { HttpProvider } from '../http/http-provider.js';
import { type HttpLimits, type HttpSettings, takesCallbacks } from '../http/http-settings.js';
import type { HttpTraits } from '../http/http-traits.js';
import { readHttpSettings } from '../http/read-http-settings.js';
import type { ReportCheck } from '../http/report-reader.js';
import { at, isObject, type JsonObject, ShapeReader } from '../http/shape-reader.js';
import type { ProviderKindSpec } from '../kinds/provider-kind.js';

/** What every preset has; the rest are fields of its own. */
export interface PresetSettings {
  /** Scheme, host, port and path before the API's own paths, without a slash at the end. */
  baseUrl: string;
  limits?: Partial<HttpLimits>;
}

export type HasCredential = (name: string) => boolean;

/**
 * A company whose API is known here. Ops fill in a few fields; what they would have to write for the configurable provider is
 * made from them, so that one client, one set of tests and one table of meanings serve all.
 */
export interface Preset<S extends object = object> {
  traits: HttpTraits;
  /** What it calls itself. */
  company: string;
  baseUrl: string;
  /** Its hosts and those above its regional ones: where an account may have it called. */
  hosts: readonly string[];
  /** By name: whether it must be there. */
  credentials: Readonly<Record<string, 'required' | 'optional'>>;
  /** Names of the settings beside those of {@link PresetSettings}. */
  fields: readonly string[];
  read(shape: ShapeReader, input: JsonObject): S;
  /** What `readHttpSettings` takes, without `limits`. */
  describe(settings: PresetSettings & S, has: HasCredential): JsonObject;
  /** For what {@link credentials} cannot say, such as "one of two". */
  checkCredentials?(has: HasCredential): FieldError[];
  checkReports?(settings: PresetSettings & S): ReportCheck;
}

const BASE_URL = /^https?:\/\/[^/?#{}@\\\s]+(\/[\w./~-]*)?$/;
const SECRET = /^[!-~]{1,500}$/;

/** Makes a kind of provider of a preset. */
export function presetKind<S extends object>(preset: Preset<S>): ProviderKindSpec {
  const describe = (settings: object, names: readonly string[]): HttpSettings => {
    const own = settings as PresetSettings & S;
    const description = preset.describe(own, (name) => names.includes(name));
    return readHttpSettings({ ...description, limits: own.limits ?? {} }, new Set(names));
  };
  const required = Object.keys(preset.credentials);
  return {
    readSettings: (input, credentials) => {
      const settings = readSettings(preset, input);
      describe(settings, Object.keys(credentials));
      return settings;
    },
    readCredentials: (input) => readCredentials(preset, input),
    takesCallbacks: (settings) => takesCallbacks(describe(settings, required)),
    readsWithCredentials: () => true,
    describe,
    asksStatuses: () => preset.traits.statuses !== undefined,
    ...(preset.checkReports && { checkReports: (settings) => preset.checkReports!(settings as PresetSettings & S) }),
    open: ({ settings, credentials, callbackUrl, policy, now }) => {
      const described = describe(readSettings(preset, settings), Object.keys(credentials));
      return new HttpProvider({
        settings: described,
        secrets: credentials,
        callbackUrl,
        policy,
        now,
        traits: preset.traits,
      });
    },
  };
}

function readSettings<S extends object>(preset: Preset<S>, input: unknown): PresetSettings & S {
  const shape = new ShapeReader();
  const given = shape.object(input, '', ['baseUrl', 'limits', ...preset.fields]) ?? {};
  const baseUrl = shape.text(given['baseUrl'] ?? preset.baseUrl, '/baseUrl', { max: 300, pattern: BASE_URL });
  if (given['baseUrl'] !== undefined && !URL.canParse(baseUrl)) shape.fail('/baseUrl', 'invalid_value');
  const own = preset.read(shape, given);
  shape.finish();
  const limits = given['limits'] as Partial<HttpLimits> | undefined;
  return { baseUrl: baseUrl.replace(/\/+$/, ''), ...own, ...(limits !== undefined && { limits }) };
}

function readCredentials(preset: Preset, input: unknown): Record<string, string> {
  const { credentials } = preset;
  const given = isObject(input) ? input : {};
  const errors: FieldError[] = isObject(input) ? [] : [{ pointer: '', code: 'invalid_value' }];
  for (const [name, value] of Object.entries(given))
    if (!(name in credentials)) errors.push({ pointer: at('', name), code: 'unknown_field' });
    else if (typeof value !== 'string' || !SECRET.test(value))
      errors.push({ pointer: at('', name), code: 'invalid_value' });
  for (const [name, need] of Object.entries(credentials))
    if (need === 'required' && given[name] === undefined) errors.push({ pointer: at('', name), code: 'required' });
  if (errors.length === 0) errors.push(...(preset.checkCredentials?.((name) => given[name] !== undefined) ?? []));
  if (errors.length > 0) throw new DomainError('invalid', 'invalid_provider_credentials', { errors });
  return { ...given } as Record<string, string>;
}
