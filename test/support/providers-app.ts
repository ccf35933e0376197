import { Secrets } from '../../src/config/secrets.js';
import { SystemClock, Clock } from '../../src/kernel/clock.js';
import { AccountsModule } from '../../src/modules/accounts/index.js';
import { ConnectionSettings } from '../../src/modules/providers/connections/connection-settings.js';
import { ProviderConnections, ProvidersModule } from '../../src/modules/providers/index.js';
import { createTestApp, type TestApp } from './app.js';
import { createTestDatabase, type TestDatabase } from './database.js';
import { QUICK, TEST_KEY } from './link-rig.js';

export interface ProvidersApp extends TestApp {
  db: TestDatabase;
  connections: ProviderConnections;
}

/** The providers' own routes on a listening socket, with a worker's links in the same process (not started). */
export async function createProvidersApp(publicUrl = 'https://kabinet.example'): Promise<ProvidersApp> {
  const db = await createTestDatabase({ poolSize: 15 });
  const app = await createTestApp({
    imports: [AccountsModule, ProvidersModule],
    database: db.database,
    env: { PUBLIC_URL: publicUrl },
    providers: [
      { provide: Secrets, useValue: new Secrets(Buffer.alloc(32, 1), [{ id: 'k1', key: TEST_KEY }]) },
      { provide: Clock, useValue: new SystemClock() },
    ],
  });
  Object.assign(app.app.get(ConnectionSettings), QUICK);
  const connections = app.app.get(ProviderConnections);
  return {
    ...app,
    db,
    connections,
    close: async () => {
      await connections.stop(200);
      await app.close();
      await db.drop();
    },
  };
}
