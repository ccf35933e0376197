import { Readable } from 'node:stream';
import { DomainError } from '../../../src/kernel/domain-error.js';
import type { StatementLine } from '../../../src/modules/payments/domain/statements/statement.js';
import { readStatement } from '../../../src/modules/payments/statements/read-statement.js';
import { camt053, cp1251, cp866, mt940, type Movement, oneC } from '../../support/bank-files.js';

const OURS = '40702810900000000001';
const IBAN = 'GR1601101250000000012300695';
const NRB = 'PL61109010140000071219812874';

/** In pieces of a prime size, so that letters, lines and tags are cut everywhere. */
async function read(file: string | Buffer, size = 997): Promise<{ lines: StatementLine[]; accounts: string[] }> {
  const bytes = Buffer.from(file as string);
  const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );
  const lines: StatementLine[] = [];
  const { accounts } = await readStatement(Readable.from(chunks, { objectMode: false }), async (batch) => {
    lines.push(...batch);
  });
  return { lines, accounts: accounts.map(({ account, currency }) => `${account} ${currency}`) };
}

async function refusal(file: string | Buffer): Promise<string> {
  try {
    await read(file);
    return 'taken';
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return `${error.code} at ${error.details.errors?.[0]?.pointer}`;
  }
}

const MOVEMENTS: Movement[] = [
  { minor: 500_000, purpose: 'Оплата по счету № К-2026-1 от 12.01.2026, в т.ч. НДС 22%', reference: '000017' },
  { minor: -20_050, purpose: 'Комиссия банка', reference: '18', name: 'ПАО Сбербанк', account: '70601810000000000001' },
  { minor: 1, purpose: 'Проверка', reference: '19', day: '2026-01-14' },
];
const ru = { account: OURS, movements: MOVEMENTS };
const FIRST = {
  account: OURS,
  currency: 'RUB',
  direction: 'in',
  reversal: false,
  amountMicros: 5_000_000_000n,
  bookedOn: '2026-01-13',
  party: { taxNumber: '7707083893', account: '40702810400000012345' },
  reference: '17/2026-01-13/5000.00/40702810400000012345',
};

describe('1CClientBankExchange', () => {
  it.each([
    ['windows-1251', cp1251(oneC(ru))],
    ['windows-1251 with debit and credit turnovers, commas and purposes in pieces', cp1251(oneC(ru, 'terse'))],
    ['UTF-8', oneC(ru)],
    ['UTF-8 with a mark', `\ufeff${oneC(ru)}`],
    ['UTF-16', Buffer.from(`\ufeff${oneC(ru)}`, 'utf16le')],
    ['cp866', cp866(oneC(ru))],
  ])('[B9] is read in %s', async (_, file) => {
    const { lines, accounts } = await read(file);
    expect(accounts).toEqual([`${OURS} RUB`]);
    expect(lines).toMatchObject([
      FIRST,
      { direction: 'out', amountMicros: 200_500_000n, bookedOn: '2026-01-13' },
      { direction: 'in', amountMicros: 10_000n, bookedOn: '2026-01-14' },
    ]);
    expect(lines[0]!.purpose).toMatch(/^Оплата по счету . К-2026-1 от 12.01.2026/);
    expect(lines[0]!.party.name).toMatch(/^ООО .Ромашка.$/);
  });

  it('tells what goes from one account of the file to another twice, and what was taken back by its sign', async () => {
    const second = '40702810900000000002';
    const section = [
      'СекцияРасчСчет',
      `РасчСчет=${second}`,
      'НачальныйОстаток=0.00',
      'ВсегоПоступило=10.00',
      'ВсегоСписано=0.00',
      'КонечныйОстаток=10.00',
      'КонецРасчСчет',
      'СекцияДокумент',
    ].join('\r\n');
    const own = oneC({
      account: OURS,
      movements: [{ minor: -1_000, purpose: 'Перевод собственных средств', account: second }],
    });
    const { lines, accounts } = await read(own.replace('СекцияДокумент', section));
    expect(accounts).toEqual([`${OURS} RUB`, `${second} RUB`]);
    expect(lines.map(({ account, direction }) => `${account} ${direction}`)).toEqual([`${second} in`, `${OURS} out`]);
    const taken = await read(
      oneC({ account: OURS, movements: [{ minor: 900, purpose: 'a' }] })
        .replace('Сумма=9.00', 'Сумма=-9.00')
        .replace('Поступило=9.00', 'Поступило=-9.00')
        .replace('Остаток=1009.00', 'Остаток=991.00'),
    );
    expect(taken.lines).toMatchObject([{ direction: 'out', reversal: true, amountMicros: 9_000_000n }]);
  });

  it.each([
    [
      'another closing balance',
      (file: string) => file.replace('КонечныйОстаток=5799.51', 'КонечныйОстаток=5799.52'),
      'statement_sums_differ at /lines/8',
    ],
    [
      'another turnover',
      (file: string) => file.replace('ВсегоПоступило=5000.01', 'ВсегоПоступило=6000.01'),
      'statement_sums_differ at /lines/8',
    ],
    [
      'another sum',
      (file: string) => file.replace('Сумма=5000.00', 'Сумма=5000.01'),
      'statement_sums_differ at /lines/8',
    ],
    [
      'commas between thousands',
      (file: string) => file.replace('Сумма=5000.00', 'Сумма=5,000.00'),
      'statement_amount at /lines/17',
    ],
    [
      'a day that is none',
      (file: string) => file.replace('Дата=13.01.2026', 'Дата=30.02.2026'),
      'statement_date at /lines/17',
    ],
    [
      'no sums',
      (file: string) => file.replace(/СекцияРасчСчет[^]*КонецРасчСчет\r\n/, ''),
      'statement_without_sums at /lines/7',
    ],
    [
      'a document of others',
      (file: string) => file.replace(`ПолучательСчет=${OURS}`, 'ПолучательСчет=40702810900000000009'),
      'statement_foreign_document at /lines/17',
    ],
    [
      'the letters of another encoding',
      (file: string) => cp1251(file).map((byte) => (byte < 0x80 ? byte : 0x98)),
      'statement_encoding at /lines/1',
    ],
    [
      'letters that change on the way',
      (file: string) => Buffer.concat([Buffer.from(file), cp1251('Привет')]),
      'statement_encoding at /lines/1',
    ],
  ])('is refused with %s', async (_, spoil, expected) =>
    expect(await refusal(Buffer.from(spoil(oneC(ru)) as string))).toBe(expected),
  );
});

describe('CAMT.053', () => {
  const movements: Movement[] = [
    { minor: 6_448, purpose: 'Invoice F-2026-1', reference: 'BANK1', taxNumber: 'EL094014201' },
    {
      minor: 3_000,
      purpose: '',
      reference: 'BATCH',
      parts: [
        { minor: 1_000, purpose: 'F-2026-2 <&>', reference: 'P1' },
        { minor: 2_000, purpose: 'F-2026-3', reference: 'P2' },
      ],
    },
    { minor: -1_000, purpose: 'returned', reference: 'BANK3', reversal: true },
  ];

  it.each(['v2', 'v8'] as const)('[B9] is read as %s, with the parts of its batches', async (habit) => {
    const { lines, accounts } = await read(camt053({ account: IBAN, movements }, habit));
    expect(accounts).toEqual([`${IBAN} EUR`]);
    expect(lines).toMatchObject([
      {
        at: 1,
        direction: 'in',
        amountMicros: 64_480_000n,
        bookedOn: '2026-01-13',
        party: { name: 'Müller & Söhne', account: 'DE89370400440532013000', taxNumber: 'EL094014201' },
        purpose: 'Invoice F-2026-1',
      },
      { at: 2, amountMicros: 10_000_000n, purpose: 'F-2026-2 <&>' },
      { at: 2, amountMicros: 20_000_000n, purpose: 'F-2026-3' },
      { at: 3, direction: 'out', reversal: true, amountMicros: 10_000_000n },
    ]);
    const references = lines.map(({ reference }) => reference);
    expect(new Set(references).size).toBe(4);
    expect(
      (await read(camt053({ account: IBAN, movements }, habit), 11)).lines.map(({ reference }) => reference),
    ).toEqual(references);
  });

  it('keeps a batch whole whose parts do not add up, and leaves out what is not booked', async () => {
    const parts = [
      { minor: 1_000, purpose: 'a' },
      { minor: 1_999, purpose: 'b' },
    ];
    const { lines } = await read(camt053({ account: IBAN, movements: [{ minor: 3_000, purpose: '', parts }] }));
    expect(lines).toMatchObject([{ amountMicros: 30_000_000n, remark: 'batch_not_split' }]);
    const announced = camt053({ account: IBAN, movements: [{ minor: 1_000, purpose: 'a' }] }).replace('BOOK', 'PDNG');
    const without = announced.replace(/<Bal>[^]*<\/Bal>/, '').replace('<Sum>10.00', '<Sum>0.00');
    expect((await read(without)).lines).toMatchObject([{ remark: 'not_booked' }]);
  });

  const good = camt053({ account: IBAN, movements });
  it.each([
    ['another closing balance', good.replace('1084.48', '1084.49'), 'statement_sums_differ at /entries/3'],
    ['another turnover', good.replace('<Sum>94.48', '<Sum>94.49'), 'statement_sums_differ at /entries/3'],
    ['commas', good.replace('64.48000', '64,48'), 'statement_amount at /entries/1'],
    ['thousandths', good.replace('64.48000', '64.481'), 'statement_amount at /entries/1'],
    ['no sums', good.replace(/<Bal>[^]*<\/TxsSummry>/, ''), 'statement_without_sums at /entries/3'],
    ['another namespace', good.replace('camt.053', 'pain.001'), 'statement_unreadable at /lines/1'],
    ['tags that cross', good.replace('</Ntry>', '</Ntri>'), 'statement_unreadable at /entries/1'],
    [
      'entities that expand',
      good
        .replace('<Document', '<!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><Document')
        .replace('Invoice', '&b;'),
      'statement_unreadable at /lines/1',
    ],
    ['an entity that nothing explains', good.replace('Invoice', '&xxe;'), 'statement_unreadable at /entries/1'],
    ['an encoding that nobody knows', good.replace('UTF-8', 'latin-99'), 'statement_encoding at /lines/1'],
    ['letters of another encoding', Buffer.from(good, 'latin1'), 'statement_encoding at /lines/1'],
    ['elements without end', good.replace('<NtryDtls>', '<NtryDtls>'.repeat(60)), 'statement_unreadable at /entries/1'],
  ])('is refused with %s', async (_, file, expected) => expect(await refusal(file)).toBe(expected));
});

describe('MT940', () => {
  const movements: Movement[] = [
    {
      minor: 12_300,
      purpose: 'FAKTURA F-2026-1 /IDC/5260001246 Z DNIA 12.01.2026',
      reference: '931/1',
      day: '2026-01-13',
    },
    { minor: -550, purpose: 'OPLATA' },
    { minor: -12_300, purpose: 'ZWROT', reference: '931/3', reversal: true },
  ];

  it.each([
    ['german', IBAN, 'EUR', 'DE89370400440532013000'],
    ['polish', NRB, 'PLN', 'DE89370400440532013000'],
    ['dutch', 'NL20INGB0001234567', 'EUR', 'DE89370400440532013000'],
    ['free', IBAN, 'EUR', null],
  ] as const)('[B9] is read the %s way', async (habit, account, currency, party) => {
    const { lines, accounts } = await read(mt940({ account, movements }, habit, currency));
    expect(accounts).toEqual([`${account} ${currency}`]);
    expect(lines).toMatchObject([
      {
        direction: 'in',
        reversal: false,
        amountMicros: 123_000_000n,
        bookedOn: '2026-01-13',
        party: { account: party },
        reference: '931/1/2026-01-13/123.00',
      },
      { direction: 'out', reversal: false, amountMicros: 5_500_000n },
      { direction: 'out', reversal: true, amountMicros: 123_000_000n },
    ]);
    expect(lines[0]!.purpose).toBe(movements[0]!.purpose);
    if (habit !== 'free') expect(lines[0]!.party.name).toBe('ROMASHKA GMBH');
    if (habit === 'polish') expect(lines[0]!.party.taxNumber).toBe('5260001246');
  });

  it('is read over pages and statements, with days of booking in the next year and equals apart', async () => {
    const page = [
      ':20:A',
      ':25:37040044/532013000',
      ':28C:1/1',
      ':60F:C251231EUR0,',
      ':61:2512310102C1,NTRFABC',
      ':86:a',
      ':62M:C260102EUR1,',
      ':20:A',
      ':25:37040044/532013000',
      ':28C:1/2',
      ':60M:C260102EUR1,',
      ':61:2601021231C1,5NTRFABC',
      'supplement',
      ':62F:C260102EUR2,5',
      '-',
    ];
    const { lines } = await read(page.join('\n'));
    expect(lines.map(({ bookedOn, reference, purpose }) => [bookedOn, reference, purpose])).toEqual([
      ['2026-01-02', 'ABC/2026-01-02/1.00', 'a'],
      ['2025-12-31', 'ABC/2025-12-31/1.50', 'supplement'],
    ]);
  });

  const good = mt940({ account: IBAN, movements });
  it.each([
    [
      'another closing balance',
      good.replace(':62F:C260113EUR994', ':62F:C260113EUR995'),
      'statement_sums_differ at /lines/14',
    ],
    ['commas between thousands', good.replace('CR123,', 'CR1.123,00'), 'statement_movement at /lines/5'],
    ['a day that is none', good.replace('2601130113CR', '2602310113CR'), 'statement_date at /lines/5'],
    ['no account', good.replace(/:25:.*\r\n/, ''), 'statement_field_missing at /lines/3'],
    ['something else in it', 'a,b\n1,2\n', 'statement_unreadable at /lines/1'],
    ['nothing in it', '', 'statement_unreadable at /lines/1'],
  ])('is refused with %s', async (_, file, expected) => expect(await refusal(file)).toBe(expected));
});

describe('A file of a bank', () => {
  it.each([
    ['1C', oneC(ru)],
    ['CAMT.053', camt053({ account: IBAN, movements: MOVEMENTS })],
    ['MT940', mt940({ account: NRB, movements: MOVEMENTS.map((one) => ({ ...one, purpose: 'x' })) }, 'polish', 'PLN')],
  ])('is refused wherever it is cut: %s', async (_, file) => {
    const lines = file.trimEnd().split('\n');
    const last = file.includes(':62F:') ? lines.findIndex((line) => line.startsWith(':62F:')) : lines.length - 1;
    for (let kept = 1; kept <= last; kept += 1)
      expect(await refusal(lines.slice(0, kept).join('\n'))).not.toBe('taken');
    const half = Buffer.from(file);
    for (let bytes = 40; bytes < half.length * 0.9; bytes += 101)
      expect(await refusal(half.subarray(0, bytes))).not.toBe('taken');
  });
});
