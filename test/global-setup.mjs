import { existsSync } from 'node:fs';

const compiled = new URL('../dist/test/support/server.js', import.meta.url);

/** One PostgreSQL for all spec files. */
export default async function globalSetup() {
  if (!existsSync(compiled)) throw new Error('Run "npm run build" before the tests: they use the compiled migrations.');
  const { startTestServer, TEST_SERVER_KEY } = await import(compiled.href);
  const { server, stop } = await startTestServer();
  process.env[TEST_SERVER_KEY] = JSON.stringify(server);
  globalThis.stopTestServer = stop;
}
