import 'reflect-metadata';
import { plainToInstance, Transform } from 'class-transformer';
import {
  getMetadataStorage,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  IsUrl,
  Matches,
  Max,
  Min,
  MinLength,
  validateSync,
} from 'class-validator';

const toInt = () =>
  Transform(({ value }) => (typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value));
const toBoolean = () => Transform(({ value }) => (value === 'true' ? true : value === 'false' ? false : value));

/**
 * The whole environment, read once. Every key stands in `.env.example` (a test compares the two), and nothing else in the
 * product reads `process.env`.
 */
export class Env {
  /** Which entry points this process runs. */
  @IsIn(['all', 'api', 'worker'])
  ROLE: 'all' | 'api' | 'worker' = 'all';

  @IsString()
  HOST = '127.0.0.1';

  @toInt()
  @IsInt()
  @Min(0)
  @Max(65535)
  PORT = 3000;

  /** Where portals and providers reach this gateway: the base of callback addresses and document links. */
  @IsUrl({ require_tld: false, require_protocol: true, protocols: ['http', 'https'] })
  PUBLIC_URL = 'http://127.0.0.1:3000';

  /**
   * Addresses or CIDR ranges of the reverse proxies in front, comma separated: what they say about the client in
   * `X-Forwarded-For` is believed. Empty: nobody is, and the client is whoever connects.
   */
  @Transform(({ value }) => (typeof value === 'string' ? value.split(',').map((part) => part.trim()) : value))
  @Matches(/^[0-9a-fA-F.:]+(\/\d{1,3})?$/, { each: true })
  TRUSTED_PROXIES: string[] = [];

  /** Absent: the process starts, or joins, its own PostgreSQL under DATA_DIR. */
  @IsOptional()
  @Matches(/^postgres(ql)?:\/\//)
  DATABASE_URL?: string;

  @toInt()
  @IsInt()
  @Min(3)
  @Max(200)
  DATABASE_POOL_SIZE = 16;

  @IsString()
  DATA_DIR = '.data';

  /** Port of the embedded PostgreSQL; 0 lets the first process pick a free one. */
  @toInt()
  @IsInt()
  @Min(0)
  @Max(65535)
  EMBEDDED_PG_PORT = 0;

  @IsIn(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
  LOG_LEVEL: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent' = 'info';

  /** Signs access tokens. Absent: generated once and kept in DATA_DIR (not allowed with DATABASE_URL). */
  @IsOptional()
  @IsString()
  @MinLength(32)
  JWT_SECRET?: string;

  /**
   * Keys that encrypt provider credentials and webhook secrets at rest: `id:base64` of 32 bytes, comma separated, the first one encrypts.
   * Absent: generated once and kept in DATA_DIR (not allowed with DATABASE_URL).
   */
  @IsOptional()
  @Matches(/^[\w-]+:[A-Za-z0-9+/]{43}=(,[\w-]+:[A-Za-z0-9+/]{43}=)*$/)
  CREDENTIAL_KEYS?: string;

  /** Absent: no metrics. Where `/metrics` and the probes are answered, in every role; not the public port. */
  @IsOptional()
  @toInt()
  @IsInt()
  @Min(0)
  @Max(65535)
  METRICS_PORT?: number;

  /** Whoever reaches this address may read the metrics: there are no credentials on it. */
  @IsString()
  METRICS_HOST = '127.0.0.1';

  /** Days for which a finished idempotency key is remembered. */
  @toInt()
  @IsInt()
  @Min(1)
  @Max(30)
  IDEMPOTENCY_DAYS = 2;

  /** Providers on loopback and private addresses are refused unless this is true (the demo and tests need it). */
  @toBoolean()
  @IsBoolean()
  ALLOW_PRIVATE_ADDRESSES = false;

  /**
   * Seconds a worker may be silent before what it was writing to a provider becomes `unknown`. Longer than any provider's
   * response time-out.
   */
  @toInt()
  @IsInt()
  @Min(2)
  @Max(3_600)
  LEASE_SECONDS = 60;

  /** Seconds for which an unknown outcome waits to be explained before its money goes back. */
  @toInt()
  @IsInt()
  @Min(5)
  @Max(1_209_600)
  UNKNOWN_OUTCOME_SECONDS = 86_400;

  /** Seconds by which the product's clock is ahead: for rehearsals, such as a demo at night of what only works by day. */
  @toInt()
  @IsInt()
  @Min(0)
  @Max(604_800)
  CLOCK_SHIFT_SECONDS = 0;
}

/** Reads and checks the environment; throws one error that names every bad key. */
export function readEnv(source: Record<string, string | undefined> = process.env): Env {
  const picked = Object.fromEntries(
    envKeys()
      .filter((key) => source[key] !== undefined && source[key] !== '')
      .map((key) => [key, source[key]]),
  );
  const env = plainToInstance(Env, picked, { exposeDefaultValues: true });
  const errors = validateSync(env, { skipMissingProperties: false });
  if (errors.length > 0) {
    const lines = errors.map((error) => `${error.property}: ${Object.values(error.constraints ?? {}).join('; ')}`);
    throw new Error(`The environment cannot be used:\n  ${lines.join('\n  ')}`);
  }
  return env;
}

/** Every key of the environment. A key without a rule does not exist. */
export function envKeys(): string[] {
  const rules = getMetadataStorage().getTargetValidationMetadatas(Env, '', false, false);
  return [...new Set(rules.map(({ propertyName }) => propertyName))].sort();
}

/** The environment of a child process: what the machine needs (PATH and the like), none of our own keys but those given. */
export function childEnvironment(own: Record<string, string>): Record<string, string> {
  const needed = ['PATH', 'HOME', 'LANG', 'TMPDIR', 'SystemRoot'].flatMap((key) =>
    process.env[key] ? [[key, process.env[key]]] : [],
  );
  return { ...Object.fromEntries(needed), ...own };
}
