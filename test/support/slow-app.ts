import { writeSync } from 'node:fs';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { readEnv } from '../../src/config/env.js';
import { Database } from '../../src/database/database.js';
import { DatabaseModule } from '../../src/database/database.module.js';
import { createHttpAdapter } from '../../src/gateway/http.js';

/**
 * The smallest application on DatabaseModule, for the spec of its shutdown: a request that needs the database at its start and
 * at its end, and a provider that drains work which needs it, too. Says its address, and later what it drained, on a line.
 */
@Controller()
class SlowController {
  constructor(private readonly database: Database) {}

  @Get('slow')
  async slow(): Promise<{ answer: number }> {
    writeSync(1, 'in flight\n');
    await this.database.query('SELECT pg_sleep(0.7)');
    const [row] = await this.database.query<{ answer: number }>('SELECT 42 AS answer');
    return { answer: row!.answer };
  }

  async beforeApplicationShutdown(): Promise<void> {
    const [row] = await this.database.query<{ n: number }>('SELECT count(*)::int AS n FROM schema_migrations');
    writeSync(1, `drained over ${row!.n} migrations\n`);
  }
}

@Module({
  imports: [DatabaseModule.forRoot({ env: readEnv(), entities: [], applicationName: 'kabinet slow app' })],
  controllers: [SlowController],
})
class SlowAppModule {}

const app = await NestFactory.create<NestFastifyApplication>(SlowAppModule, createHttpAdapter(), {
  logger: ['error'],
});
app.enableShutdownHooks();
await app.listen(0, '127.0.0.1');
writeSync(1, `${await app.getUrl()}\n`);
