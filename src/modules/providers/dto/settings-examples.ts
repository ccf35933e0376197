/** Shown in the API's documentation; a test saves each of them. */
export const SETTINGS_EXAMPLES = {
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
    errors: [{ codes: ['no_credit'], means: 'unavailable' }],
    reports: {
      format: 'json',
      fields: { messageId: '/id', status: '/status' },
      statuses: { delivered: 'delivered', failed: 'undelivered', expired: 'expired' },
    },
  },
} as const;

export const SETTINGS_DESCRIPTION =
  'SMPP: host, port and what differs from the defaults. HTTP: the description of request, answer, errors and reports, ' +
  'see the README of the providers module. Checked as a whole; `errors` names every bad field.';
