import type { Micros } from '../../../../kernel/money.js';
import {
  referenceOf,
  type StatementAccount,
  type StatementFormat,
  type StatementLine,
  type StatementParser,
} from './statement.js';
import { bareAccount, cutFile, decimal, orNull, readAmount, readDay, sumsDiffer, wrongAt } from './values.js';

export const ONE_C_MARK = '1CClientBankExchange';
/** Words that no file of the format goes without: what makes one of them readable is the encoding. */
export const ONE_C_WORDS = /ВерсияФормата|Кодировка|СекцияРасчСчет|СекцияДокумент/;

/** The currency of a Russian bank account stands in its sixth to eighth digit; 810 is the rouble of the chart of accounts. */
const CURRENCIES: Record<string, string> = { '810': 'RUB', '643': 'RUB', '978': 'EUR', '840': 'USD', '985': 'PLN' };
/** Banks name the turnovers in two ways. */
const CAME = ['ВсегоПоступило', 'КредитОборот'];
const WENT = ['ВсегоСписано', 'ДебетОборот'];
const PURPOSES = ['НазначениеПлатежа1', 'НазначениеПлатежа2', 'НазначениеПлатежа3', 'НазначениеПлатежа4'];
/** What follows is left out of a value that goes on and on. */
const MAX_VALUE = 2_000;
const KEY = /^\s*([А-Яа-яЁё]+\d{0,2})\s*=(.*)$/;

type Fields = Map<string, string>;

/** What the bank states of one account, summed over its sections; null once a section does not state it. */
interface Turnover {
  at: number;
  came: Micros | null;
  went: Micros | null;
  /** Closing − opening balances. */
  change: Micros | null;
}

/** What the documents of one account sum up to. */
interface Moved {
  came: Micros;
  went: Micros;
}

/**
 * 1CClientBankExchange, versions 1.01 to 1.03: `Key=Value` lines in sections. A document is ours by its accounts; between two
 * accounts of the file it is two lines.
 *
 * Format: https://v8.1c.ru/tekhnologii/obmen-dannymi-i-integratsiya/standarty-i-formaty/
 */
export class OneCParser implements StatementParser {
  readonly format: StatementFormat = '1c';
  private rest = '';
  private at = 0;
  private section: 'none' | 'account' | 'document' = 'none';
  private sectionAt = 0;
  private fields: Fields = new Map();
  private lastKey: string | null = null;
  private ended = false;
  private readonly accounts = new Map<string, StatementAccount>();
  private readonly turnovers = new Map<string, Turnover>();
  private readonly moved = new Map<string, Moved>();

  write(text: string): StatementLine[] {
    const lines = (this.rest + text).split('\n');
    this.rest = lines.pop()!;
    return lines.flatMap((line) => this.read(line));
  }

  end(): { lines: StatementLine[]; accounts: StatementAccount[] } {
    const lines = this.rest.trim() === '' ? [] : this.read(this.rest);
    if (!this.ended) throw cutFile(`/lines/${this.at}`);
    // The head may list accounts of which the file then tells nothing.
    const told = [...this.accounts.values()].filter(
      ({ account }) => this.turnovers.has(account) || this.moved.has(account),
    );
    if (told.length === 0) throw wrongAt(this.place(1), 'statement_without_sums');
    for (const account of told) this.checkSums(account);
    return { lines, accounts: told };
  }

  private read(raw: string): StatementLine[] {
    this.at += 1;
    const line = raw.trim();
    if (line === '' || this.ended || (this.at === 1 && line === ONE_C_MARK)) return [];
    if (line === 'СекцияРасчСчет') return this.open('account');
    if (line === 'КонецРасчСчет') return this.closeAccount();
    if (/^СекцияДокумент\s*=/.test(line)) return this.open('document');
    if (line === 'КонецДокумента') return this.closeDocument();
    if (line === 'КонецФайла') return this.close();
    this.take(line);
    return [];
  }

  private open(section: 'account' | 'document'): [] {
    if (this.section !== 'none') throw cutFile(this.place(this.at));
    this.section = section;
    this.sectionAt = this.at;
    this.fields = new Map();
    this.lastKey = null;
    return [];
  }

  private close(): [] {
    if (this.section !== 'none') throw cutFile(this.place(this.at));
    this.ended = true;
    return [];
  }

  /** A line without a key goes on with the text before it: purposes have line breaks in some banks' files. */
  private take(line: string): void {
    const match = KEY.exec(line);
    if (!match) {
      const before = (this.lastKey && this.fields.get(this.lastKey)) ?? '';
      if (this.lastKey && before.length < MAX_VALUE) this.fields.set(this.lastKey, `${before} ${line}`);
      return;
    }
    const [, key, value] = match as unknown as [string, string, string];
    if (this.section === 'none') {
      if (key === 'РасчСчет' && value.trim() !== '') this.know(value);
      return;
    }
    this.lastKey = key;
    this.fields.set(key, value.trim());
  }

  private know(written: string): string {
    const account = bareAccount(written);
    if (!this.accounts.has(account))
      this.accounts.set(account, {
        account,
        currency: CURRENCIES[account.slice(5, 8)] ?? account.slice(5, 8),
        at: this.at,
      });
    return account;
  }

  private closeAccount(): [] {
    if (this.section !== 'account') throw cutFile(this.place(this.at));
    this.section = 'none';
    const account = this.know(this.need('РасчСчет'));
    const [opening, closing] = [this.amount('НачальныйОстаток'), this.amount('КонечныйОстаток')];
    const [came, went] = [this.amount(...CAME), this.amount(...WENT)];
    const change = opening === null || closing === null ? null : closing - opening;
    if (change !== null && came !== null && went !== null && change !== came - went)
      throw sumsDiffer(this.place(this.sectionAt), opening! + came - went, closing!);
    const earlier = this.turnovers.get(account);
    this.turnovers.set(account, {
      at: earlier?.at ?? this.sectionAt,
      came: earlier ? sum(earlier.came, came) : came,
      went: earlier ? sum(earlier.went, went) : went,
      change: earlier ? sum(earlier.change, change) : change,
    });
    return [];
  }

  private closeDocument(): StatementLine[] {
    if (this.section !== 'document') throw cutFile(this.place(this.at));
    this.section = 'none';
    const [payer, payee] = [this.side('Плательщик'), this.side('Получатель')];
    const lines = [
      ...(this.accounts.has(payee.account) ? [this.line('in', payee.account, payer)] : []),
      ...(this.accounts.has(payer.account) ? [this.line('out', payer.account, payee)] : []),
    ];
    if (lines.length === 0) throw wrongAt(this.place(this.sectionAt), 'statement_foreign_document');
    for (const line of lines) this.count(line);
    return lines;
  }

  /** An indirect payment names the bank's account first and the party's own second; ours is the one that the file is about. */
  private side(who: 'Плательщик' | 'Получатель'): { account: string; name: string | null; taxNumber: string | null } {
    const [first, second] = [`${who}Счет`, `${who}РасчСчет`].map((key) => bareAccount(this.fields.get(key) ?? ''));
    const account = second && (this.accounts.has(second) || !first) ? second : first!;
    const whole = this.fields.get(who) ?? '';
    const taxNumber = this.fields.get(`${who}ИНН`) || /ИНН\s*(\d{10,12})/.exec(whole)?.[1];
    const name = this.fields.get(`${who}1`) || whole.replace(/^ИНН\s*\d{10,12}\s*/, '');
    return { account, name: orNull(name), taxNumber: orNull(taxNumber) };
  }

  private line(direction: 'in' | 'out', account: string, party: ReturnType<OneCParser['side']>): StatementLine {
    const amount = readAmount(this.need('Сумма'), this.place(this.sectionAt));
    if (amount === 0n) throw wrongAt(this.place(this.sectionAt), 'statement_amount', { value: '0' });
    const drawnOn = this.day('Дата')!;
    const number = (this.fields.get('Номер') ?? '').replace(/^0+(?=.)/, '');
    // A negative sum is how some banks write that they took a movement back.
    const reversal = amount < 0n;
    return {
      at: this.sectionAt,
      account,
      currency: this.accounts.get(account)!.currency,
      direction: reversal === (direction === 'in') ? 'out' : 'in',
      reversal,
      amountMicros: reversal ? -amount : amount,
      bookedOn: this.day(direction === 'in' ? 'ДатаПоступило' : 'ДатаСписано') ?? drawnOn,
      party: { name: party.name, taxNumber: party.taxNumber, account: orNull(party.account) },
      purpose: this.purpose(),
      reference: referenceOf(number, drawnOn, decimal(amount), party.account),
      remark: null,
    };
  }

  private purpose(): string {
    const whole = this.fields.get('НазначениеПлатежа');
    if (whole) return whole;
    return PURPOSES.map((key) => this.fields.get(key) ?? '')
      .join(' ')
      .trim();
  }

  private count(line: StatementLine): void {
    const moved = this.moved.get(line.account) ?? { came: 0n, went: 0n };
    const signed = line.reversal ? -line.amountMicros : line.amountMicros;
    // What is taken back lessens the turnover of the side on which it stood.
    if ((line.direction === 'in') !== line.reversal) moved.came += signed;
    else moved.went += signed;
    this.moved.set(line.account, moved);
  }

  private checkSums({ account, at }: StatementAccount): void {
    const stated = this.turnovers.get(account);
    const { came, went } = this.moved.get(account) ?? { came: 0n, went: 0n };
    if (!stated || (stated.change === null && (stated.came === null || stated.went === null)))
      throw wrongAt(this.place(stated?.at ?? at), 'statement_without_sums');
    const place = this.place(stated.at);
    if (stated.came !== null && stated.came !== came) throw sumsDiffer(place, stated.came, came);
    if (stated.went !== null && stated.went !== went) throw sumsDiffer(place, stated.went, went);
    if (stated.change !== null && stated.change !== came - went) throw sumsDiffer(place, stated.change, came - went);
  }

  private amount(...keys: string[]): Micros | null {
    const written = keys.map((key) => this.fields.get(key)).find((value) => value);
    return written ? readAmount(written, this.place(this.sectionAt)) : null;
  }

  private day(key: string): string | null {
    const written = this.fields.get(key);
    if (!written) return key === 'Дата' ? this.missing(key) : null;
    const [, day = '', month = '', year = ''] = /^(\d\d)\.(\d\d)\.(\d{4})/.exec(written) ?? [];
    return readDay(year, month, day, this.place(this.sectionAt), written);
  }

  private need(key: string): string {
    return this.fields.get(key) || this.missing(key);
  }

  private missing(key: string): never {
    throw wrongAt(this.place(this.sectionAt), 'statement_field_missing', { field: key });
  }

  private place(at: number): string {
    return `/lines/${at}`;
  }
}

const sum = (a: Micros | null, b: Micros | null): Micros | null => (a === null || b === null ? null : a + b);
