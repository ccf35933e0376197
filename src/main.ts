import { readEnv } from './config/env.js';
import { ServerAhead } from './database/open-server.js';

let server: ServerAhead | undefined;
try {
  const env = readEnv();
  server = new ServerAhead(env);
  await server.begun;
  // Loaded now and not above: it takes a second, in which the server starts.
  const { startProcess } = await import('./entrypoints/process.js');
  const { lines } = await startProcess(env, server);
  for (const line of lines) console.log(line);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  await server?.release();
  process.exit(1);
}
