import type { Micros } from '../../../../kernel/money.js';
import { readDetails } from './mt940-details.js';
import {
  fingerprint,
  referenceOf,
  type StatementAccount,
  type StatementFormat,
  type StatementLine,
  type StatementParser,
} from './statement.js';
import { bareAccount, cutFile, decimal, orNull, readAmount, readDay, sumsDiffer, wrongAt } from './values.js';

export const MT940_MARK = /^\s*(\{1:|:20:|:940:|:25:|[A-Z0-9]{8,12}\r?\n940)/;

const FIELD = /^:(\d\d[A-Z]?):(.*)$/;
/**
 * Value date, entry date, mark, third letter of the currency, amount, type, our reference, the bank's. What
 * separates thousands leaves no type, so that the movement is refused.
 */
const MOVEMENT =
  /^(\d\d)(\d\d)(\d\d)(\d{4})?(R[CD]|E?[CD])([A-Z])?(\d{1,13}(?:[.,]\d{0,2})?)([A-Z][A-Z0-9]{3})(.*?)(?:\/\/(.*))?$/;
const BALANCE = /^([CD])(\d{6})([A-Z]{3})([\d.,]+)$/;
/** What banks write where there is no reference. */
const NO_REFERENCE = /^(nonref|noref|notprovided|none|0+)?$/i;
/** A value has a few lines; a file of which one goes on and on is none. */
const MAX_VALUE = 10_000;

interface Field {
  tag: string;
  at: number;
  lines: string[];
}

/**
 * MT940, the customer statement of SWIFT: in its blocks or bare, one statement after the other, each on pages (`:60M:`, `:62M:`).
 * A movement is whole when the field after its `:86:` begins.
 */
export class Mt940Parser implements StatementParser {
  readonly format: StatementFormat = 'mt940';
  private rest = '';
  private at = 0;
  private field: Field | null = null;
  private movement: { text: string; supplement: string; at: number } | null = null;
  private account: StatementAccount | null = null;
  private accountText: { text: string; at: number } | null = null;
  private opening: Micros | null = null;
  private moved: Micros = 0n;
  private readonly accounts = new Map<string, StatementAccount>();
  private lines: StatementLine[] = [];
  private begun = false;
  private any = false;

  write(text: string): StatementLine[] {
    const lines = (this.rest + text).split('\n');
    this.rest = lines.pop()!;
    for (const line of lines) this.read(line);
    return this.drain();
  }

  end(): { lines: StatementLine[]; accounts: StatementAccount[] } {
    this.read(this.rest);
    this.closeField();
    if (this.begun || !this.any) throw cutFile(`/lines/${this.at}`);
    return { lines: this.drain(), accounts: [...this.accounts.values()] };
  }

  private drain(): StatementLine[] {
    const { lines } = this;
    this.lines = [];
    return lines;
  }

  private read(raw: string): void {
    this.at += 1;
    // Blanks at the end of a line stand between the words of a field that goes on.
    const line = raw.replace(/\r$/, '');
    const match = FIELD.exec(line.replace(/^.*\{4:/, ''));
    if (match) {
      this.closeField();
      this.field = { tag: match[1]!, at: this.at, lines: [match[2]!] };
    } else if (/^(-\}?|\{[1-5]:.*|)$/.test(line.trimEnd())) this.closeField();
    else if (this.field) {
      if (this.field.lines.length * line.length > MAX_VALUE) throw wrongAt(this.place(this.at), 'statement_unreadable');
      this.field.lines.push(line);
    }
  }

  private closeField(): void {
    const { field } = this;
    this.field = null;
    if (!field) return;
    // What explains a movement stands right behind it.
    if (field.tag === '86') return this.closeMovement(field);
    this.closeMovement(null);
    this.begun = !/^(62[FM]|6[45])$/.test(field.tag);
    if (field.tag === '25') this.accountText = { text: field.lines[0]!, at: field.at };
    else if (/^60[FM]$/.test(field.tag)) this.open(field);
    else if (field.tag === '61') this.beginMovement(field);
    else if (/^62[FM]$/.test(field.tag)) this.closeStatement(field);
  }

  /** `:25:` tells the account, mostly without its currency, which the balance tells. */
  private open({ lines, at }: Field): void {
    if (this.opening !== null) throw cutFile(this.place(at));
    if (!this.accountText) throw wrongAt(this.place(at), 'statement_field_missing', { field: ':25:' });
    const { micros, currency } = this.balance(lines[0]!, at);
    const account = accountOf(this.accountText.text, currency);
    this.account = this.accounts.get(account) ?? { account, currency, at: this.accountText.at };
    if (this.account.currency !== currency)
      throw wrongAt(this.place(at), 'statement_currency', { currency, expected: this.account.currency });
    this.accounts.set(account, this.account);
    this.opening = micros;
    this.moved = 0n;
    this.any = true;
  }

  private beginMovement({ lines, at }: Field): void {
    if (this.opening === null) throw wrongAt(this.place(at), 'statement_field_missing', { field: ':60F:' });
    this.movement = { text: lines[0]!.trimEnd(), supplement: lines.slice(1).join(' '), at };
  }

  private closeMovement(details: Field | null): void {
    const { movement, account } = this;
    this.movement = null;
    if (!movement || !account) return;
    const { text, supplement, at } = movement;
    const match = MOVEMENT.exec(text);
    if (!match) throw wrongAt(this.place(at), 'statement_movement', { value: text.slice(0, 40) });
    const [, year, month, day, entryDay, mark, , amount, , ours = '', banks = ''] = match;
    const micros = readAmount(amount!.replace(/[.,]$/, ''), this.place(at));
    const incoming = mark === 'C' || mark === 'RD' || mark === 'EC';
    const booked = !mark!.startsWith('E');
    if (booked) this.moved += incoming ? micros : -micros;
    if (micros === 0n) return;
    const valueDay = readDay(`20${year}`, month!, day!, this.place(at), text);
    const bookedOn = entryDay ? this.entryDay(valueDay, entryDay, at) : valueDay;
    const told = readDetails(details?.lines ?? []);
    const references = [banks, ours].map((one) => one.trim()).filter((one) => !NO_REFERENCE.test(one));
    const words = told.purpose || supplement;
    this.lines.push({
      at,
      account: account.account,
      currency: account.currency,
      direction: incoming ? 'in' : 'out',
      reversal: mark!.startsWith('R'),
      amountMicros: micros,
      bookedOn,
      party: { name: orNull(told.name), taxNumber: orNull(told.taxNumber), account: orNull(told.account) },
      purpose: words.trim(),
      reference: referenceOf(
        references[0] ?? `~${fingerprint([supplement, ...(details?.lines ?? [])].join(''))}`,
        bookedOn,
        `${incoming ? '' : '-'}${decimal(micros)}`,
      ),
      remark: booked ? null : 'not_booked',
    });
  }

  /** The day of booking has no year: it is the one nearest to the value date. */
  private entryDay(valueDay: string, monthAndDay: string, at: number): string {
    const [month, day] = [monthAndDay.slice(0, 2), monthAndDay.slice(2)];
    const year = Number(valueDay.slice(0, 4));
    const valueMonth = Number(valueDay.slice(5, 7));
    const shift = Number(month) - valueMonth > 6 ? -1 : valueMonth - Number(month) > 6 ? 1 : 0;
    return readDay(String(year + shift), month, day, this.place(at), monthAndDay);
  }

  private closeStatement({ lines, at }: Field): void {
    if (this.opening === null) throw wrongAt(this.place(at), 'statement_field_missing', { field: ':60F:' });
    const { micros } = this.balance(lines[0]!, at);
    if (this.opening + this.moved !== micros) throw sumsDiffer(this.place(at), this.opening + this.moved, micros);
    this.opening = null;
    this.account = null;
    this.accountText = null;
  }

  private balance(text: string, at: number): { micros: Micros; currency: string } {
    const match = BALANCE.exec(text.trim());
    if (!match) throw wrongAt(this.place(at), 'statement_amount', { value: text.slice(0, 40) });
    const micros = readAmount(match[4]!.replace(/[.,]$/, ''), this.place(at));
    return { micros: match[1] === 'C' ? micros : -micros, currency: match[3]! };
  }

  private place(at: number): string {
    return `/lines/${at}`;
  }
}

/** `/PL61…`, `PL61 1090…`, `NL20INGB0001234567EUR`, `20041010/0123456789`: the number alone. */
function accountOf(text: string, currency: string): string {
  const bare = bareAccount(text).replace(/^\//, '');
  return bare.endsWith(currency) && /\d[A-Z]{3}$/.test(bare) ? bare.slice(0, -3) : bare;
}
