import { type Dialect, type Outcome, outcomeOf } from '../http-operator.js';
import { answerJson } from './answer-json.js';

export const SMSC_SECRETS = { login: 'kabinet', password: 'smsc-password' };

const NUMBERS: Record<Outcome, number> = { delivered: 1, undelivered: 20, expired: 3, buffered: 0 };

/** As in the documentation of SMSC.ru: errors are 200s with a number, states are numbers. */
export const SMSC: Dialect = {
  read(url, _headers, body) {
    const form = new URLSearchParams(body);
    if (url.pathname !== '/sys/send.php' || !authorized(form)) return 'wrong_credentials';
    return {
      to: form.get('phones') ?? '',
      from: form.get('sender') ?? '',
      // Without the charset it is read as windows-1251.
      text: form.get('charset') === 'utf-8' ? (form.get('mes') ?? '') : '?',
      reference: form.get('id') ?? '',
      callback: null,
    };
  },
  forbid: (response) => void answerJson(response, 200, problem(2, 'authorise error')),
  refuse: (response) => void answerJson(response, 200, { ...problem(7, 'invalid number'), id: 1 }),
  throttle: (response) => void answerJson(response, 200, problem(9, 'duplicate request, wait a minute')),
  accept: (response, id) => answerJson(response, 200, { id, cnt: 1, cost: '2.9', balance: '100.4' }),
  idOf: (_number, { reference }) => reference,
  aside({ url }, response, operator) {
    const { pathname, searchParams } = new URL(url, 'http://x');
    const balance = pathname === '/sys/balance.php';
    if (!balance && pathname !== '/sys/status.php') return false;
    const sms = operator.accepted.get(searchParams.get('id') ?? '');
    if (!authorized(searchParams)) answerJson(response, 200, problem(2, 'authorise error'));
    else if (balance) answerJson(response, 200, { balance: '100.40', currency: 'RUR' });
    else if (sms && sms.to === searchParams.get('phone'))
      answerJson(response, 200, {
        status: NUMBERS[outcomeOf(sms)],
        last_date: '22.11.2026 15:00:05',
        last_timestamp: 1_795_348_805,
        err: outcomeOf(sms) === 'delivered' ? 0 : 13,
      });
    else answerJson(response, 200, { status: -3, last_date: '', last_timestamp: 0 });
    return true;
  },
};

const authorized = (form: URLSearchParams) =>
  form.get('login') === SMSC_SECRETS.login && form.get('psw') === SMSC_SECRETS.password;

const problem = (code: number, error: string) => ({ error, error_code: code });
