import type { LoggerService } from '@nestjs/common';
import { type DestinationStream, type Logger, pino } from 'pino';

/**
 * What is logged of an error. A list of what may be known, not of what may not: errors of PostgreSQL and TypeORM carry whole rows
 * along (`detail`: "Failing row contains …", `where`, `parameters`, `query`), with phones, texts and sealed credentials in them.
 */
const KNOWN_FIELDS = new Set(
  'severity schema table column constraint routine errno syscall status statusCode'.split(' '),
);

/** Structured logs on stdout. Secrets are cut out by name; phones are masked and texts left out by whoever logs. */
export function createLogger(level: string, role: string, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: { role },
    redact: {
      paths: ['req.headers.authorization', '*.password', '*.code', '*.token', '*.apiKey', '*.body', '*.text'],
      censor: '[removed]',
    },
    serializers: { err: describeError },
  };
  return destination ? pino(options, destination) : pino(options);
}

/** An error as it may be logged, with what caused it. */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const fields = Object.entries(error).filter(([name]) => KNOWN_FIELDS.has(name));
  return {
    type: error.constructor.name,
    message: error.message,
    stack: error.stack,
    // Not `code`, which is cut out wherever it stands, because it may be a one-time code.
    ...('code' in error && { errorCode: String(error.code) }),
    ...Object.fromEntries(fields.filter(([, value]) => typeof value === 'string' || typeof value === 'number')),
    ...(error.cause !== undefined && { cause: describeError(error.cause) }),
    ...(error instanceof AggregateError && { errors: error.errors.map(describeError) }),
  };
}

/** Lets Nest log through pino: `message` may be an object with `msg`, or an error. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, context?: string): void {
    this.write('info', message, context);
  }

  warn(message: unknown, context?: string): void {
    this.write('warn', message, context);
  }

  error(message: unknown, stack?: string, context?: string): void {
    this.write(
      'error',
      typeof message === 'string' && stack ? { msg: message, stack } : message,
      context ?? (typeof message === 'string' ? undefined : stack),
    );
  }

  debug(message: unknown, context?: string): void {
    this.write('debug', message, context);
  }

  verbose(message: unknown, context?: string): void {
    this.write('trace', message, context);
  }

  fatal(message: unknown, context?: string): void {
    this.write('fatal', message, context);
  }

  private write(
    level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal',
    message: unknown,
    context?: string,
  ): void {
    if (message instanceof Error) this.logger[level]({ context, err: message });
    else if (typeof message === 'object' && message !== null) this.logger[level]({ context, ...message });
    else this.logger[level]({ context }, String(message));
  }
}
