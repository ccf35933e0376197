import { readEnv } from './config/env.js';
import { startProcess } from './entrypoints/process.js';

try {
  const { lines } = await startProcess(readEnv());
  for (const line of lines) console.log(line);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
