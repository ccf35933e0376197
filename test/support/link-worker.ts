/**
 * A worker process that does nothing but keep links, for tests that kill it. Run compiled:
 * `node dist/test/support/link-worker.js <database url> <base64 key>`; prints a line once a link is ready.
 */
import { createDataSource } from '../../src/database/data-source.js';
import { Database } from '../../src/database/database.js';
import { createLinkKeeper, testVault } from './link-rig.js';

const [url, key] = process.argv.slice(2) as [string, string];
const dataSource = createDataSource({ url, poolSize: 3, applicationName: 'kabinet link worker' });
await dataSource.initialize();
const keeper = createLinkKeeper(new Database(dataSource), { vault: testVault(Buffer.from(key, 'base64')) });
const ready = () => {
  if (keeper.active().some(({ provider }) => provider.state().status === 'ready')) process.stdout.write('ready\n');
};
keeper.onFreeSlots(ready);
await keeper.start();
