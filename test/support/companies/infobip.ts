import { type Dialect, type Outcome, outcomeOf, type Sms } from '../http-operator.js';
import { answerJson } from './answer-json.js';

export const INFOBIP_SECRETS = { apiKey: 'infobip-api-key' };

const PENDING = { groupId: 1, groupName: 'PENDING', id: 26, name: 'PENDING_ACCEPTED', description: 'Message accepted' };
const REJECTED = { groupId: 5, groupName: 'REJECTED', id: 52, name: 'REJECTED_DESTINATION', description: 'Bad' };
const STATES: Record<Outcome, object> = {
  delivered: { groupId: 3, groupName: 'DELIVERED', id: 5, name: 'DELIVERED_TO_HANDSET', description: 'To handset' },
  undelivered: { groupId: 2, groupName: 'UNDELIVERABLE', id: 9, name: 'UNDELIVERABLE_NOT_DELIVERED', description: '' },
  expired: { groupId: 4, groupName: 'EXPIRED', id: 15, name: 'EXPIRED_EXPIRED', description: 'Message expired' },
  // The trap: of the group "delivered", and only at the operator.
  buffered: { groupId: 3, groupName: 'DELIVERED', id: 2, name: 'DELIVERED_TO_OPERATOR', description: 'To operator' },
};
const NO_ERROR = { groupId: 0, groupName: 'OK', id: 0, name: 'NO_ERROR', description: 'No Error', permanent: false };
const ERROR = { groupId: 1, groupName: 'HANDSET_ERRORS', id: 27, name: 'EC_ABSENT_SUBSCRIBER', permanent: false };

interface Body {
  messages: {
    from: string;
    destinations: [{ to: string; messageId: string }];
    text: string;
    notifyUrl?: string;
    callbackData?: string;
  }[];
}

/** As in Infobip's reference of SMS API 2. Ids are the client's where it gives one. */
export const INFOBIP: Dialect = {
  read(url, { authorization }, body) {
    if (url.pathname !== '/sms/2/text/advanced' || authorization !== `App ${INFOBIP_SECRETS.apiKey}`)
      return 'wrong_credentials';
    const messages = (JSON.parse(body) as Body).messages.map(({ from, destinations, text, notifyUrl }) => {
      const [{ to, messageId }] = destinations;
      return { to, from, text, reference: messageId, callback: notifyUrl ?? null };
    });
    return messages.length === 1 ? messages[0]! : messages;
  },
  forbid: (response) => void answerJson(response, 401, problem('UNAUTHORIZED', 'Invalid login details')),
  refuse: (response) =>
    void answerJson(response, 200, {
      messages: [
        {
          to: '04',
          status: REJECTED,
          messageId: 'refused',
        },
      ],
    }),
  refuseAll: (response) => void answerJson(response, 400, problem('BAD_REQUEST', 'Bad request')),
  answerAll: (response, answers) =>
    answerJson(response, 200, {
      bulkId: '2034072219640523072',
      messages: answers.map(({ sms, id }) => ({
        to: sms.to,
        status: id === null ? REJECTED : PENDING,
        messageId: sms.reference,
        smsCount: 1,
      })),
    }),
  throttle: (response) => void answerJson(response, 429, problem('TOO_MANY_REQUESTS', 'Too many requests')),
  accept: (response, id, { to }) =>
    answerJson(response, 200, { messages: [{ to, status: PENDING, messageId: id, smsCount: 1 }] }),
  idOf: (_number, { reference }) => reference,
  aside({ url, headers }, response, operator) {
    const { pathname, searchParams } = new URL(url, 'http://x');
    const balance = pathname === '/account/1/balance';
    if (!balance && pathname !== '/sms/1/logs') return false;
    const sms = operator.accepted.get(searchParams.get('messageId') ?? '');
    if (headers.authorization !== `App ${INFOBIP_SECRETS.apiKey}`)
      answerJson(response, 401, problem('UNAUTHORIZED', 'Invalid login details'));
    else if (balance) answerJson(response, 200, { balance: 47.79134, currency: 'EUR' });
    else answerJson(response, 200, { results: sms ? [result(sms, outcomeOf(sms))] : [] });
    return true;
  },
  report(sms, _id, outcome) {
    const body = JSON.stringify({ results: [{ ...result(sms, outcome), callbackData: sms.reference }] });
    return [sms.callback!, { method: 'POST', headers: { 'content-type': 'application/json' }, body }];
  },
};

function result(sms: Sms, outcome: Outcome): object {
  return {
    bulkId: '2034072219640523072',
    messageId: sms.reference,
    to: sms.to,
    sentAt: '2026-11-22T12:00:00.000+0000',
    doneAt: '2026-11-22T12:00:05.000+0000',
    smsCount: 1,
    mccMnc: '26001',
    price: { pricePerMessage: 0.01, currency: 'EUR' },
    status: STATES[outcome],
    error: outcome === 'delivered' || outcome === 'buffered' ? NO_ERROR : ERROR,
  };
}

const problem = (messageId: string, text: string) => ({ requestError: { serviceException: { messageId, text } } });
