/** What `:86:` tells of the other side; empty where it does not. */
export interface Details {
  purpose: string;
  name: string;
  account: string;
  taxNumber: string;
}

/** A subfield of the German and Polish way: `?20`, `~20`, `<20`, `^20`, after a code of three digits or at once. */
const SUBFIELDS = /^\s*(?:\d{3})?\s*([?~<^+;])(?=\d\d)/;
/** Words of the Dutch way: `/IBAN/NL…/NAME/…/REMI/…`. */
const WORDS = /(?:^|\/)(NAME|REMI|IBAN|EREF|ORDP|BENM|CNTP|ISDT|TRTP|BIC|CSID|MARF|PREF|PURP|RTRN|ULTD|ULTC)\//;
const PURPOSE_NUMBERS = /^(2\d|6[0-3])$/;
/** A subfield that is full goes on in the middle of a word. */
const FULL = 27;

/** Reads the lines of a field `:86:`, whichever way the bank writes them. */
export function readDetails(lines: readonly string[]): Details {
  const [begun = ''] = lines;
  const mark = SUBFIELDS.exec(begun)?.[1];
  if (mark) return fromSubfields(lines.join(''), mark);
  const whole = lines.join('');
  if (WORDS.test(begun.slice(0, 60))) return fromWords(whole);
  return { purpose: lines.map((line) => line.trim()).join(' '), name: '', account: '', taxNumber: '' };
}

function fromSubfields(text: string, mark: string): Details {
  const fields = new Map<string, string[]>();
  const escaped = mark.replace(/[?^+]/, '\\$&');
  for (const [, number, value] of text.matchAll(new RegExp(`${escaped}(\\d\\d)((?:(?!${escaped}\\d\\d).)*)`, 'gs'))) {
    const values = fields.get(number!) ?? [];
    fields.set(number!, [...values, value!]);
  }
  const purposes = [...fields]
    .filter(([number]) => PURPOSE_NUMBERS.test(number))
    .sort(([a], [b]) => Number(a) - Number(b))
    .flatMap(([, values]) => values);
  const value = (number: string) => (fields.get(number) ?? []).join('').trim();
  const purpose = join(purposes);
  return {
    purpose,
    name: join([...(fields.get('32') ?? []), ...(fields.get('33') ?? [])]),
    account: bare(value('38') || value('31')),
    taxNumber: /\/IDC\/(\d{10})/.exec(purpose)?.[1] ?? '',
  };
}

function join(values: readonly string[]): string {
  let whole = '';
  for (const value of values) whole += value.length >= FULL ? value : `${value.trimEnd()} `;
  return whole.replace(/\s+/g, ' ').trim();
}

function fromWords(text: string): Details {
  const parts = text.split(new RegExp(WORDS, 'g'));
  const told = new Map<string, string>();
  for (let index = 1; index < parts.length; index += 2) {
    const word = parts[index]!;
    if (!told.has(word)) told.set(word, parts[index + 1]!.replace(/\/+$/, '').trim());
  }
  // ING and others put the whole party into one word: /CNTP/account/bank/name/place/
  const [account = '', , name = ''] = (told.get('CNTP') ?? '').split('/');
  const remittance = (told.get('REMI') ?? '').replace(/^(USTD|STRD)\/+(CUR|ISO)?\/*/, '');
  return {
    purpose: remittance || text,
    name: told.get('NAME') ?? name,
    account: bare(told.get('IBAN') ?? account),
    taxNumber: '',
  };
}

const bare = (account: string): string => account.replace(/\s/g, '').toUpperCase();
