import { createHash } from 'node:crypto';
import type { HttpAnswer } from '../http/answer-reader.js';
import { parseLosslessJson } from '../http/lossless-json.js';
import type { BuiltRequest } from '../http/request-builder.js';
import { isObject } from '../http/shape-reader.js';
import { sideRequest } from '../http/side-request.js';
import { forUrl } from '../http/template.js';
import type { ProviderReport, ReportStatus, StatusAnswer, StatusQuery } from '../sms-provider.js';
import type { Preset } from './preset.js';

const STATUSES: Record<string, ReportStatus> = {
  '': 'submitted',
  partly_deliver: 'submitted',
  deliver: 'delivered',
  not_deliver: 'undelivered',
  expired: 'expired',
};
/** More of them is its error 14. */
const MOST_NUMBERS = 50;
/** Ids of 22 digits: more of them make addresses longer than servers like. */
const MOST_STATUSES = 50;

/**
 * Intis Telecom and those who run its software (sms16.ru and others, by `baseUrl`). Requests are signed and bear the time of its
 * own clock. It takes no reference of ours, and is asked for states by its ids: a message whose answer was lost stays unknown.
 */
export const intis: Preset<{ currency: string }> = {
  company: 'Intis Telecom, sms16.ru',
  baseUrl: 'https://new.sms16.ru/get',
  hosts: ['sms16.ru', 'intistele.com'],
  credentials: { login: 'required', apiKey: 'required' },
  fields: ['currency'],
  read: (shape, { currency = 'RUB' }) => ({
    currency: shape.text(currency, '/currency', { pattern: /^[A-Z]{3}$/ }),
  }),
  describe: ({ baseUrl, currency }) => ({
    request: {
      method: 'GET',
      url: `${baseUrl}/send.php`,
      query: { ...SIGNED, phone: '{{to}}', sender: '{{sender}}', text: '{{text}}' },
      batch: { most: MOST_NUMBERS, separator: ',', recipient: '/{{to}}' },
    },
    answer: {
      recipient: '/{{to}}',
      success: { source: { pointer: '/error' }, values: ['0'] },
      messageId: { pointer: '/id_sms' },
      // Of the request as a whole; the recipient's own is where success is read.
      errorCode: { pointer: '#/error' },
      cost: { source: { pointer: '/cost' }, currency, currencyIn: { pointer: '/currency' } },
      operator: { pointer: '/network' },
      parts: { pointer: '/count_sms' },
    },
    errors: [
      { codes: ['1', '2', '6', '7'], means: 'credentials' },
      { codes: ['32'], means: 'no_funds' },
      // The service is off; the time is missing; it cannot be billed.
      { codes: ['0', '000', '24', '35'], means: 'unavailable' },
      // The number is on a stop list.
      { codes: ['13', '34'], means: 'opted_out' },
      { codes: ['12', '19', '25'], means: 'unknown' },
    ],
    balance: {
      url: `${baseUrl}/balance.php`,
      query: SIGNED,
      amount: { pointer: '/money' },
      currency: { pointer: '/currency' },
    },
  }),
  traits: {
    kind: 'intis',
    finish: sign,
    clock: {
      request: (context) => sideRequest({ url: siblingOf(context.settings.request.url, 'timestamp') }, context),
      read: ({ status, text }) =>
        status === 200 && /^\s*\d{10}\s*$/.test(text) ? new Date(Number(text) * 1_000) : null,
    },
    statuses: {
      most: MOST_STATUSES,
      request: (queries, context) => {
        const ids = queries.map(({ providerMessageId }) => providerMessageId).filter((id) => /^\d+$/.test(id));
        const url = siblingOf(context.settings.request.url, 'status');
        return ids.length === 0 ? null : sideRequest({ url, query: { ...SIGNED, state: ids.join(',') } }, context);
      },
      read: readStatuses,
    },
  },
};

const SIGNED = { login: '{{secret.login}}', return: 'json', timestamp: '{{timestamp}}' };

const siblingOf = (url: string, name: string): string => url.replace(/send\.php$/, `${name}.php`);

/** MD5 of all values in the order of their names, and of the key; then it joins them. What has no time is not signed. */
function sign(request: BuiltRequest, secrets: Readonly<Record<string, string>>): BuiltRequest {
  const query = [...new URL(request.path, request.origin).searchParams];
  if (!query.some(([name]) => name === 'timestamp')) return request;
  const values = query.toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, value]) => value);
  const signature = createHash('md5')
    .update(values.join('') + secrets['apiKey']!)
    .digest('hex');
  return { ...request, path: `${request.path}&signature=${forUrl(signature)}` };
}

/** Keyed by id. An id without a state is on its way; one that is not there was never theirs, or is not any more. */
function readStatuses(answer: HttpAnswer, queries: readonly StatusQuery[], receivedAt: Date): StatusAnswer[] {
  const states = parse(answer);
  return queries.map((query) => {
    const { clientReference, providerMessageId } = query;
    if (!states || providerMessageId === '') return { clientReference, result: null };
    const state = Object.hasOwn(states, providerMessageId) ? states[providerMessageId] : undefined;
    return { clientReference, result: isObject(state) ? toReport(state, query, receivedAt) : 'not_found' };
  });
}

/** Null for an error about the request as a whole. */
function parse({ status, text }: HttpAnswer): Record<string, unknown> | null {
  try {
    const root = parseLosslessJson(text);
    return status === 200 && isObject(root) && !('error' in root) ? root : null;
  } catch {
    return null;
  }
}

function toReport(
  state: Record<string, unknown>,
  { clientReference, providerMessageId, to }: StatusQuery,
  receivedAt: Date,
): ProviderReport {
  const word = typeof state['status'] === 'string' ? state['status'] : '';
  const status = STATUSES[word];
  return {
    providerMessageId,
    clientReference,
    to,
    status: status ?? 'unknown',
    intermediate: status === undefined || status === 'submitted',
    errorCode: status === 'delivered' || status === 'submitted' ? null : word,
    doneAt: null,
    receivedAt,
    raw: JSON.stringify(state).slice(0, 4_000),
  };
}
