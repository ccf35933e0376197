import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PortalClient } from './portal-client.js';
import type { DemoProcesses } from './processes.js';

/** How an operator and a clinic get to a working cabinet, each step over the REST API. Used by the demo and by benchmarks. */
export interface Credentials {
  login: string;
  password: string;
}

export const SELLER = {
  code: 'kabinet-ru',
  country: 'RU',
  currency: 'RUB',
  name: 'ООО «Кабинет»',
  taxNumber: '7736050003',
  taxReasonCode: '773601001',
  address: '117997, Москва, ул. Наметкина, 16',
  bank: {
    accountNumber: '40702810900000000001',
    bankName: 'ПАО СБЕРБАНК',
    bic: '044525225',
    correspondentAccount: '30101810400000000225',
  },
  vatRegime: 'standard',
  series: 'К',
  isDefault: true,
};

export async function firstOperator(dataDir: string): Promise<Credentials> {
  const [login, password] = (await readFile(join(dataDir, 'first-operator'), 'utf8')).split('\n');
  return { login: login!, password: password! };
}

export async function signIn(anonymous: PortalClient, path: string, credentials: Credentials): Promise<PortalClient> {
  return anonymous.as((await anonymous.post<{ accessToken: string }>(path, credentials)).accessToken);
}

/** A seller, the sandbox operator as provider with a route for everything, and a budget for codes and alerts. */
export async function setUp(staff: PortalClient, { smppPort }: DemoProcesses, ratePerSecond: number): Promise<void> {
  await staff.post('/admin/v1/legal-entities', SELLER);
  const provider = await staff.post<{ id: string }>('/admin/v1/providers', {
    code: 'sandbox',
    kind: 'smpp',
    name: 'Sandbox operator',
    ratePerSecond,
    settings: { host: '127.0.0.1', port: smppPort },
    credentials: { systemId: 'kabinet', password: 'sandbox' },
  });
  await staff.post('/admin/v1/routes', { prefix: '', providerId: provider.id });
  const accounts = await staff.get<{ data: { id: string; kind: string; currency: string }[] }>(
    '/admin/v1/accounts?limit=100',
  );
  const platform = accounts.data.find(({ kind }) => kind === 'platform')!;
  const budget = { amount: '100.00', currency: platform.currency, reason: 'Budget for codes and alerts' };
  await staff.post(`/admin/v1/accounts/${platform.id}/adjustments`, budget);
}

/** Registers a clinic, proves its phone with the code that the sandbox operator delivered, and returns its account. */
export async function register(
  anonymous: PortalClient,
  { operatorControlUrl }: Pick<DemoProcesses, 'operatorControlUrl'>,
  owner: Credentials,
): Promise<string> {
  const phone = '79161234567';
  const { id } = await anonymous.post<{ id: string }>('/v1/registrations', {
    ...owner,
    email: 'reports@example.org',
    phone: `+${phone}`,
    organisation: 'Клиника «Здоровье»',
    country: 'RU',
    locale: 'ru',
    timeZone: 'Europe/Moscow',
  });
  const code = await codeOnPhone(operatorControlUrl, phone);
  return (await anonymous.post<{ accountId: string }>(`/v1/registrations/${id}/verify`, { code })).accountId;
}

/** Looks at the phone: the sandbox operator shows what arrived there. */
async function codeOnPhone(operatorControlUrl: string, phone: string): Promise<string> {
  for (let tries = 0; tries < 300; tries++) {
    const text = JSON.stringify(await (await fetch(`${operatorControlUrl}/inbox?to=${phone}`)).json());
    const code = /(?<!\d)\d{6}(?!\d)/.exec(text.replaceAll(phone, ''))?.[0];
    if (code) return code;
    await sleep(200);
  }
  throw new Error('no code arrived on the phone within a minute');
}

/** An API key for the portal, with every right that its owner has. */
export async function makeApiKey(user: PortalClient): Promise<string> {
  const { permissions } = await user.get<{ permissions: string[] }>('/v1/me');
  return (await user.post<{ key: string }>('/v1/api-keys', { name: 'Portal', scopes: permissions })).key;
}

/** Staff records a payment, and the wallet is credited. */
export function recordPayment(
  staff: PortalClient,
  accountId: string,
  amount: string,
  purpose: string,
): Promise<unknown> {
  return staff.post(`/admin/v1/accounts/${accountId}/payments`, {
    seller: SELLER.code,
    amount: { amount, currency: SELLER.currency },
    receivedOn: new Date().toISOString().slice(0, 10),
    payerName: 'ООО «Здоровье»',
    purpose,
    bankReference: `bank-${Date.now()}`,
  });
}
