import { DomainError, type FieldError } from '../../../kernel/domain-error.js';
import { MESSAGE_ID_MODES, type MessageIdMode } from './message-id.js';

/** Numbering of an address: type of number and numbering plan (SMPP 3.4, 5.2.5 and 5.2.6). */
export interface AddressKind {
  ton: number;
  npi: number;
}

/** `udh8`, `udh16`: a user data header with a reference of so many bits. `sar`: the sar_* TLVs. `payload`: one PDU, split by the SMSC. */
export const CONCATENATIONS = ['udh8', 'udh16', 'sar', 'payload'] as const;
export const BIND_MODES = ['transceiver', 'pair'] as const;
export const VALIDITY_FORMATS = ['absolute', 'relative', 'none'] as const;
/** What a submit_sm_resp with a given status means; everything that is not listed is a refusal. */
export const STATUS_MEANINGS = ['throttled', 'unavailable', 'no_funds', 'rejected', 'opted_out', 'unknown'] as const;
export type StatusMeaning = (typeof STATUS_MEANINGS)[number];

/** Everything that makes one SMPP provider different from another, the credentials apart. Times in milliseconds. */
export interface SmppSettings {
  host: string;
  port: number;
  /** Null: plain TCP. `ca` is PEM; without it the system's roots are trusted. */
  tls: { serverName: string | null; ca: string | null } | null;
  systemType: string;
  /** `pair`: a transmitter and a receiver, each in a connection of its own. */
  bindMode: (typeof BIND_MODES)[number];
  /** Requests that may wait for an answer at once. */
  windowSize: number;
  connectTimeoutMs: number;
  bindTimeoutMs: number;
  /** After this a submit is `unknown`. */
  responseTimeoutMs: number;
  /** After so many submits in a row that were not answered, nothing leaves for a while; then one at a time, until one is. */
  timeoutsBeforePause: number;
  /** A peer that has been silent for so long is asked whether it is there. */
  enquireLinkMs: number;
  /** A peer that has been silent for so long is given up, whatever was asked. */
  inactivityMs: number;
  /** Bounds of the pauses between connection attempts, and after throttling answers; they double and have jitter. */
  reconnectMinMs: number;
  reconnectMaxMs: number;
  throttleMinMs: number;
  throttleMaxMs: number;
  /** data_coding to send with GSM-7; what the peer calls its default alphabet is nearly always 0. */
  gsm7DataCoding: number;
  ucs2DataCoding: number;
  /** What data_coding 0 means in messages *from* the peer. */
  smscAlphabet: 'gsm7' | 'latin1';
  concatenation: (typeof CONCATENATIONS)[number];
  serviceType: string;
  /** Senders with a letter; digits; digits no longer than `shortCodeDigits`. */
  alphanumericSource: AddressKind;
  numericSource: AddressKind;
  shortSource: AddressKind;
  shortCodeDigits: number;
  destination: AddressKind;
  validity: (typeof VALIDITY_FORMATS)[number];
  messageId: MessageIdMode;
  /** IANA zone of the dates in receipts' text. */
  receiptZone: string;
  /** By status as eight hex digits (`00000008`); laid over {@link DEFAULT_STATUS_MEANINGS}. */
  statusMeanings: Readonly<Record<string, StatusMeaning>>;
  /** Error codes of receipts, as the peer writes them, by which the recipient does not want our messages. */
  optOutErrors: readonly string[];
  /** The peer knows query_sm: it is asked about messages that were never reported, before they expire. */
  statusQuery: boolean;
}

/** What the provider knows us by; kept apart from the settings because it is encrypted at rest. */
export interface SmppCredentials {
  systemId: string;
  password: string;
}

/**
 * Refusals that are not final. A system error says that the SMSC failed while it had the message, like HTTP's 5xx: resending
 * could double it. Where a peer is known to use it for "not taken", its settings say `"00000008": "unavailable"`.
 */
export const DEFAULT_STATUS_MEANINGS: Readonly<Record<string, StatusMeaning>> = {
  '00000058': 'throttled',
  '00000014': 'throttled',
  '00000064': 'unavailable',
  '00000004': 'unavailable',
  '00000008': 'unknown',
  '000000ff': 'unknown',
};

export const DEFAULT_SMPP_SETTINGS: Omit<SmppSettings, 'host' | 'port'> = {
  tls: null,
  systemType: '',
  bindMode: 'transceiver',
  windowSize: 50,
  connectTimeoutMs: 10_000,
  bindTimeoutMs: 10_000,
  responseTimeoutMs: 20_000,
  timeoutsBeforePause: 5,
  enquireLinkMs: 30_000,
  inactivityMs: 120_000,
  reconnectMinMs: 500,
  reconnectMaxMs: 30_000,
  throttleMinMs: 250,
  throttleMaxMs: 30_000,
  gsm7DataCoding: 0,
  ucs2DataCoding: 8,
  smscAlphabet: 'gsm7',
  concatenation: 'udh8',
  serviceType: '',
  alphanumericSource: { ton: 5, npi: 0 },
  numericSource: { ton: 1, npi: 1 },
  shortSource: { ton: 3, npi: 0 },
  shortCodeDigits: 6,
  destination: { ton: 1, npi: 1 },
  validity: 'absolute',
  messageId: 'exact',
  receiptZone: 'UTC',
  statusMeanings: {},
  optOutErrors: [],
  statusQuery: false,
};

type Check = (value: unknown) => boolean;

const isInt =
  (min: number, max: number): Check =>
  (value) =>
    Number.isInteger(value) && (value as number) >= min && (value as number) <= max;
const isText =
  (pattern: RegExp): Check =>
  (value) =>
    typeof value === 'string' && pattern.test(value);
const isOneOf =
  (values: readonly string[]): Check =>
  (value) =>
    values.includes(value as string);
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isAddressKind: Check = (value) =>
  isObject(value) && Object.keys(value).length === 2 && isInt(0, 6)(value['ton']) && isInt(0, 18)(value['npi']);
const isTls: Check = (value) =>
  value === null ||
  (isObject(value) &&
    Object.keys(value).every((key) => ['serverName', 'ca'].includes(key)) &&
    [value['serverName'], value['ca']].every(
      (text) => text === null || text === undefined || typeof text === 'string',
    ));
const isMeanings: Check = (value) =>
  isObject(value) &&
  Object.entries(value).every(([status, meaning]) => /^[0-9a-f]{8}$/.test(status) && isOneOf(STATUS_MEANINGS)(meaning));
const isZone: Check = (value) => {
  try {
    return (
      typeof value === 'string' && Intl.DateTimeFormat('en', { timeZone: value }).resolvedOptions().timeZone !== ''
    );
  } catch {
    return false;
  }
};
const milliseconds = isInt(1, 3_600_000);

const CHECKS: Record<keyof SmppSettings, Check> = {
  host: isText(/^[A-Za-z0-9.:-]{1,253}$/),
  port: isInt(1, 65_535),
  tls: isTls,
  systemType: isText(/^[ -~]{0,12}$/),
  bindMode: isOneOf(BIND_MODES),
  windowSize: isInt(1, 10_000),
  connectTimeoutMs: milliseconds,
  bindTimeoutMs: milliseconds,
  responseTimeoutMs: milliseconds,
  timeoutsBeforePause: isInt(1, 1_000),
  enquireLinkMs: milliseconds,
  inactivityMs: milliseconds,
  reconnectMinMs: milliseconds,
  reconnectMaxMs: milliseconds,
  throttleMinMs: milliseconds,
  throttleMaxMs: milliseconds,
  gsm7DataCoding: isInt(0, 255),
  ucs2DataCoding: isInt(0, 255),
  smscAlphabet: isOneOf(['gsm7', 'latin1']),
  concatenation: isOneOf(CONCATENATIONS),
  serviceType: isText(/^[ -~]{0,5}$/),
  alphanumericSource: isAddressKind,
  numericSource: isAddressKind,
  shortSource: isAddressKind,
  shortCodeDigits: isInt(0, 15),
  destination: isAddressKind,
  validity: isOneOf(VALIDITY_FORMATS),
  messageId: isOneOf(MESSAGE_ID_MODES),
  receiptZone: isZone,
  statusMeanings: isMeanings,
  optOutErrors: (value) => Array.isArray(value) && value.length <= 50 && value.every(isText(/^[!-~]{1,32}$/)),
  statusQuery: (value) => typeof value === 'boolean',
};

/**
 * Fills in what is not said and refuses what cannot be: DomainError `invalid_provider_settings` with a pointer to each bad
 * or unknown field.
 */
export function readSmppSettings(input: unknown): SmppSettings {
  if (!isObject(input)) throw new DomainError('invalid', 'invalid_provider_settings', { errors: [bad('')] });
  const settings = { ...DEFAULT_SMPP_SETTINGS, ...input } as unknown as SmppSettings;
  const errors = Object.keys(settings)
    .filter((key) => !(key in CHECKS))
    .map((key) => bad(key, 'unknown_field'));
  for (const [key, check] of Object.entries(CHECKS))
    if (!check(settings[key as keyof SmppSettings])) errors.push(bad(key));
  if (errors.length > 0) throw new DomainError('invalid', 'invalid_provider_settings', { errors });
  const { tls } = settings;
  return { ...settings, tls: tls && { serverName: tls.serverName ?? null, ca: tls.ca ?? null } };
}

/** Refuses what does not fit into a bind: DomainError `invalid_provider_credentials`. */
export function readSmppCredentials(input: unknown): SmppCredentials {
  const { systemId, password } = isObject(input) ? input : {};
  const errors: FieldError[] = [];
  if (!isText(/^[!-~]{1,15}$/)(systemId)) errors.push(bad('systemId'));
  // The specification allows eight characters; peers that take more are common.
  if (!isText(/^[ -~]{0,64}$/)(password)) errors.push(bad('password'));
  if (errors.length > 0) throw new DomainError('invalid', 'invalid_provider_credentials', { errors });
  return { systemId: systemId as string, password: password as string };
}

function bad(key: string, code = 'invalid_value'): FieldError {
  return { pointer: `/${key}`, code };
}
