import type { LoggerService } from '@nestjs/common';
import { type Logger, pino } from 'pino';

/** Structured logs on stdout. Secrets are cut out by name; phones are masked and texts left out by whoever logs. */
export function createLogger(level: string, role: string): Logger {
  return pino({
    level,
    base: { role },
    redact: {
      paths: ['req.headers.authorization', '*.password', '*.code', '*.token', '*.apiKey', '*.body', '*.text'],
      censor: '[removed]',
    },
  });
}

/** Lets Nest log through pino: `message` may be an object with `msg`. */
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
    if (typeof message === 'object' && message !== null) this.logger[level]({ context, ...message });
    else this.logger[level]({ context }, String(message));
  }
}
