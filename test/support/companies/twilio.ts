import { createHmac } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { type Dialect, type Outcome, outcomeOf, type Sms } from '../http-operator.js';
import { answerJson } from './answer-json.js';

export const TWILIO_SECRETS = { accountSid: `AC${'1'.repeat(32)}`, authToken: 'twilio-auth-token' };

const ACCOUNT = `/2010-04-01/Accounts/${TWILIO_SECRETS.accountSid}`;
const WORDS: Record<Outcome, string> = {
  delivered: 'delivered',
  undelivered: 'undelivered',
  // Twilio has no word for this; a number that ends in 03 is one that could not be reached either.
  expired: 'failed',
  buffered: 'sent',
};
const SMS_SID = /^SM[0-9a-f]{32}$/;

/** As in Twilio's REST reference and its page on validating requests. */
export const TWILIO: Dialect = {
  read(url, headers, body) {
    if (url.pathname !== `${ACCOUNT}/Messages.json` || !authorized(headers)) return 'wrong_credentials';
    if (headers['content-type'] !== 'application/x-www-form-urlencoded') return 'wrong_credentials';
    const form = new URLSearchParams(body);
    const callback = form.get('StatusCallback');
    return {
      // What lacks its plus is an invalid number there, which the last digits make it here.
      to: /^\+[1-9]\d+$/.test(form.get('To') ?? '') ? form.get('To')!.slice(1) : '04',
      from: form.get('From') ?? form.get('MessagingServiceSid') ?? '',
      text: form.get('Body') ?? '',
      reference: '',
      callback,
    };
  },
  forbid: (response) => void answerJson(response, 401, problem(20_003, 401, 'Authenticate')),
  refuse: (response) =>
    void answerJson(response, 400, problem(21_211, 400, "The 'To' number is not a valid phone number.")),
  throttle: (response) => void answerJson(response, 429, problem(20_429, 429, 'Too Many Requests')),
  accept: (response, id, sms) => answerJson(response, 201, message(id, sms, 'queued')),
  idOf: (number) => `SM${number.toString(16).padStart(32, '0')}`,
  aside({ method, url, headers }, response, operator) {
    if (method !== 'GET') return false;
    if (!authorized(headers)) answerJson(response, 401, problem(20_003, 401, 'Authenticate'));
    else if (url === `${ACCOUNT}/Balance.json`)
      answerJson(response, 200, { account_sid: TWILIO_SECRETS.accountSid, balance: '-12.34567', currency: 'USD' });
    else {
      const [, sid = ''] = /\/Messages\/(\w+)\.json$/.exec(url) ?? [];
      const sms = operator.accepted.get(sid);
      if (sms) answerJson(response, 200, { ...message(sid, sms, WORDS[outcomeOf(sms)]), price: '-0.00750' });
      else answerJson(response, 404, problem(20_404, 404, 'The requested resource was not found'));
    }
    return true;
  },
  report(sms, id, outcome) {
    const fields: Record<string, string> = {
      MessageSid: id,
      MessageStatus: WORDS[outcome],
      SmsSid: id,
      SmsStatus: WORDS[outcome],
      To: `+${sms.to}`,
      From: sms.from,
      AccountSid: TWILIO_SECRETS.accountSid,
      ApiVersion: '2010-04-01',
    };
    if (outcome === 'undelivered' || outcome === 'expired') fields['ErrorCode'] = '30003';
    const headers = {
      'content-type': 'application/x-www-form-urlencoded',
      'x-twilio-signature': signTwilio(sms.callback!, fields),
    };
    return [sms.callback!, { method: 'POST', headers, body: new URLSearchParams(fields).toString() }];
  },
};

/** The address as it was called, then every field's name and value in the order of the names. */
export function signTwilio(url: string, fields: Record<string, string>, token = TWILIO_SECRETS.authToken): string {
  const text = Object.keys(fields)
    .sort()
    .reduce((signed, name) => signed + name + fields[name], url);
  return createHmac('sha1', token).update(Buffer.from(text, 'utf8')).digest('base64');
}

function authorized({ authorization }: IncomingHttpHeaders): boolean {
  const { accountSid, authToken } = TWILIO_SECRETS;
  return authorization === `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`;
}

function message(sid: string, { to, from, text }: Sms, status: string): object {
  return {
    account_sid: TWILIO_SECRETS.accountSid,
    body: text,
    error_code: status === 'undelivered' || status === 'failed' ? 30_003 : null,
    error_message: null,
    from,
    num_segments: '1',
    price: null,
    price_unit: 'USD',
    sid: SMS_SID.test(sid) ? sid : null,
    status,
    to: `+${to}`,
  };
}

function problem(code: number, status: number, text: string): object {
  return { code, message: text, more_info: `https://www.twilio.com/docs/errors/${code}`, status };
}
