import { type Dialect, type Outcome, outcomeOf } from '../http-operator.js';
import { answerJson } from './answer-json.js';

export const SMSAPI_SECRETS = { token: 'smsapi-oauth-token' };

const WORDS: Record<Outcome, readonly [number: string, word: string]> = {
  delivered: ['404', 'DELIVERED'],
  undelivered: ['405', 'UNDELIVERED'],
  expired: ['402', 'EXPIRED'],
  buffered: ['403', 'SENT'],
};

/** As in the documentation of SMSAPI.pl: errors are 200s with a number. */
export const SMSAPI: Dialect = {
  read(url, { authorization }, body) {
    const form = new URLSearchParams(body);
    if (url.pathname !== '/sms.do' || authorization !== `Bearer ${SMSAPI_SECRETS.token}`) return 'wrong_credentials';
    if (form.get('format') !== 'json' || form.get('encoding') !== 'utf-8') return 'wrong_credentials';
    return {
      to: form.get('to') ?? '',
      from: form.get('from') ?? '',
      text: form.get('message') ?? '',
      reference: form.get('idx') ?? '',
      callback: form.get('notify_url'),
    };
  },
  forbid: (response) => void answerJson(response, 200, problem(101, 'Authorization failed')),
  refuse: (response) => void answerJson(response, 200, problem(13, 'No correct phonenumbers')),
  throttle: (response) => void answerJson(response, 200, problem(203, 'Too many requests')),
  accept: (response, id, { to, reference, text }) =>
    answerJson(response, 200, {
      count: 1,
      message: text,
      length: text.length,
      parts: 1,
      list: [
        {
          id,
          points: 0.16,
          number: to,
          date_sent: 1_795_348_800,
          submitted_number: to,
          status: 'QUEUE',
          error: null,
          idx: reference,
          parts: 1,
        },
      ],
    }),
  idOf: (number) => number.toString(16).toUpperCase().padStart(24, '5'),
  aside({ method, url, headers }, response, operator) {
    const { pathname, searchParams } = new URL(url, 'http://x');
    if (method !== 'GET') return false;
    const id = searchParams.get('status') ?? '';
    const sms = operator.accepted.get(id);
    if (headers.authorization !== `Bearer ${SMSAPI_SECRETS.token}`)
      answerJson(response, 401, problem(101, 'Authorization failed'));
    else if (pathname === '/profile') answerJson(response, 200, { name: 'kabinet', points: 606.11 });
    else if (sms) {
      const status = WORDS[outcomeOf(sms)][1];
      answerJson(response, 200, { count: 1, list: [{ id, points: 0.16, number: sms.to, status, error: null }] });
    } else answerJson(response, 200, problem(301, 'Id not exist'));
    return true;
  },
  report(sms, id, outcome) {
    const [status, name] = WORDS[outcome];
    const fields = {
      MsgId: id,
      status,
      status_name: name,
      idx: sms.reference,
      donedate: '1795348805',
      username: 'kabinet',
      points: '0.16',
      from: sms.from,
      to: sms.to,
    };
    return [`${sms.callback!}?${new URLSearchParams(fields).toString()}`, { method: 'GET' }];
  },
};

const problem = (error: number, message: string) => ({ error, message });
