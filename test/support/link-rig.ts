import { randomBytes } from 'node:crypto';
import { type Env, readEnv } from '../../src/config/env.js';
import { Secrets } from '../../src/config/secrets.js';
import type { Database } from '../../src/database/database.js';
import { type Clock, SystemClock } from '../../src/kernel/clock.js';
import { AccountAudit, AccountOpenings, AccountsService } from '../../src/modules/accounts/index.js';
import { PauseProvider } from '../../src/modules/providers/actions/pause-provider.js';
import { BindLeases } from '../../src/modules/providers/connections/bind-leases.js';
import { ConnectionSettings } from '../../src/modules/providers/connections/connection-settings.js';
import { LinkKeeper } from '../../src/modules/providers/connections/link-keeper.js';
import { LinkOpener } from '../../src/modules/providers/connections/link-opener.js';
import { CredentialVault } from '../../src/modules/providers/credentials/credential-vault.js';
import { ProvidersService } from '../../src/modules/providers/providers.service.js';
import { InboundInbox } from '../../src/modules/providers/inbound-inbox.js';
import { ReportInbox } from '../../src/modules/providers/report-inbox.js';
import { numbersOf } from './numbers.js';

export const TEST_KEY = randomBytes(32);

export const testVault = (key = TEST_KEY, id = 'k1') =>
  new CredentialVault(new Secrets(Buffer.alloc(32, 1), [{ id, key }]));

export const QUICK: ConnectionSettings = {
  leaseMs: 1_500,
  leaseMarginMs: 300,
  tickMs: 60,
  takeNextMs: 30,
  drainMs: 500,
  failurePauseMs: 200,
};

/** The links of one worker, wired by hand: several of them can live in one test. */
export function createLinkKeeper(
  database: Database,
  options: { settings?: ConnectionSettings; vault?: CredentialVault; env?: Partial<Env>; clock?: Clock } = {},
): LinkKeeper {
  const { settings = QUICK, vault = testVault(), env, clock = new SystemClock() } = options;
  const accounts = new AccountsService(database, clock, new AccountOpenings(), new AccountAudit(clock));
  const providers = new ProvidersService(database, numbersOf(database));
  return new LinkKeeper(
    database,
    new BindLeases(database),
    new LinkOpener(database, vault, Object.assign(readEnv({}), { ALLOW_PRIVATE_ADDRESSES: true }, env), clock),
    new ReportInbox(database),
    new InboundInbox(database),
    new PauseProvider(database, accounts, new AccountAudit(clock), providers, clock),
    clock,
    settings,
  );
}
