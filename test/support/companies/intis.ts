import { createHash } from 'node:crypto';
import { type Dialect, outcomeOf, type Sms } from '../http-operator.js';
import { answerJson } from './answer-json.js';

export const INTIS_SECRETS = { login: 'kabinet', apiKey: 'intis-api-key' };

const WORDS = { delivered: 'deliver', undelivered: 'not_deliver', expired: 'expired' };
/** Its clock is an hour ahead of everybody's: who does not ask for the time is refused. */
const AHEAD_S = 3_600;
const TOLERATED_S = 60;

/** As in the SDKs of Intis: signed GETs, and answers keyed by phone or id. Errors are 200s. */
export const INTIS: Dialect = {
  read({ pathname, searchParams }) {
    if (pathname !== '/send.php' || refusalOf(searchParams) !== null) return 'wrong_credentials';
    const parameter = (name: string) => searchParams.get(name) ?? '';
    const numbers = parameter('phone').split(',');
    const [from, text] = [parameter('sender'), parameter('text')];
    const messages = numbers.map((to) => ({ to, from, text, reference: '', callback: null }));
    return messages.length === 1 ? messages[0]! : messages;
  },
  forbid: (response) => void answerJson(response, 200, { error: 6 }),
  refuse: (response) => void answerJson(response, 200, { error: 33 }),
  accept: (response, id, sms) => answerJson(response, 200, `{${entry(sms, id)}}`),
  // Keyed by number: what was said twice of one number could not be told apart.
  answerAll: (response, answers) =>
    answers.length > 50
      ? answerJson(response, 200, { error: 14 })
      : answerJson(response, 200, `{${answers.map(({ sms, id }) => entry(sms, id)).join(',')}}`),
  refuseAll: (response) => void answerJson(response, 200, { error: 11 }),
  idOf: (number) => `438460${number}`.padEnd(22, '0'),
  aside({ url }, response, operator) {
    const { pathname, searchParams } = new URL(url, 'http://x');
    if (pathname === '/send.php') return false;
    const refusal = pathname === '/timestamp.php' ? null : refusalOf(searchParams);
    if (pathname === '/timestamp.php') response.end(String(timeThere()));
    else if (refusal !== null) answerJson(response, 200, { error: refusal });
    else if (pathname === '/balance.php') answerJson(response, 200, { money: '1041.50', currency: 'RUR' });
    else {
      const ids = (searchParams.get('state') ?? '').split(',').filter((id) => operator.accepted.has(id));
      const states = ids.map((id) => [
        id,
        { status: WORDS[outcomeOf(operator.accepted.get(id)!)], time: '2026-11-22' },
      ]);
      answerJson(response, 200, Object.fromEntries(states) as object);
    }
    return true;
  },
};

const entry = ({ to, from }: Sms, id: string | null) =>
  id === null
    ? `"${to}":{"error":31}`
    : `"${to}":{"error":"0","id_sms":${id},"cost":1.85,"count_sms":1,"sender":"${from}","network":"MTS","ported":0}`;

const timeThere = () => Math.floor(Date.now() / 1_000) + AHEAD_S;

/** 24 without a time, 7 with another login, 6 with a signature that does not fit, or that is too old. */
function refusalOf(parameters: URLSearchParams): number | null {
  const { timestamp, login, signature, ...others } = Object.fromEntries(parameters) as Record<string, string>;
  if (!timestamp) return 24;
  if (login !== INTIS_SECRETS.login) return 7;
  const signed: Record<string, string> = { ...others, timestamp, login };
  const names = Object.keys(signed).sort();
  const text = names.map((name) => signed[name]).join('') + INTIS_SECRETS.apiKey;
  const fits = createHash('md5').update(text).digest('hex') === signature;
  return fits && Math.abs(Number(timestamp) - timeThere()) <= TOLERATED_S ? null : 6;
}
