import { sideRequest } from '../http/side-request.js';
import type { ReportStatus } from '../sms-provider.js';
import { askOneByOne } from './ask-one-by-one.js';
import type { Preset } from './preset.js';

/** Their words. `sent` is the operator's, not the phone's; `canceled` never left. */
const STATUSES: Record<string, ReportStatus> = {
  accepted: 'submitted',
  scheduled: 'submitted',
  queued: 'submitted',
  sending: 'submitted',
  sent: 'submitted',
  delivered: 'delivered',
  read: 'delivered',
  undelivered: 'undelivered',
  failed: 'rejected',
  canceled: 'rejected',
};

const TAKEN = ['accepted', 'scheduled', 'queued', 'sending', 'sent', 'delivered'];

const SIGNATURE = {
  header: 'X-Twilio-Signature',
  algorithm: 'sha1',
  encoding: 'base64',
  secret: '{{secret.authToken}}',
  content: '{{url}}{{sortedFields}}',
};

/**
 * Twilio's Programmable Messaging. It says itself that repeating a send is not safe, and it takes no reference of ours; the
 * address of the report carries one, so that a report explains a send whose answer was lost.
 */
export const twilio: Preset<{ messagingServiceSid: string | null }> = {
  company: 'Twilio',
  baseUrl: 'https://api.twilio.com',
  hosts: ['twilio.com'],
  credentials: { accountSid: 'required', authToken: 'required', apiKeySid: 'optional', apiKeySecret: 'optional' },
  checkCredentials: (has) =>
    has('apiKeySid') === has('apiKeySecret') ? [] : [{ pointer: '/apiKeySecret', code: 'required' }],
  fields: ['messagingServiceSid'],
  read: (shape, { messagingServiceSid: sid }) => ({
    messagingServiceSid: sid == null ? null : shape.text(sid, '/messagingServiceSid', { pattern: /^MG[0-9a-f]{32}$/ }),
  }),
  describe({ baseUrl, messagingServiceSid }, has) {
    const account = `${baseUrl}/2010-04-01/Accounts/{{secret.accountSid}}`;
    return {
      request: {
        url: `${account}/Messages.json`,
        maxValiditySeconds: 36_000,
        body: {
          type: 'form',
          fields: {
            To: '+{{to}}',
            ...(messagingServiceSid ? { MessagingServiceSid: messagingServiceSid } : { From: '{{e164Sender}}' }),
            Body: '{{text}}',
            ValidityPeriod: '{{validitySeconds}}',
            StatusCallback: '{{callbackUrl}}?reference={{reference}}',
          },
        },
      },
      auth: has('apiKeySid')
        ? { type: 'basic', username: '{{secret.apiKeySid}}', password: '{{secret.apiKeySecret}}' }
        : { type: 'basic', username: '{{secret.accountSid}}', password: '{{secret.authToken}}' },
      answer: {
        success: { source: { pointer: '/status' }, values: TAKEN },
        messageId: { pointer: '/sid' },
        errorCode: { pointer: '/code' },
        errorText: { pointer: '/message' },
        cost: { source: { pointer: '/price' }, currency: 'USD', currencyIn: { pointer: '/price_unit' } },
        parts: { pointer: '/num_segments' },
      },
      errors: [
        // Too many requests; the sender's queue is full.
        { codes: ['20429', '14107', '21611'], means: 'throttled' },
        // STOP was answered to this sender, or Twilio keeps the number from everybody.
        { codes: ['21610'], means: 'opted_out' },
        { codes: ['20003', '20403', '20404'], means: 'credentials' },
        // The account is suspended, or has used up its day.
        { codes: ['20005', '30002', '63038'], means: 'unavailable' },
      ],
      reports: {
        format: 'form',
        fields: {
          messageId: '/MessageSid',
          reference: '/reference',
          status: '/MessageStatus',
          errorCode: '/ErrorCode',
          to: '/To',
        },
        statuses: STATUSES,
        optOutCodes: ['21610'],
        answer: { body: '' },
        signature: SIGNATURE,
      },
      inbound: {
        format: 'form',
        fields: { from: '/From', to: '/To', text: '/Body', messageId: '/MessageSid' },
        // Anything else would be sent to the phone.
        answer: { contentType: 'text/xml', body: '<Response/>' },
        signature: SIGNATURE,
      },
      balance: {
        url: `${account}/Balance.json`,
        amount: { pointer: '/balance' },
        currency: { pointer: '/currency' },
      },
    };
  },
  traits: {
    kind: 'twilio',
    statuses: askOneByOne({
      answer: {
        fields: {
          messageId: '/sid',
          status: '/status',
          errorCode: '/error_code',
          cost: '/price',
          currency: '/price_unit',
        },
        statuses: STATUSES,
      },
      request: ({ providerMessageId: sid }, context) => {
        if (!/^\w+$/.test(sid)) return null;
        return sideRequest({ url: context.settings.request.url.replace(/\.json$/, `/${sid}.json`) }, context);
      },
      knowsNothing: ({ status }) => status === 404,
    }),
  },
};
