import { fileURLToPath } from 'node:url';
import { Child, freePort } from '../../src/entrypoints/demo/child.js';

const MAIN = fileURLToPath(new URL('../../src/main.js', import.meta.url));

/** One more process of the product on the embedded PostgreSQL of a data folder; resolves when it says that it runs. */
export async function startProduct(role: 'all' | 'worker', dataDir: string, name: string): Promise<Child> {
  const child = Child.start(name, dataDir, ['--max-old-space-size=256', MAIN], {
    DATA_DIR: dataDir,
    DATABASE_URL: '',
    HOST: '127.0.0.1',
    PORT: String(await freePort()),
    LOG_LEVEL: 'warn',
    ALLOW_PRIVATE_ADDRESSES: 'true',
    ROLE: role,
  });
  await child.line((text) => text.startsWith(role === 'worker' ? 'Kabinet worker' : 'Kabinet listens'));
  return child;
}
