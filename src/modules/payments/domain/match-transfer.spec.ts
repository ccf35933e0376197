import { CandidateBook } from './candidate-book.js';
import { coverInOrder } from './cover-in-order.js';
import { type Candidate, type Incoming, matchTransfer, taxNumbersIn } from './match-transfer.js';
import { isSameAccount } from './same-account.js';

const invoice = (invoiceId: string, change: Partial<Candidate> = {}): Candidate => ({
  accountId: 'a',
  invoiceId,
  legalEntityId: 's',
  documentNumber: `К-2026-${invoiceId}`,
  currency: 'RUB',
  payerTaxNumber: '7707083893',
  restMicros: 100n,
  cancelled: false,
  ...change,
});
const incoming = (change: Partial<Incoming> = {}): Incoming => ({
  legalEntityId: 's',
  currency: 'RUB',
  amountMicros: 100n,
  named: [],
  taxNumbers: [],
  accountIds: [],
  ...change,
});
const naming = (...numbers: string[]) =>
  incoming({
    named: numbers.map((number) => ({
      documentNumber: `К-2026-${number.replace('~', '')}`,
      loose: number.startsWith('~'),
    })),
    amountMicros: 70n,
  });

describe('A transfer', () => {
  it.each<[string, Incoming, Candidate[], string]>([
    ['its number', naming('1'), [invoice('1')], 'a: 1'],
    ['several numbers of one account, in their order', naming('2', '1'), [invoice('1'), invoice('2')], 'a: 2,1'],
    [
      'a number, however much it is',
      incoming({ ...naming('1'), amountMicros: 900n }),
      [invoice('1', { restMicros: 0n })],
      'a: 1',
    ],
    ['amount and tax number', incoming({ taxNumbers: ['7707083893'] }), [invoice('1')], 'a: 1'],
    ['amount and bank account', incoming({ accountIds: ['a'] }), [invoice('1', { payerTaxNumber: 'x' })], 'a: 1'],
    [
      'a number that nothing has, and amount and payer',
      { ...naming('9'), amountMicros: 100n, taxNumbers: ['7707083893'] },
      [invoice('1')],
      'a: 1',
    ],
    ['a loose number, if the payer is right', { ...naming('~1'), taxNumbers: ['7707083893'] }, [invoice('1')], 'a: 1'],
    ['a loose number, if the amount is right', { ...naming('~1'), amountMicros: 100n }, [invoice('1')], 'a: 1'],
  ])('finds its invoice by %s', (_, transfer, candidates, expected) => {
    const match = matchTransfer(transfer, candidates);
    expect(match.kind === 'credit' && `${match.accountId}: ${match.invoiceIds.join()}`).toBe(expected);
  });

  it.each<[string, Incoming, Candidate[]]>([
    ['no_match', incoming(), [invoice('1')]],
    ['no_match', incoming({ taxNumbers: ['7707083893'], amountMicros: 99n }), [invoice('1')]],
    ['no_match', incoming({ taxNumbers: ['7707083893'] }), [invoice('1', { cancelled: true })]],
    ['no_match', incoming({ taxNumbers: ['7707083893'] }), [invoice('1', { legalEntityId: 'other' })]],
    ['no_match', naming('~1'), [invoice('1')]],
    ['several_matches', incoming({ taxNumbers: ['7707083893'] }), [invoice('1'), invoice('2')]],
    ['several_accounts', naming('1', '2'), [invoice('1'), invoice('2', { accountId: 'b' })]],
    ['invoice_cancelled', naming('1', '2'), [invoice('1'), invoice('2', { cancelled: true })]],
    ['other_currency', naming('1'), [invoice('1', { currency: 'EUR', legalEntityId: 'other' })]],
    ['other_seller', naming('1'), [invoice('1', { legalEntityId: 'other' })]],
  ])('waits: %s', (reason, transfer, candidates) =>
    expect(matchTransfer(transfer, candidates)).toMatchObject({ kind: 'wait', reason }),
  );

  it('does not find an invoice that the one before it has covered', () => {
    const book = new CandidateBook([invoice('1')]);
    const transfer = incoming({ taxNumbers: ['7707083893'] });
    expect(matchTransfer(transfer, book.for(transfer))).toMatchObject({ kind: 'credit' });
    book.cover(['1'], 100n);
    expect(matchTransfer(transfer, book.for(transfer))).toMatchObject({ kind: 'wait', reason: 'no_match' });
  });

  it('covers invoices in the order given, each up to its rest, once', () => {
    const rests = new Map([
      ['1', { restMicros: 60n }],
      ['2', { restMicros: 60n }],
    ]);
    expect(coverInOrder(100n, ['2', '2', 'gone', '1'], rests)).toEqual([
      { invoiceId: '2', amountMicros: 60n },
      { invoiceId: '1', amountMicros: 40n },
    ]);
    expect(rests.get('1')).toEqual({ restMicros: 20n });
  });

  it.each([
    ['PL5260001246', '', ['5260001246']],
    [null, 'Оплата, ИНН 7707083893, ИНН: 7707083893', ['7707083893']],
    ['7707083893', 'NIP PL526-000-12-46', ['7707083893', '5260001246']],
    [null, '/VAT/230,00/IDC/5260001246/INV/F-2026-1/TXT/x', ['5260001246']],
    [null, 'тел. 79161234567', []],
  ])('tells tax numbers in its field %p or its purpose %p', (field, purpose, numbers) =>
    expect(taxNumbersIn(field, purpose)).toEqual(numbers),
  );
});

describe('A bank account', () => {
  it.each([
    ['40702810900000000001', '40702810900000000001', true],
    ['PL61 1090 1014 0000 0712 1981 2874', 'pl61109010140000071219812874', true],
    ['PL61109010140000071219812874', '61109010140000071219812874', true],
    ['DE89370400440532013000', '37040044/532013000', true],
    ['DE89370400440532013000', '37040044/532013001', false],
    ['40702810900000000001', '40702810900000000002', false],
    ['DE89370400440532013000', '000', false],
  ])('%s is %s: %p', (ours, theirs, same) => expect(isSameAccount(ours, theirs)).toBe(same));
});
