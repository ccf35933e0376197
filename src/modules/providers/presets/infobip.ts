import { parseLosslessJson } from '../http/lossless-json.js';
import { isObject } from '../http/shape-reader.js';
import { sideRequest } from '../http/side-request.js';
import type { ReportStatus } from '../sms-provider.js';
import { askOneByOne } from './ask-one-by-one.js';
import type { Preset } from './preset.js';

/** Groups of states, and the one state that is not what its group says: handed to the operator is not delivered. */
const STATUSES: Record<string, ReportStatus> = {
  DELIVERED_TO_OPERATOR: 'submitted',
  ACCEPTED: 'submitted',
  PENDING: 'submitted',
  UNDELIVERABLE: 'undelivered',
  DELIVERED: 'delivered',
  EXPIRED: 'expired',
  REJECTED: 'rejected',
};

/** Registered as not to be disturbed. */
const OPTED_OUT = ['REJECTED_DND'];

/** It names no limit. What is lost with one answer is asked about one by one. */
const MOST_MESSAGES = 50;

const FIELDS = {
  messageId: '/messageId',
  reference: '/callbackData',
  status: '/status/name',
  statusGroup: '/status/groupName',
  errorCode: '/error/name',
  doneAt: '/doneAt',
  to: '/to',
  operator: '/mccMnc',
};

/**
 * Infobip. It takes our reference as the id of the message, so a report or a question finds a message whose answer was lost.
 * The price in its reports is that of one part, whatever the message has: it is not taken for the cost.
 */
export const infobip: Preset = {
  company: 'Infobip',
  baseUrl: 'https://api.infobip.com',
  hosts: ['infobip.com'],
  credentials: { apiKey: 'required' },
  fields: [],
  read: () => ({}),
  describe: ({ baseUrl }) => ({
    request: {
      url: `${baseUrl}/sms/2/text/advanced`,
      maxValiditySeconds: 172_800,
      body: {
        type: 'json',
        content: {
          messages: [
            {
              '{{each}}': {
                from: '{{sender}}',
                destinations: [{ to: '{{to}}', messageId: '{{reference}}' }],
                text: '{{text}}',
                validityPeriod: '{{number:validityMinutes}}',
                notifyUrl: '{{callbackUrl}}',
                notifyContentType: 'application/json',
                intermediateReport: true,
                callbackData: '{{reference}}',
              },
            },
          ],
        },
      },
      batch: { most: MOST_MESSAGES, recipient: '/messages/[messageId={{reference}}]' },
    },
    auth: { type: 'header', name: 'Authorization', value: 'App {{secret.apiKey}}' },
    answer: {
      recipient: '/messages/0',
      success: { source: { pointer: '/status/groupName' }, values: ['PENDING', 'ACCEPTED', 'DELIVERED'] },
      messageId: { pointer: '/messageId' },
      errorCode: { pointer: '/status/name' },
      errorText: { pointer: '/status/description' },
      parts: { pointer: '/smsCount' },
    },
    errors: [
      { statuses: [403], means: 'credentials' },
      { codes: ['REJECTED_NOT_ENOUGH_CREDITS'], means: 'no_funds' },
      { codes: OPTED_OUT, means: 'opted_out' },
      { codes: ['REJECTED_SYSTEM_ERROR'], means: 'unknown' },
    ],
    reports: {
      format: 'json',
      list: '/results',
      fields: FIELDS,
      noErrorCodes: ['NO_ERROR'],
      optOutCodes: OPTED_OUT,
      statuses: STATUSES,
    },
    inbound: {
      format: 'json',
      list: '/results',
      fields: { from: '/from', to: '/to', text: '/text', messageId: '/messageId' },
    },
    balance: {
      url: `${baseUrl}/account/1/balance`,
      amount: { pointer: '/balance' },
      currency: { pointer: '/currency' },
    },
  }),
  traits: {
    kind: 'infobip',
    statuses: askOneByOne({
      byReference: true,
      answer: { list: '/results', fields: FIELDS, noErrorCodes: ['NO_ERROR'], statuses: STATUSES },
      // Its log of the last days; the reports that it keeps can be read only once, and belong to the callback.
      request: ({ providerMessageId, clientReference }, context) =>
        sideRequest(
          {
            url: context.settings.request.url.replace(/\/sms\/2\/text\/advanced$/, '/sms/1/logs'),
            query: { messageId: providerMessageId || clientReference },
          },
          context,
        ),
      knowsNothing: ({ status, text }) => status === 200 && hasNoResults(text),
    }),
  },
};

function hasNoResults(text: string): boolean {
  try {
    const answer = parseLosslessJson(text);
    return isObject(answer) && Array.isArray(answer['results']) && answer['results'].length === 0;
  } catch {
    return false;
  }
}
