import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { ReportCheck } from '../http/report-reader.js';
import type { Preset } from './preset.js';

const METHODS = ['md5hash', 'md5', 'sha1', 'sha256', 'sha512'] as const;
type SignatureMethod = (typeof METHODS)[number];

/**
 * Vonage's SMS API (Nexmo). A 200 says nothing: each part has a status of its own, and an id under which it is reported. Reports
 * are signed where the account has that switched on; then `signatureSecret` is to be filled in, and unsigned ones are refused.
 */
export const vonage: Preset<{ signatureMethod: SignatureMethod }> = {
  company: 'Vonage',
  baseUrl: 'https://rest.nexmo.com',
  hosts: ['nexmo.com', 'vonage.com'],
  credentials: { apiKey: 'required', apiSecret: 'required', signatureSecret: 'optional' },
  fields: ['signatureMethod'],
  read: (shape, { signatureMethod = 'sha256' }) => ({
    signatureMethod: shape.oneOf(signatureMethod, '/signatureMethod', METHODS),
  }),
  describe: ({ baseUrl }) => ({
    request: {
      url: `${baseUrl}/sms/json`,
      minValiditySeconds: 20,
      maxValiditySeconds: 604_800,
      body: {
        type: 'form',
        fields: {
          api_key: '{{secret.apiKey}}',
          api_secret: '{{secret.apiSecret}}',
          from: '{{sender}}',
          to: '{{to}}',
          text: '{{text}}',
          type: '{{encoding}}',
          ttl: '{{validityMilliseconds}}',
          'client-ref': '{{reference}}',
          callback: '{{callbackUrl}}',
        },
      },
      encodings: { gsm7: 'text', ucs2: 'unicode' },
    },
    answer: {
      recipient: '/messages/{{partIndex}}',
      success: { source: { pointer: '/status' }, values: ['0'] },
      messageId: { pointer: '/message-id' },
      errorCode: { pointer: '/status' },
      errorText: { pointer: '/error-text' },
      cost: { source: { pointer: '/message-price' }, currency: 'EUR' },
      operator: { pointer: '/network' },
      parts: { pointer: '#/message-count' },
    },
    errors: [
      { codes: ['1', '10'], means: 'throttled' },
      // Wrong key or secret; a signature that does not fit; an address of ours that is not allowed.
      { codes: ['4', '14', '32'], means: 'credentials' },
      // The number is barred.
      { codes: ['7'], means: 'opted_out' },
      { codes: ['5'], means: 'unknown' },
      { codes: ['9'], means: 'no_funds' },
      // The account is barred, or not meant for this API.
      { codes: ['8', '11'], means: 'unavailable' },
    ],
    reports: {
      // As the account has it: GET, POST of a form, or POST of JSON.
      format: 'any',
      fields: {
        messageId: '/messageId',
        reference: '/client-ref',
        status: '/status',
        errorCode: '/err-code',
        to: '/msisdn',
        operator: '/network-code',
        cost: '/price',
      },
      currency: 'EUR',
      // The user has asked for no messages from this sender.
      optOutCodes: ['9'],
      statuses: {
        delivered: 'delivered',
        failed: 'undelivered',
        expired: 'expired',
        rejected: 'rejected',
        accepted: 'submitted',
        buffered: 'submitted',
        unknown: 'unknown',
      },
    },
    inbound: {
      format: 'any',
      fields: {
        from: '/msisdn',
        to: '/to',
        text: '/text',
        messageId: '/messageId',
        concatReference: '/concat-ref',
        partNo: '/concat-part',
        partsTotal: '/concat-total',
      },
    },
    balance: {
      url: `${baseUrl}/account/get-balance`,
      query: { api_key: '{{secret.apiKey}}', api_secret: '{{secret.apiSecret}}' },
      amount: { pointer: '/value' },
      currency: { value: 'EUR' },
    },
  }),
  checkReports: ({ signatureMethod }) => checkSignature(signatureMethod),
  traits: { kind: 'vonage' },
};

/** `sig` is made over all other parameters, in the order of their names, written as `&name=value`. */
function checkSignature(method: SignatureMethod): ReportCheck {
  return (parameters, secrets) => {
    const secret = secrets['secret.signatureSecret'];
    if (!secret) return true;
    const given = parameters.find(([name]) => name === 'sig')?.[1].toLowerCase() ?? '';
    const text = parameters
      .filter(([name]) => name !== 'sig')
      .toSorted(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0))
      .map(([name, value]) => `&${name}=${value.replace(/[&=]/g, '_')}`)
      .join('');
    const expected = Buffer.from(sign(method, text, secret));
    const actual = Buffer.from(given);
    return expected.length === actual.length && timingSafeEqual(expected, actual);
  };
}

function sign(method: SignatureMethod, text: string, secret: string): string {
  if (method === 'md5hash')
    return createHash('md5')
      .update(text + secret)
      .digest('hex');
  return createHmac(method, secret).update(text).digest('hex');
}
