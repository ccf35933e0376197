import { Logger } from '@nestjs/common';
import type { Logger as OrmLogger } from 'typeorm';

/**
 * Lets TypeORM say only what nobody else says. Statements and their values never reach a log (they hold phones and texts), and
 * a failed migration or query is thrown to whoever asked for it.
 */
export class WarningsOnlyLogger implements OrmLogger {
  private readonly logger = new Logger('Database');

  log(level: 'log' | 'info' | 'warn', message: unknown): void {
    if (level === 'warn') this.logger.warn(message);
  }

  logQuery(): void {}
  logQueryError(): void {}
  logQuerySlow(): void {}
  logSchemaBuild(): void {}
  logMigration(): void {}
}
