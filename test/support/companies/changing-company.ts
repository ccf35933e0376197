import { type Dialect, HttpOperator } from '../http-operator.js';
import { answerJson } from './answer-json.js';
import { SMSC, SMSC_SECRETS } from './smsc.js';

/** SMSC.ru, whose password and balance a test changes under us. A `refuse` fault names the code of the refusal. */
export class ChangingCompany {
  password = SMSC_SECRETS.password;
  balance = '100.40';
  operator!: HttpOperator;

  async start(): Promise<this> {
    this.operator = await HttpOperator.start(this.dialect());
    return this;
  }

  private dialect(): Dialect {
    return {
      ...SMSC,
      read: (url, headers, body) =>
        body.includes(this.password) ? SMSC.read(url, headers, this.asEver(body)) : 'wrong_credentials',
      aside: (request, response, operator) => {
        if (!request.url.startsWith('/sys/balance.php')) return false;
        if (!request.url.includes(this.password))
          answerJson(response, 200, { error: 'authorise error', error_code: 2 });
        else answerJson(response, 200, { balance: this.balance, currency: 'RUR' });
        return operator !== undefined;
      },
      refuse: (response, code) => void answerJson(response, 200, { error: 'no money', error_code: Number(code) }),
    };
  }

  private asEver(body: string): string {
    return body.replace(this.password, SMSC_SECRETS.password);
  }
}
