import { createDataSource } from '../../src/database/data-source.js';
import { Database } from '../../src/database/database.js';
import type { DispatchSettings } from '../../src/modules/messages/dispatch/dispatch-settings.js';
import { DispatchRig, openSmppLink } from './dispatch-rig.js';

/** What a worker process of its own is told, as its only argument (JSON). */
export interface WorkerOrder {
  url: string;
  port: number;
  provider: { id: string; ratePerSecond: number };
  bindNo: number;
  link: Record<string, unknown>;
  settings: Partial<DispatchSettings>;
}

/** A sending worker as a process, which a test may kill. SIGTERM stops it gracefully; it prints `ready` when it runs. */
const order = JSON.parse(process.argv[2]!) as WorkerOrder;
const dataSource = createDataSource({ url: order.url, poolSize: 8, applicationName: 'kabinet spec worker' });
await dataSource.initialize();
const rig = new DispatchRig(new Database(dataSource), undefined, order.settings);
openSmppLink(rig, order.port, order.provider, order.link, order.bindNo);
rig.start();
process.once('SIGTERM', () => {
  void rig.stop(5_000).then(async () => {
    await dataSource.destroy();
    process.exit(0);
  });
});
process.stdout.write('ready\n');
