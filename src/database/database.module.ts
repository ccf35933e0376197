import { type DynamicModule, Global, Inject, Logger, Module, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Database } from './database.js';
import { openDatabase, type OpenDatabaseOptions, type OpenedDatabase } from './open-database.js';

const OPENED = Symbol('opened database');

/**
 * Gives every module {@link Database} and TypeORM's DataSource, on a migrated schema.
 *
 * Shutting down: this module is global, and Nest calls the hooks of global modules last. So work that still needs the
 * database is drained in `onModuleDestroy` or `beforeApplicationShutdown` (HTTP requests in flight end right after those);
 * then the pool is closed, then the embedded server is let go.
 */
@Global()
@Module({})
export class DatabaseModule implements OnApplicationShutdown {
  constructor(@Inject(OPENED) private readonly opened: OpenedDatabase) {}

  static forRoot(options: Omit<OpenDatabaseOptions, 'log'>): DynamicModule {
    const logger = new Logger(DatabaseModule.name);
    return {
      module: DatabaseModule,
      providers: [
        { provide: OPENED, useFactory: () => openDatabase({ ...options, log: (message) => logger.log(message) }) },
        { provide: Database, inject: [OPENED], useFactory: ({ database }: OpenedDatabase) => database },
        { provide: DataSource, inject: [Database], useFactory: ({ dataSource }: Database) => dataSource },
      ],
      exports: [Database, DataSource],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.opened.close();
  }
}
