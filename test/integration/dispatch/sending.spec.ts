import { SmppProvider } from '../../../src/modules/providers/smpp/smpp-provider.js';
import { readSmppSettings } from '../../../src/modules/providers/smpp/smpp-settings.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { statesOf, violations } from '../../support/dispatch-audit.js';
import { DispatchRig, phones, seedAccount, seedMessages, seedProvider } from '../../support/dispatch-rig.js';
import { SandboxOperator } from '../../support/sandbox-operator.js';
import { until } from '../../support/until.js';

describe('sending', () => {
  let db: TestDatabase;
  let operator: SandboxOperator;
  let rig: DispatchRig;

  beforeEach(async () => {
    db = await createTestDatabase({ poolSize: 10 });
    operator = await SandboxOperator.start({ reportDelay: { minMs: 5, maxMs: 20 } });
    rig = new DispatchRig(db.database, undefined, { housekeepingMs: 100, dryMs: 200 });
  });

  afterEach(async () => {
    await rig.stop();
    await operator.stop();
    await db.drop();
  });

  const openLink = (provider: { id: string; ratePerSecond: number }, settings: Record<string, unknown> = {}) => {
    const link = new SmppProvider({
      settings: readSmppSettings({
        host: '127.0.0.1',
        port: operator.ports.smpp,
        reconnectMinMs: 20,
        throttleMinMs: 20,
        ...settings,
      }),
      credentials: { systemId: 'kabinet', password: 'sandbox' },
    });
    rig.connections.open(provider, link);
    return link;
  };

  it('sends what is queued, once, captures it, and leaves an empty queue', async () => {
    const account = await seedAccount(db.database);
    const provider = await seedProvider(db.database);
    await seedMessages(db.database, { account, providerId: provider.id, recipients: phones(300) });
    openLink(provider);
    rig.dispatcher.start();
    await until('all are submitted', async () => (await statesOf(db.database))['submitted'] === 300, 10_000);
    expect(operator.stats()).toMatchObject({ answeredOk: 300, received: 300 });
    expect(await violations(db.database)).toEqual([]);
    const [wallet] = await rig.ledger.wallets(account.id);
    expect(wallet).toMatchObject({ heldMicros: 0n, availableMicros: 1_000_000_000n - 3_000_000n });
    await until(
      'the dry stream is removed',
      async () => (await db.database.query('SELECT FROM message_streams')).length === 0,
    );
    expect(await db.database.query('SELECT FROM message_queue')).toEqual([]);
  });
});
