import { sideRequest } from '../http/side-request.js';
import type { ReportStatus } from '../sms-provider.js';
import { askOneByOne } from './ask-one-by-one.js';
import type { Preset } from './preset.js';

/** In words and, in reports, in numbers. */
const STATES: readonly (readonly [number: string, word: string, status: ReportStatus])[] = [
  ['401', 'NOT_FOUND', 'unknown'],
  ['402', 'EXPIRED', 'expired'],
  ['403', 'SENT', 'submitted'],
  ['404', 'DELIVERED', 'delivered'],
  ['405', 'UNDELIVERED', 'undelivered'],
  ['406', 'FAILED', 'rejected'],
  ['407', 'REJECTED', 'rejected'],
  ['408', 'UNKNOWN', 'unknown'],
  ['409', 'QUEUE', 'submitted'],
  ['410', 'ACCEPTED', 'submitted'],
  ['411', 'RENEWAL', 'submitted'],
  ['412', 'STOP', 'rejected'],
];
const STATUSES = Object.fromEntries(
  STATES.flatMap(([number, word, status]) => [
    [number, status],
    [word, status],
  ]),
);
const NO_ERRORS = STATES.filter(([, , status]) => status === 'delivered' || status === 'submitted').flatMap(
  ([number, word]) => [number, word],
);

/**
 * SMSAPI.pl (and .com, by `baseUrl`). It refuses a reference that it has seen: what such a refusal says is that the first try
 * arrived. It bills in points, which are no currency: no cost is read.
 */
export const smsapi: Preset = {
  company: 'SMSAPI',
  baseUrl: 'https://api.smsapi.pl',
  hosts: ['smsapi.pl', 'smsapi.com'],
  credentials: { token: 'required' },
  fields: [],
  read: () => ({}),
  describe: ({ baseUrl }) => ({
    request: {
      url: `${baseUrl}/sms.do`,
      minValiditySeconds: 960,
      maxValiditySeconds: 259_200,
      body: {
        type: 'form',
        fields: {
          to: '{{to}}',
          from: '{{sender}}',
          message: '{{text}}',
          encoding: 'utf-8',
          format: 'json',
          details: '1',
          idx: '{{reference}}',
          check_idx: '1',
          expiration_date: '{{validUntilUnix}}',
          notify_url: '{{callbackUrl}}',
        },
      },
    },
    auth: { type: 'bearer', token: '{{secret.token}}' },
    answer: {
      recipient: '/list/0',
      success: { source: { pointer: '/status' }, values: ['QUEUE', 'ACCEPTED', 'SENT', 'DELIVERED'] },
      messageId: { pointer: '/id' },
      errorCode: { pointer: '#/error' },
      errorText: { pointer: '#/message' },
      parts: { pointer: '#/parts' },
    },
    errors: [
      { codes: ['202', '203'], means: 'throttled' },
      // Wrong token, an address of ours that is not allowed, or a token without this right.
      { codes: ['101', '102', '105', '110', '1000'], means: 'credentials' },
      { codes: ['103'], means: 'no_funds' },
      // The reference was seen before; the submission failed inside.
      { codes: ['53', '200', '201', '999'], means: 'unknown' },
    ],
    reports: {
      format: 'any',
      separator: ',',
      fields: {
        messageId: '/MsgId',
        reference: '/idx',
        status: '/status',
        statusGroup: '/status_name',
        errorCode: '/status',
        doneAt: '/donedate',
        to: '/to',
      },
      doneAtFormat: 'unix',
      noErrorCodes: NO_ERRORS,
      statuses: STATUSES,
      answer: { body: 'OK' },
    },
    inbound: {
      format: 'any',
      fields: { from: '/sms_from', to: '/sms_to', text: '/sms_text', messageId: '/MsgId' },
    },
    balance: {
      url: `${baseUrl}/profile`,
      amount: { pointer: '/points' },
      currency: { value: 'points' },
    },
  }),
  traits: {
    kind: 'smsapi',
    statuses: askOneByOne({
      answer: {
        list: '/list',
        fields: { messageId: '/id', reference: '/idx', status: '/status', errorCode: '/error' },
        statuses: STATUSES,
      },
      request: ({ providerMessageId }, context) =>
        providerMessageId === ''
          ? null
          : sideRequest(
              { url: context.settings.request.url, query: { status: providerMessageId, format: 'json' } },
              context,
            ),
      knowsNothing: ({ text }) => /"error"\s*:\s*"?(301|400)\b/.test(text),
    }),
  },
};
