import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { createTestDatabase } from './database.js';
import { describeSchema } from './schema.js';
import { startTestServer, TEST_SERVER_KEY } from './server.js';

/** `npm run schema:update`: rewrites test/migrations/schema.sql from the migrations. */
const { server, stop } = await startTestServer();
try {
  process.env[TEST_SERVER_KEY] = JSON.stringify(server);
  const db = await createTestDatabase();
  try {
    const target = fileURLToPath(new URL('../../../test/migrations/schema.sql', import.meta.url));
    await writeFile(target, await describeSchema(db.database));
  } finally {
    await db.drop();
  }
} finally {
  await stop();
}
