import type { BalanceSettings } from './http-settings.js';
import type { AskContext } from './http-traits.js';
import { type BuiltRequest, RequestBuilder } from './request-builder.js';

/** No message is sent: what the templates may name is secrets and the time. */
const NOTHING = {
  to: '',
  text: '',
  sender: '',
  reference: '',
  encoding: 'gsm7',
  partNo: 1,
  partsTotal: 1,
  concatReference: 0,
  validUntil: null,
} as const;

type SideRequest = Partial<Pick<BalanceSettings, 'method' | 'query' | 'headers'>> & Pick<BalanceSettings, 'url'>;

/** A request that asks instead of sending, with the credentials of the sending ones. Throws UnwritableRequestError. */
export function sideRequest(
  { method = 'GET', url, query = {}, headers = {} }: SideRequest,
  { settings, secrets, now }: AskContext,
): BuiltRequest {
  const encodings = { gsm7: 'gsm7', ucs2: 'ucs2' };
  const request = { method, url, query, headers, body: null, unit: 'message', encodings, signature: null } as const;
  return new RequestBuilder({ request, auth: settings.auth }, { secrets, callbackUrl: null }).build([NOTHING], now);
}
