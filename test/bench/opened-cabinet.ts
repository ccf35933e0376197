import { randomBytes } from 'node:crypto';
import { readEnv } from '../../src/config/env.js';
import { openServer } from '../../src/database/open-server.js';
import {
  firstOperator,
  makeApiKey,
  recordPayment,
  register,
  setUp,
  signIn,
} from '../../src/entrypoints/demo/cabinet.js';
import { PortalClient } from '../../src/entrypoints/demo/portal-client.js';
import { type DemoProcesses, type OperatorSettings, startProcesses } from '../../src/entrypoints/demo/processes.js';
import { embeddedPostgres } from './cpu-meter.js';

/** An operator that answers at once and delivers everything. */
export const QUICK_OPERATOR: OperatorSettings = {
  answerDelay: { minMs: 0, maxMs: 0 },
  reportDelay: { minMs: 0, maxMs: 20 },
  shares: { undelivered: 0, expired: 0 },
  submitsPerSecond: 0,
};

/**
 * A cabinet as a benchmark finds it: embedded PostgreSQL, API, worker and sandbox operator as processes of their own, one account with
 * money, an API key and a route to the operator.
 */
export interface OpenedCabinet {
  processes: DemoProcesses;
  databaseUrl: string;
  accountId: string;
  apiKey: string;
  /** With the API key. */
  portal: PortalClient;
  /** An operator of the platform, signed in when the cabinet was opened. */
  staff: PortalClient;
  /** Anew: a token does not last as long as some preparations. */
  signInStaff(): Promise<PortalClient>;
  /** PostgreSQL's processes at this moment. */
  postgres: () => number[];
  close(): Promise<void>;
}

export interface CabinetOptions {
  dataDir?: string;
  operator?: OperatorSettings;
  /** Of the provider. */
  ratePerSecond?: number;
}

export async function openCabinet({
  dataDir = '.data/bench',
  operator = QUICK_OPERATOR,
  ratePerSecond = 100_000,
}: CabinetOptions = {}): Promise<OpenedCabinet> {
  const processes = await startProcesses(dataDir, operator, 0);
  const server = await openServer(readEnv({ DATA_DIR: dataDir }), () => undefined);
  const close = async () => {
    await server.release();
    await processes.stop();
  };
  try {
    const account = await openAccount(processes, ratePerSecond);
    const signInStaff = () => signInOperator(processes);
    return { processes, databaseUrl: server.url, ...account, signInStaff, postgres: embeddedPostgres(dataDir), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function signInOperator({ apiUrl, dataDir }: DemoProcesses): Promise<PortalClient> {
  return signIn(new PortalClient(apiUrl), '/admin/v1/sessions', await firstOperator(dataDir));
}

async function openAccount(
  processes: DemoProcesses,
  ratePerSecond: number,
): Promise<Pick<OpenedCabinet, 'accountId' | 'apiKey' | 'portal' | 'staff'>> {
  const anonymous = new PortalClient(processes.apiUrl);
  const staff = await signInOperator(processes);
  await setUp(staff, processes, ratePerSecond);
  const owner = { login: 'bench@example.org', password: randomBytes(12).toString('base64url') };
  const accountId = await register(anonymous, processes, owner);
  const apiKey = await makeApiKey(await signIn(anonymous, '/v1/sessions', owner));
  await recordPayment(staff, accountId, '1000000.00', 'bench');
  return { accountId, apiKey, portal: anonymous.as(apiKey), staff };
}
