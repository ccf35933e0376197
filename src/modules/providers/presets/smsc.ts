import { sideRequest } from '../http/side-request.js';
import type { ReportStatus } from '../sms-provider.js';
import { askOneByOne } from './ask-one-by-one.js';
import type { Preset } from './preset.js';

/** Their numbers. 2 (read) and 4 (a link in it was opened) say more than delivered. -3, "not found", is no state. */
const STATUSES: Record<string, ReportStatus> = {
  '-2': 'rejected',
  '-1': 'submitted',
  '0': 'submitted',
  '1': 'delivered',
  '2': 'delivered',
  '3': 'expired',
  '4': 'delivered',
  '20': 'undelivered',
  '22': 'rejected',
  '23': 'rejected',
  '24': 'rejected',
  '25': 'undelivered',
};

/**
 * SMSC.ru. It takes our reference as the id of the message, so that it can be asked about a message whose answer was lost. Its
 * reports go to one address that is set in the account: `reports: "callback"` says that ops put ours there; else it is asked.
 */
export const smsc: Preset<{ reports: 'polled' | 'callback'; currency: string }> = {
  company: 'SMSC.ru',
  baseUrl: 'https://smsc.ru',
  hosts: ['smsc.ru', 'smsc.kz'],
  credentials: { login: 'optional', password: 'optional', apiKey: 'optional' },
  checkCredentials: (has) =>
    has('apiKey') || (has('login') && has('password')) ? [] : [{ pointer: '/apiKey', code: 'required' }],
  fields: ['reports', 'currency'],
  read: (shape, { reports = 'polled', currency = 'RUB' }) => ({
    reports: shape.oneOf(reports, '/reports', ['polled', 'callback'] as const),
    currency: shape.text(currency, '/currency', { pattern: /^[A-Z]{3}$/ }),
  }),
  describe: ({ baseUrl, reports, currency }, has) => ({
    request: {
      url: `${baseUrl}/sys/send.php`,
      minValiditySeconds: 3_600,
      maxValiditySeconds: 86_400,
      body: {
        type: 'form',
        fields: {
          ...credentials(has),
          phones: '{{to}}',
          mes: '{{text}}',
          sender: '{{sender}}',
          id: '{{reference}}',
          charset: 'utf-8',
          fmt: '3',
          // Sends, and names the price.
          cost: '2',
          valid: '{{validityHours}}',
        },
      },
    },
    answer: {
      messageId: { pointer: '/id' },
      errorCode: { pointer: '/error_code' },
      errorText: { pointer: '/error' },
      cost: { source: { pointer: '/cost' }, currency },
      parts: { pointer: '/cnt' },
    },
    errors: [
      { codes: ['2'], means: 'credentials' },
      { codes: ['3'], means: 'no_funds' },
      // Our address is blocked for a while.
      { codes: ['4'], means: 'unavailable' },
      // The same again within a minute, or too many at once.
      { codes: ['9'], means: 'throttled' },
    ],
    ...(reports === 'callback' && {
      reports: {
        format: 'any',
        fields: { messageId: '/id', reference: '/id', status: '/status', errorCode: '/err', to: '/phone' },
        statuses: STATUSES,
      },
    }),
    inbound: {
      format: 'any',
      fields: { from: '/phone', to: '/to', text: '/mes', messageId: '/sms_id' },
    },
    balance: {
      url: `${baseUrl}/sys/balance.php`,
      query: { ...credentials(has), fmt: '3', cur: '1' },
      amount: { pointer: '/balance' },
      currency: { pointer: '/currency' },
    },
  }),
  traits: {
    kind: 'smsc',
    statuses: askOneByOne({
      byReference: true,
      answer: {
        fields: { status: '/status', errorCode: '/err', doneAt: '/last_timestamp' },
        statuses: STATUSES,
        doneAtFormat: 'unix',
      },
      request: ({ providerMessageId, clientReference, to }, context) => {
        const { url, query } = context.settings.balance!;
        const { cur: _cur, ...known } = query;
        return sideRequest(
          {
            url: url.replace(/balance\.php$/, 'status.php'),
            query: { ...known, charset: 'utf-8', phone: to, id: providerMessageId || clientReference },
          },
          context,
        );
      },
      knowsNothing: ({ text }) => /"status"\s*:\s*"?-3\b/.test(text),
    }),
  },
};

const credentials = (has: (name: string) => boolean): Record<string, string> =>
  has('apiKey') ? { apikey: '{{secret.apiKey}}' } : { login: '{{secret.login}}', psw: '{{secret.password}}' };
