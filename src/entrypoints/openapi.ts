import { mkdir, writeFile } from 'node:fs/promises';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { SwaggerModule } from '@nestjs/swagger';
import { readEnv } from '../config/env.js';
import { createHttpAdapter } from '../gateway/http.js';
import { createOpenApiDocument } from '../gateway/openapi.js';
import metadata from '../metadata.js';
import { AppModule } from './app.module.js';

/** Writes `openapi/openapi.json` from the code, or with `--print` to stdout. Needs no database. */
await SwaggerModule.loadPluginMetadata(metadata);
const app = await NestFactory.create<NestFastifyApplication>(AppModule.forRoot(readEnv({})), createHttpAdapter(), {
  logger: ['error'],
  preview: true,
});
const text = `${JSON.stringify(createOpenApiDocument(app), null, 2)}\n`;
if (process.argv.includes('--print')) {
  process.stdout.write(text);
} else {
  await mkdir('openapi', { recursive: true });
  await writeFile('openapi/openapi.json', text);
  console.log(`openapi/openapi.json: ${Object.keys(JSON.parse(text).paths).length} paths`);
}
await app.close();
