import { createHmac } from 'node:crypto';
import type { Dialect, Outcome, Sms } from '../http-operator.js';
import { answerJson } from './answer-json.js';

export const VONAGE_SECRETS = { apiKey: 'abcd1234', apiSecret: 'vonage-secret', signatureSecret: 'vonage-signature' };

const WORDS: Record<Outcome, string> = {
  delivered: 'delivered',
  undelivered: 'failed',
  expired: 'expired',
  buffered: 'buffered',
};
/** Characters of a part, as far as the stand-in counts them. */
const PART = 153;

/** As in Vonage's SMS API reference: every answer is a 200, and every part a message of its own. */
export const VONAGE: Dialect = {
  read(url, _headers, body) {
    const form = new URLSearchParams(body);
    if (url.pathname !== '/sms/json' || !authorized(form)) return 'wrong_credentials';
    const [type, text] = [form.get('type'), form.get('text') ?? ''];
    return {
      to: form.get('to') ?? '',
      from: form.get('from') ?? '',
      // What is not declared as Unicode arrives as question marks.
      text: type === 'unicode' ? text : text.replace(/[\u0100-\u0390\u03aa-\u20ab\u20ad-\uffff]/g, '?'),
      reference: form.get('client-ref') ?? '',
      callback: form.get('callback'),
    };
  },
  forbid: (response) => void answerJson(response, 200, refusal('4', 'Bad Credentials')),
  refuse: (response) => void answerJson(response, 200, refusal('6', 'The message was rejected: invalid number')),
  throttle: (response) => void answerJson(response, 200, refusal('1', 'Throughput Rate Exceeded')),
  accept: (response, id, { to, text }) => {
    const count = partsOf(text);
    const messages = Array.from({ length: count }, (_, index) => ({
      to,
      'message-id': partId(id, index),
      status: '0',
      'remaining-balance': '15.53590000',
      'message-price': '0.03330000',
      network: '26001',
    }));
    return answerJson(response, 200, { 'message-count': String(count), messages });
  },
  idOf: (number) => number.toString(16).toUpperCase().padStart(16, '0'),
  aside({ url }, response) {
    const { pathname, searchParams } = new URL(url, 'http://x');
    if (pathname !== '/account/get-balance') return false;
    if (authorized(searchParams)) answerJson(response, 200, { value: 15.5359, autoReload: false });
    else answerJson(response, 401, { 'error-code': '401' });
    return true;
  },
  report(sms, id, outcome) {
    const fields = reportOf(sms, id, outcome);
    const signed = { ...fields, sig: signVonage(fields) };
    return [`${sms.callback!}?${new URLSearchParams(signed).toString()}`, { method: 'GET' }];
  },
};

/** A report of the part that has the id itself. */
export function reportOf(sms: Sms, id: string, outcome: Outcome): Record<string, string> {
  return {
    msisdn: sms.to,
    to: sms.from,
    'network-code': '26001',
    messageId: id,
    price: '0.03330000',
    status: WORDS[outcome],
    scts: '2611221200',
    'err-code': outcome === 'delivered' || outcome === 'buffered' ? '0' : '1',
    'api-key': VONAGE_SECRETS.apiKey,
    'client-ref': sms.reference,
    'message-timestamp': '2026-11-22 12:00:00',
    timestamp: '1795348800',
    nonce: 'a=b&c',
  };
}

/** Signed with the method that the account was set to, SHA-256 here. Upper case, as their servers write it. */
export function signVonage(fields: Record<string, string>, secret = VONAGE_SECRETS.signatureSecret): string {
  const names = Object.keys(fields).sort();
  const text = names.map((name) => `&${name}=${fields[name]!.replaceAll('&', '_').replaceAll('=', '_')}`).join('');
  return createHmac('sha256', secret).update(text).digest('hex').toUpperCase();
}

export const partId = (id: string, index: number): string => (index === 0 ? id : `${id}-${index}`);

const partsOf = (text: string) => (text.length <= 160 ? 1 : Math.ceil(text.length / PART));

const refusal = (status: string, text: string) => ({
  'message-count': '1',
  messages: [{ status, 'error-text': text }],
});

const authorized = (form: URLSearchParams) =>
  form.get('api_key') === VONAGE_SECRETS.apiKey && form.get('api_secret') === VONAGE_SECRETS.apiSecret;
