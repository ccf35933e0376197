import sax from 'sax';
import type { Micros } from '../../../../kernel/money.js';
import {
  fingerprint,
  referenceOf,
  type StatementAccount,
  type StatementFormat,
  type StatementLine,
  type StatementParser,
} from './statement.js';
import { bareAccount, cutFile, decimal, orNull, readAmount, readDay, sumsDiffer, wrongAt } from './values.js';
import { all, first, type Node, textAt } from './xml-node.js';

const NAMESPACE = /^urn:iso:std:iso:20022:tech:xsd:camt\.053\.001\.\d\d$/;
/** The schema goes no deeper than half of that. */
const MAX_DEPTH = 50;
/** Elements of one entry; a batch of thousands has some thirty for each part. */
const MAX_NODES = 2_000_000;
const OPENING = ['OPBD', 'PRCD', 'ITBD'];
const CLOSING = ['CLBD', 'ITBD'];
/** What banks write where there is no reference. */
const NO_REFERENCE = /^(not ?provided|notapplicable|nonref|none|n\/a|0+|-)?$/i;

interface Open {
  account: StatementAccount | null;
  balances: Node[];
  summary: Node | null;
  came: Micros;
  went: Micros;
}

/**
 * CAMT.053, the bank-to-customer statement of ISO 20022, of any version: what differs between them (where names, statuses and references
 * stand) is looked for in all its places. Entries are read one by one as they close, so that memory holds one of them. Only elements of the
 * namespace count, whatever its prefix. Nothing is ever expanded or fetched: a document type is refused.
 */
export class Camt053Parser implements StatementParser {
  readonly format: StatementFormat = 'camt053';
  private readonly parser = sax.parser(true, { xmlns: true, position: false });
  private readonly stack: Node[] = [];
  private nodes = 0;
  private entries = 0;
  private statement: Open | null = null;
  private seenRoot = false;
  private readonly accounts: StatementAccount[] = [];
  private lines: StatementLine[] = [];
  private closed = false;

  constructor() {
    const refuse = () => {
      throw this.unreadable();
    };
    Object.assign(this.parser, {
      onerror: refuse,
      ondoctype: refuse,
      onopentag: (tag: sax.QualifiedTag) => this.open(tag),
      onclosetag: () => this.close(),
      ontext: (text: string) => this.text(text),
      oncdata: (text: string) => this.text(text),
    });
  }

  write(text: string): StatementLine[] {
    this.parser.write(text);
    return this.drain();
  }

  end(): { lines: StatementLine[]; accounts: StatementAccount[] } {
    if (!this.closed) throw this.seenRoot ? cutFile(this.place()) : this.unreadable();
    this.parser.close();
    return { lines: this.drain(), accounts: this.accounts };
  }

  private drain(): StatementLine[] {
    const { lines } = this;
    this.lines = [];
    return lines;
  }

  private open({ local, uri, attributes }: sax.QualifiedTag): void {
    if (this.stack.length >= MAX_DEPTH || ++this.nodes > MAX_NODES || this.closed) throw this.unreadable();
    if (!this.seenRoot && (local !== 'Document' || !NAMESPACE.test(uri))) throw this.unreadable();
    this.seenRoot = true;
    // Extensions of other namespaces may stand anywhere; they say nothing that is asked for.
    const name = NAMESPACE.test(uri) ? local : '';
    this.stack.push({ name, currency: attributes['Ccy']?.value ?? null, text: '', children: [] });
    if (name === 'Stmt') this.statement = { account: null, balances: [], summary: null, came: 0n, went: 0n };
    if (name === 'Ntry' && this.stack.at(-2)?.name === 'Stmt') this.entries += 1;
  }

  private text(text: string): void {
    const node = this.stack.at(-1);
    if (node && node.text.length < 4_000) node.text += text;
  }

  private close(): void {
    const node = this.stack.pop()!;
    const parent = this.stack.at(-1);
    if (!parent) this.closed = true;
    else if (node.name === 'Stmt') this.closeStatement();
    else if (parent.name === 'Stmt') this.ofStatement(node);
    else if (node.name !== '' && parent.name !== '' && !['Document', 'BkToCstmrStmt'].includes(parent.name))
      parent.children.push(node);
  }

  /** Parts of a statement are read when they are whole, and forgotten. */
  private ofStatement(node: Node): void {
    const statement = this.statement!;
    if (node.name === 'Acct') statement.account = this.readAccount(node);
    else if (node.name === 'Bal') statement.balances.push(node);
    else if (node.name === 'TxsSummry') statement.summary = node;
    else if (node.name === 'Ntry') this.readEntry(statement, node);
    this.nodes = this.stack.length;
  }

  private readAccount(node: Node): StatementAccount {
    const written = textAt(node, 'Id', 'IBAN') ?? textAt(node, 'Id', 'Othr', 'Id');
    if (!written) throw this.missing('Acct/Id');
    const account = { account: bareAccount(written), currency: textAt(node, 'Ccy') ?? '', at: this.entries || 1 };
    if (!this.accounts.some((one) => one.account === account.account)) this.accounts.push(account);
    return account;
  }

  private readEntry(statement: Open, entry: Node): void {
    const { account } = statement;
    if (!account) throw this.missing('Acct');
    const amount = first(entry, 'Amt');
    if (!amount) throw this.missing('Ntry/Amt');
    const currency = amount.currency ?? account.currency;
    // Most banks leave the account's currency to its amounts.
    if (account.currency === '') {
      account.currency = currency;
      for (const one of this.accounts) if (one.account === account.account) one.currency ||= currency;
    }
    const micros = this.amount(amount);
    const booked = ['BOOK', ''].includes(textAt(entry, 'Sts', 'Cd') ?? textAt(entry, 'Sts') ?? '');
    const incoming = this.isCredit(entry);
    if (booked && incoming) statement.came += micros;
    else if (booked) statement.went += micros;
    const whole = { account, entry, currency, micros, incoming, booked };
    this.lines.push(...(micros === 0n ? [] : this.split(whole)));
  }

  /** The transfers of an entry: its parts, where they are told with amounts that add up to it. */
  private split(whole: WholeEntry): StatementLine[] {
    const parts = all(whole.entry, 'NtryDtls').flatMap((details) => all(details, 'TxDtls'));
    if (parts.length <= 1) return [this.line(whole, parts[0] ?? null, whole.micros, whole.incoming, null)];
    const amounts = parts.map((part) => this.partAmount(part));
    const signs = parts.map((part) => (first(part, 'CdtDbtInd') ? this.isCredit(part) : whole.incoming));
    const total = amounts.reduce<Micros | null>(
      (sum, one, index) =>
        sum === null || one === null ? null : signs[index] === whole.incoming ? sum + one : sum - one,
      0n,
    );
    if (total !== whole.micros || amounts.includes(0n))
      return [this.line(whole, null, whole.micros, whole.incoming, 'batch_not_split')];
    return parts.map((part, index) => this.line(whole, part, amounts[index]!, signs[index]!, null));
  }

  private partAmount(part: Node): Micros | null {
    const amount =
      first(part, 'Amt') ??
      first(first(first(part, 'AmtDtls'), 'TxAmt'), 'Amt') ??
      first(first(first(part, 'AmtDtls'), 'InstdAmt'), 'Amt');
    return amount ? this.amount(amount) : null;
  }

  private line(
    { account, entry, currency, booked }: WholeEntry,
    part: Node | null,
    amountMicros: Micros,
    incoming: boolean,
    remark: StatementLine['remark'],
  ): StatementLine {
    const bookedOn = this.day(entry);
    const party = this.party(part, incoming);
    const purpose = purposeOf(part, entry);
    return {
      at: this.entries,
      account: account.account,
      currency,
      direction: incoming ? 'in' : 'out',
      reversal: /^(true|1)$/.test(textAt(entry, 'RvslInd') ?? '') || (part !== null && first(part, 'RtrInf') !== null),
      amountMicros,
      bookedOn,
      party,
      purpose,
      reference: referenceOf(
        ownReference(entry, part) ?? `${party.account ?? ''}~${fingerprint(purpose)}`,
        bookedOn,
        `${incoming ? '' : '-'}${decimal(amountMicros)}`,
      ),
      remark: booked ? remark : 'not_booked',
    };
  }

  private party(part: Node | null, incoming: boolean): StatementLine['party'] {
    const parties = first(part, 'RltdPties');
    const role = incoming ? 'Dbtr' : 'Cdtr';
    const outer = first(parties, role);
    const person = first(outer, 'Pty') ?? outer;
    const account = first(first(parties, `${role}Acct`), 'Id');
    const ids = [first(first(person, 'Id'), 'OrgId'), first(first(person, 'Id'), 'PrvtId')];
    const numbers = ids.flatMap((id) => all(id, 'Othr').map((other) => textAt(other, 'Id')));
    const written = textAt(account, 'IBAN') ?? textAt(account, 'Othr', 'Id');
    return {
      name: orNull(textAt(person, 'Nm') ?? textAt(first(parties, `Ultmt${role}`), 'Nm') ?? undefined),
      taxNumber: numbers.find((number) => number !== null && /^[A-Z]{0,2}\d{9,12}$/.test(number)) ?? null,
      account: written ? bareAccount(written) : null,
    };
  }

  /** Opening + movements = closing, and the turnovers, as far as they are stated; one of the two has to be. */
  private closeStatement(): void {
    const { account, balances, summary, came, went } = this.statement!;
    this.statement = null;
    if (!account) throw this.missing('Acct');
    const [opening, closing] = [this.balance(balances, OPENING, 0), this.balance(balances, CLOSING, -1)];
    const change = opening === null || closing === null ? null : closing - opening;
    if (change !== null && change !== came - went) throw sumsDiffer(this.place(), opening! + came - went, closing!);
    const stated = (side: string) => {
      const sum = first(first(summary, side), 'Sum');
      return sum ? this.amount(sum) : null;
    };
    const [statedCame, statedWent] = [stated('TtlCdtNtries'), stated('TtlDbtNtries')];
    if (statedCame !== null && statedCame !== came) throw sumsDiffer(this.place(), statedCame, came);
    if (statedWent !== null && statedWent !== went) throw sumsDiffer(this.place(), statedWent, went);
    if (change === null && (statedCame === null || statedWent === null))
      throw wrongAt(this.place(), 'statement_without_sums');
  }

  /** Of the codes in their order of preference; of several balances with one the first or the last. */
  private balance(balances: readonly Node[], codes: readonly string[], nth: 0 | -1): Micros | null {
    for (const code of codes) {
      const found = balances.filter((balance) => textAt(balance, 'Tp', 'CdOrPrtry', 'Cd') === code).at(nth);
      const amount = first(found ?? null, 'Amt');
      if (found && amount) return this.isCredit(found) ? this.amount(amount) : -this.amount(amount);
    }
    return null;
  }

  private isCredit(node: Node): boolean {
    const written = textAt(node, 'CdtDbtInd');
    if (written !== 'CRDT' && written !== 'DBIT') throw this.missing('CdtDbtInd');
    return written === 'CRDT';
  }

  /** XML decimals have a point and any number of zeros behind it. */
  private amount({ text }: Node): Micros {
    const trimmed = text.trim().replace(/(\.\d\d)0+$/, '$1');
    if (!/^\d+(\.\d*)?$/.test(trimmed)) throw wrongAt(this.place(), 'statement_amount', { value: text.slice(0, 40) });
    return readAmount(trimmed, this.place());
  }

  private day(entry: Node): string {
    const dates = [first(entry, 'BookgDt'), first(entry, 'ValDt')];
    const written = dates.map((date) => textAt(date, 'Dt') ?? textAt(date, 'DtTm')).find((date) => date !== null) ?? '';
    const [, year = '', month = '', day = ''] = /^(\d{4})-(\d\d)-(\d\d)/.exec(written) ?? [];
    return readDay(year, month, day, this.place(), written);
  }

  private place(): string {
    return `/entries/${this.entries}`;
  }

  private missing(field: string) {
    return wrongAt(this.place(), 'statement_field_missing', { field });
  }

  private unreadable() {
    return this.seenRoot && !this.closed && this.entries > 0
      ? wrongAt(this.place(), 'statement_unreadable')
      : wrongAt('/lines/1', 'statement_unreadable');
  }
}

interface WholeEntry {
  account: StatementAccount;
  entry: Node;
  currency: string;
  micros: Micros;
  incoming: boolean;
  booked: boolean;
}

/** The bank's own reference before the payer's; of a part before that of its batch, which is told apart by the part's. */
function ownReference(entry: Node, part: Node | null): string | null {
  const refs = first(part, 'Refs');
  const named = (...names: string[]) =>
    names.map((name) => textAt(refs, name)).find((ref) => ref !== null && !NO_REFERENCE.test(ref)) ?? null;
  const ofEntry = textAt(entry, 'AcctSvcrRef');
  const bank = ofEntry !== null && !NO_REFERENCE.test(ofEntry) ? ofEntry : null;
  const ofPart = named('AcctSvcrRef');
  if (ofPart !== null && ofPart !== bank) return ofPart;
  const payers = named('EndToEndId', 'TxId', 'InstrId', 'MsgId');
  if (bank === null) return payers;
  return payers === null ? bank : `${bank}/${payers}`;
}

function purposeOf(part: Node | null, entry: Node): string {
  const remittance = first(part, 'RmtInf');
  const free = all(remittance, 'Ustrd').map(({ text }) => text.trim());
  const structured = all(remittance, 'Strd').flatMap((one) => [
    textAt(one, 'CdtrRefInf', 'Ref'),
    ...all(one, 'RfrdDocInf').map((document) => textAt(document, 'Nb')),
    ...all(one, 'AddtlRmtInf').map(({ text }) => text.trim()),
  ]);
  const told = [...free, ...structured.filter((text) => text !== null)].join(' ');
  return told || (textAt(part, 'AddtlTxInf') ?? textAt(entry, 'AddtlNtryInf') ?? '');
}
