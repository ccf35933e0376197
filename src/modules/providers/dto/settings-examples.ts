const SETTINGS_EXAMPLES = {
  smpp: { host: 'smpp.example.com', port: 2775, windowSize: 50, messageId: 'exact', receiptZone: 'Europe/Warsaw' },
  http: {
    request: {
      method: 'POST',
      url: 'https://api.example.com/v1/messages',
      body: {
        type: 'json',
        content: { to: '+{{to}}', from: '{{sender}}', text: '{{text}}', callback: '{{callbackUrl}}' },
      },
    },
    auth: { type: 'bearer', token: '{{secret.token}}' },
    answer: { messageId: { pointer: '/id' }, errorCode: { pointer: '/error/code' } },
    errors: [{ codes: ['no_credit'], means: 'no_funds' }],
    reports: {
      format: 'json',
      fields: { messageId: '/id', status: '/status' },
      statuses: { delivered: 'delivered', failed: 'undelivered', expired: 'expired' },
    },
  },
} as const;

/** A body for each kind, shown in the API's documentation; a test saves each of them. */
export const PROVIDER_EXAMPLES = {
  smpp: {
    code: 'operator',
    kind: 'smpp',
    name: 'An operator over SMPP',
    ratePerSecond: 100,
    settings: SETTINGS_EXAMPLES.smpp,
    credentials: { systemId: 'kabinet', password: '…' },
  },
  http: {
    code: 'aggregator',
    kind: 'http',
    name: 'An aggregator over HTTP, described as data',
    ratePerSecond: 50,
    settings: SETTINGS_EXAMPLES.http,
    credentials: { token: '…' },
  },
  twilio: {
    code: 'twilio',
    kind: 'twilio',
    name: 'Twilio',
    ratePerSecond: 20,
    settings: { messagingServiceSid: null },
    credentials: { accountSid: 'AC00000000000000000000000000000000', authToken: '…' },
  },
  vonage: {
    code: 'vonage',
    kind: 'vonage',
    name: 'Vonage',
    ratePerSecond: 30,
    settings: { signatureMethod: 'sha256' },
    credentials: { apiKey: 'abcd1234', apiSecret: '…', signatureSecret: '…' },
  },
  infobip: {
    code: 'infobip',
    kind: 'infobip',
    name: 'Infobip',
    ratePerSecond: 100,
    settings: { baseUrl: 'https://xxxxx.api.infobip.com' },
    credentials: { apiKey: '…' },
  },
  smsapi: {
    code: 'smsapi',
    kind: 'smsapi',
    name: 'SMSAPI.pl',
    ratePerSecond: 100,
    settings: {},
    credentials: { token: '…' },
  },
  smsc: {
    code: 'smsc',
    kind: 'smsc',
    name: 'SMSC.ru',
    ratePerSecond: 10,
    settings: { reports: 'polled', currency: 'RUB' },
    credentials: { login: 'kabinet', password: '…' },
  },
  intis: {
    code: 'sms16',
    kind: 'intis',
    name: 'sms16.ru',
    ratePerSecond: 10,
    settings: { baseUrl: 'https://new.sms16.ru/get', currency: 'RUB' },
    credentials: { login: 'kabinet', apiKey: '…' },
  },
} as const;

export const SETTINGS_DESCRIPTION =
  'SMPP: host, port and what differs from the defaults. HTTP: the description of request, answer, errors and reports. ' +
  'Known companies: their few fields, `baseUrl` and `limits`. See the README of the providers module. Checked as a whole; ' +
  '`errors` names every bad field.';
