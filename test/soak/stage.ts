import { randomBytes } from 'node:crypto';
import {
  firstOperator,
  makeApiKey,
  recordPayment,
  register,
  SELLER,
  signIn,
} from '../../src/entrypoints/demo/cabinet.js';
import { PortalClient } from '../../src/entrypoints/demo/portal-client.js';
import type { Crew } from './crew.js';
import { type Gateway, GATEWAY_TOKEN } from './gateway.js';

export const SYSTEM_IDS = { north: 'kabinet', south: 'kabinet-south' } as const;
export const PASSWORD = 'sandbox';
/** After this an SMPP answer is late. */
export const RESPONSE_TIMEOUT_MS = 4_000;
const WINDOW = 20;
const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

export interface Stage {
  accountId: string;
  apiKey: string;
  /** The provider whose hours end during the run. */
  southId: string;
  /** Signs in anew each time: a run may outlast a token. */
  staff(): Promise<PortalClient>;
}

export interface StageOptions {
  gateway: Gateway;
  dataDir: string;
  ratePerSecond: number;
  /** `HH:MM` in UTC at which the second provider closes. */
  closesAt: string;
}

/** Sets everything up as people would, over the REST API: seller, three providers that share the traffic, one of them over HTTP, a clinic with money. */
export async function setStage(
  crew: Crew,
  { dataDir, gateway, ratePerSecond, closesAt }: StageOptions,
): Promise<Stage> {
  const anonymous = new PortalClient(crew.apiUrls[0]!);
  const credentials = await firstOperator(dataDir);
  const staff = () => signInAnywhere(crew.apiUrls, credentials);
  const ops = await staff();
  await ops.post('/admin/v1/legal-entities', SELLER);
  const provider = async (name: keyof typeof SYSTEM_IDS, more: Record<string, unknown>): Promise<string> => {
    const { settings = {}, ...rest } = more as { settings?: object };
    const { id } = await ops.post<{ id: string }>('/admin/v1/providers', {
      code: name,
      kind: 'smpp',
      name,
      ratePerSecond,
      maxBinds: 3,
      credentials: { systemId: SYSTEM_IDS[name], password: PASSWORD },
      ...rest,
      settings: {
        host: '127.0.0.1',
        port: crew.operator.port,
        windowSize: WINDOW,
        responseTimeoutMs: RESPONSE_TIMEOUT_MS,
        reconnectMaxMs: 2_000,
        ...settings,
      },
    });
    await ops.post('/admin/v1/routes', { prefix: '', providerId: id });
    return id;
  };
  await provider('north', {});
  await fundPlatform(ops);
  const owner = { login: 'clinic@example.org', password: `soak ${randomBytes(9).toString('base64url')}` };
  const accountId = await register(anonymous, { operatorControlUrl: controlUrl(crew) }, owner);
  const user = await signIn(anonymous, '/v1/sessions', owner);
  await recordPayment(ops, accountId, '1000000.00', 'soak');
  const sendingWindow = {
    timeZone: 'UTC',
    days: Object.fromEntries(DAYS.map((day) => [day, [{ from: '00:00', to: closesAt }]])),
  };
  const southId = await provider('south', { sendingWindow, settings: { concatenation: 'sar' } });
  const web = await ops.post<{ id: string }>('/admin/v1/providers', {
    code: 'web',
    kind: 'http',
    name: 'web',
    ratePerSecond,
    maxBinds: 3,
    credentials: { token: GATEWAY_TOKEN },
    settings: gateway.settings(RESPONSE_TIMEOUT_MS),
  });
  await ops.post('/admin/v1/routes', { prefix: '', providerId: web.id });
  return { accountId, apiKey: await makeApiKey(user), southId, staff };
}

/** At the first API that answers: another may have been killed a moment ago. */
async function signInAnywhere(
  urls: readonly string[],
  credentials: Parameters<typeof signIn>[2],
): Promise<PortalClient> {
  let failure: unknown;
  for (const url of urls) {
    try {
      return await signIn(new PortalClient(url), '/admin/v1/sessions', credentials);
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

const controlUrl = (crew: Crew): string => `http://127.0.0.1:${crew.operator.controlPort}`;

async function fundPlatform(ops: PortalClient): Promise<void> {
  const accounts = await ops.get<{ data: { id: string; kind: string; currency: string }[] }>(
    '/admin/v1/accounts?limit=100',
  );
  const { id, currency } = accounts.data.find(({ kind }) => kind === 'platform')!;
  await ops.post(`/admin/v1/accounts/${id}/adjustments`, { amount: '100.00', currency, reason: 'Budget for codes' });
}
