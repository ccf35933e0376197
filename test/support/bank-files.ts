/**
 * Files as banks make them, from the descriptions of the formats: 1CClientBankExchange 1.03, ISO 20022 camt.053.001.02 and .08, SWIFT MT940 in
 * its German, Polish, Dutch and free ways. Sums are in kopecks, cents or grosze and add up, unless a test spoils them.
 */
export interface Movement {
  /** Positive: came in. */
  minor: number;
  purpose: string;
  /** The document's number (1C), the bank's reference (the others). */
  reference?: string;
  /** `YYYY-MM-DD`. */
  day?: string;
  name?: string;
  taxNumber?: string;
  account?: string;
  reversal?: boolean;
  /** CAMT: one entry with these parts; their sum is the entry's. */
  parts?: Movement[];
}

export interface File {
  account: string;
  movements: Movement[];
  opening?: number;
}

const DAY = '2026-01-13';
const OPENING = 100_000;

const decimal = (minor: number, separator = '.'): string => {
  const absolute = Math.abs(minor);
  return `${minor < 0 ? '-' : ''}${Math.floor(absolute / 100)}${separator}${String(absolute % 100).padStart(2, '0')}`;
};
const total = (movements: readonly Movement[], sign: 1 | -1): number =>
  movements.reduce((sum, { minor }) => sum + (Math.sign(minor) === sign ? Math.abs(minor) : 0), 0);

/** `classic`: turnovers as received and spent, each field for itself. `terse`: debit and credit turnovers, commas, the payer in one field, purposes in pieces. */
export type OneCHabit = 'classic' | 'terse';

export function oneC({ account, movements, opening = OPENING }: File, habit: OneCHabit = 'classic'): string {
  const terse = habit === 'terse';
  const amount = (minor: number) => decimal(minor, terse ? ',' : '.');
  const russian = (day: string) => day.split('-').reverse().join('.');
  const [came, went] = [total(movements, 1), total(movements, -1)];
  const days = movements.map(({ day = DAY }) => day).sort();
  const period = [`ДатаНачала=${russian(days[0] ?? DAY)}`, `ДатаКонца=${russian(days.at(-1) ?? DAY)}`];
  const documents = movements.flatMap((one, index) => {
    const other = { name: 'ООО «Ромашка»', taxNumber: '7707083893', account: '40702810400000012345', ...one };
    const side = (who: string, theirs: boolean) => [
      `${who}Счет=${theirs ? other.account : account}`,
      ...(terse
        ? [`${who}=ИНН ${theirs ? other.taxNumber : '7736050003'} ${theirs ? other.name : 'ООО "Кабинет"'}`]
        : [
            `${who}=${theirs ? other.name : 'ООО "Кабинет"'}`,
            `${who}ИНН=${theirs ? other.taxNumber : '7736050003'}`,
            `${who}КПП=773601001`,
            `${who}Банк1=ПАО СБЕРБАНК`,
            `${who}БИК=044525225`,
          ]),
    ];
    const day = russian(one.day ?? DAY);
    const incoming = one.minor > 0;
    return [
      'СекцияДокумент=Платежное поручение',
      `Номер=${one.reference ?? index + 1}`,
      `Дата=${day}`,
      `Сумма=${amount(one.reversal ? -Math.abs(one.minor) : Math.abs(one.minor))}`,
      ...side('Плательщик', incoming),
      ...(incoming && !terse ? [`ДатаПоступило=${day}`] : []),
      ...side('Получатель', !incoming),
      'ВидОплаты=01',
      ...(terse
        ? [`НазначениеПлатежа1=${one.purpose.slice(0, 27)}`, `НазначениеПлатежа2=${one.purpose.slice(27)}`]
        : [`НазначениеПлатежа=${one.purpose}`]),
      'КонецДокумента',
    ];
  });
  return [
    '1CClientBankExchange',
    'ВерсияФормата=1.03',
    'Кодировка=Windows',
    'Отправитель=Банк',
    ...period,
    `РасчСчет=${account}`,
    'СекцияРасчСчет',
    ...period,
    `РасчСчет=${account}`,
    `НачальныйОстаток=${amount(opening)}`,
    `${terse ? 'КредитОборот' : 'ВсегоПоступило'}=${amount(came)}`,
    `${terse ? 'ДебетОборот' : 'ВсегоСписано'}=${amount(went)}`,
    `КонечныйОстаток=${amount(opening + came - went)}`,
    'КонецРасчСчет',
    ...documents,
    'КонецФайла',
    '',
  ].join(terse ? '\n' : '\r\n');
}

/** `v2`: the version of 2009 without prefix. `v8`: that of 2019 with one, parties and statuses a level deeper. */
export type CamtHabit = 'v2' | 'v8';

export function camt053(
  { account, movements, opening = OPENING }: File,
  habit: CamtHabit = 'v2',
  currency = 'EUR',
): string {
  const deep = habit === 'v8';
  const p = deep ? 'ns2:' : '';
  const el = (name: string, content: string) => `<${p}${name}>${content}</${p}${name}>`;
  const amt = (minor: number) => `<${p}Amt Ccy="${currency}">${decimal(Math.abs(minor))}${deep ? '' : '000'}</${p}Amt>`;
  const sign = (minor: number) => el('CdtDbtInd', minor < 0 ? 'DBIT' : 'CRDT');
  const escape = (text: string) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;');
  const details = (one: Movement) => {
    const role = one.minor > 0 ? 'Dbtr' : 'Cdtr';
    const name = el('Nm', escape(one.name ?? 'Müller & Söhne'));
    const id = one.taxNumber ? el('Id', el('OrgId', el('Othr', el('Id', one.taxNumber)))) : '';
    const party = el(role, deep ? el('Pty', name + id) : name + id);
    const iban =
      one.account === '' ? '' : el(`${role}Acct`, el('Id', el('IBAN', one.account ?? 'DE89370400440532013000')));
    const amount = deep ? amt(one.minor) : el('AmtDtls', el('TxAmt', amt(one.minor)));
    return el(
      'TxDtls',
      el('Refs', el('EndToEndId', one.reference ? `E-${one.reference}` : 'NOTPROVIDED')) +
        amount +
        (deep ? sign(one.minor) : '') +
        el('RltdPties', party + iban) +
        el(
          'RmtInf',
          one.purpose
            .match(/.{1,140}/gs)!
            .map((piece) => el('Ustrd', escape(piece)))
            .join(''),
        ),
    );
  };
  const entries = movements.map((one) => {
    const day = one.day ?? DAY;
    return el(
      'Ntry',
      amt(one.minor) +
        sign(one.minor) +
        (one.reversal ? el('RvslInd', 'true') : '') +
        el('Sts', deep ? el('Cd', 'BOOK') : 'BOOK') +
        el('BookgDt', deep ? el('DtTm', `${day}T09:00:00+02:00`) : el('Dt', day)) +
        el('ValDt', el('Dt', day)) +
        (one.reference ? el('AcctSvcrRef', one.reference) : '') +
        el('BkTxCd', el('Domn', el('Cd', 'PMNT'))) +
        el('NtryDtls', (one.parts ?? [one]).map(details).join('')),
    );
  });
  const balance = (code: string, minor: number) =>
    el('Bal', el('Tp', el('CdOrPrtry', el('Cd', code))) + amt(minor) + sign(minor) + el('Dt', el('Dt', DAY)));
  const closing = opening + total(movements, 1) - total(movements, -1);
  const statement =
    el('Id', 'S1') +
    el('Acct', el('Id', el('IBAN', account)) + (deep ? el('Ccy', currency) : '')) +
    balance(deep ? 'OPBD' : 'PRCD', opening) +
    balance('CLBD', closing) +
    el(
      'TxsSummry',
      el('TtlCdtNtries', el('Sum', decimal(total(movements, 1)))) +
        el('TtlDbtNtries', el('Sum', decimal(total(movements, -1)))),
    ) +
    entries.join('\n');
  const xmlns = `xmlns${deep ? ':ns2' : ''}="urn:iso:std:iso:20022:tech:xsd:camt.053.001.${deep ? '08' : '02'}"`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${p}Document ${xmlns}>${el('BkToCstmrStmt', el('GrpHdr', el('MsgId', 'M1')) + el('Stmt', statement))}</${p}Document>`;
}

export type Mt940Habit = 'german' | 'polish' | 'dutch' | 'free';

export function mt940(
  { account, movements, opening = OPENING }: File,
  habit: Mt940Habit = 'german',
  currency = 'EUR',
): string {
  const short = (day: string) => day.slice(2).replaceAll('-', '');
  const balance = (minor: number) => `${minor < 0 ? 'D' : 'C'}${short(DAY)}${currency}${decimal(Math.abs(minor), ',')}`;
  const details = (one: Movement): string[] => {
    const name = one.name ?? 'ROMASHKA GMBH';
    const iban = one.account ?? 'DE89370400440532013000';
    if (habit === 'dutch')
      return `/TRTP/SEPA OVERBOEKING/IBAN/${iban}/BIC/INGBNL2A/NAME/${name}/REMI/${one.purpose}/EREF/NOTPROVIDED`.match(
        /.{1,65}/g,
      )!;
    if (habit === 'free') return one.purpose.match(/.{1,65}/g)!;
    const mark = habit === 'german' ? '?' : '~';
    const pieces = one.purpose.match(/.{1,27}/g)!.map((piece, index) => `${mark}${20 + index}${piece}`);
    const text = `${mark}00GUTSCHRIFT${mark}10 931${pieces.join('')}${mark}32${name}${mark}38${iban}`;
    return `${habit === 'german' ? '166' : '020'}${text}`.match(/.{1,65}/g)!;
  };
  const closing = opening + total(movements, 1) - total(movements, -1);
  const lines = [
    ...(habit === 'dutch' ? ['{1:F01INGBNL2ABXXX0000000000}{2:I940INGBNL2AXXXN}{4:'] : []),
    ':20:STARTUMSE',
    `:25:${habit === 'polish' ? `/${account}` : habit === 'dutch' ? `${account}${currency}` : account}`,
    ':28C:00013/001',
    `:60F:${balance(opening)}`,
    ...movements.flatMap((one) => {
      const day = one.day ?? DAY;
      const mark = one.reversal ? (one.minor < 0 ? 'RC' : 'RD') : one.minor < 0 ? 'D' : 'C';
      const amount = decimal(Math.abs(one.minor), ',').replace(/,00$/, ',');
      const bank = one.reference ? `//${one.reference}` : '';
      return [
        `:61:${short(day)}${short(day).slice(2)}${mark}${habit === 'german' ? 'R' : ''}${amount}NTRFNONREF${bank}`,
        ...details(one).map((line, index) => (index === 0 ? `:86:${line}` : line)),
      ];
    }),
    `:62F:${balance(closing)}`,
    `:64:${balance(closing)}`,
    ...(habit === 'dutch' ? ['-}'] : ['-']),
  ];
  return `${lines.join('\r\n')}\r\n`;
}

/** Windows-1251, as far as these files need it. */
export function cp1251(text: string): Buffer {
  const others: Record<string, number> = { Ё: 0xa8, ё: 0xb8, '«': 0xab, '»': 0xbb, '№': 0xb9, '–': 0x96, '…': 0x85 };
  return Buffer.from(
    Array.from(text, (letter) => {
      const code = letter.codePointAt(0)!;
      if (code < 0x80) return code;
      const other = others[letter];
      if (other !== undefined) return other;
      if (code < 0x410 || code > 0x44f) throw new Error(`${letter} is not in this table`);
      return code - 0x410 + 0xc0;
    }),
  );
}

/** The letters of DOS, without quotes and signs. */
export function cp866(text: string): Buffer {
  return Buffer.from(
    Array.from(text, (letter) => {
      const code = letter.codePointAt(0)!;
      if (code < 0x80) return code;
      if (code >= 0x410 && code <= 0x43f) return code - 0x410 + 0x80;
      if (code >= 0x440 && code <= 0x44f) return code - 0x440 + 0xe0;
      if (letter === 'ё') return 0xf1;
      return 0x3f;
    }),
  );
}
