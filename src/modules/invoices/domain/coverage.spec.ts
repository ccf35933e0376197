import { invoiceStatus } from './coverage.js';
import { documentNumber, numbersInPurpose } from './document-number.js';

describe('where an invoice stands', () => {
  const offer = { grossMicros: 100n, coveredMicros: 0n, cancelled: false, validUntil: '2026-03-31' };
  it.each([
    [{}, '2026-03-31', 'issued'],
    [{}, '2026-04-01', 'expired'],
    [{ coveredMicros: 1n }, '2026-04-01', 'partly_covered'],
    [{ coveredMicros: 99n }, '2026-03-01', 'partly_covered'],
    [{ coveredMicros: 100n }, '2027-01-01', 'covered'],
    [{ cancelled: true }, '2026-03-01', 'cancelled'],
  ] as const)('%p on %s is %s', (change, today, status) =>
    expect(invoiceStatus({ ...offer, ...change }, today)).toBe(status),
  );
});

describe('document numbers', () => {
  it('are read as they stand', () => expect(documentNumber('К', 2026, 17)).toBe('К-2026-17'));
  const series = ['К', 'K', 'ТЕСТ', 'F'];
  const found = (purpose: string, loose: boolean) =>
    numbersInPurpose(purpose, series).flatMap((one) => (one.loose === loose ? [one.documentNumber] : []));

  it.each([
    ['Оплата по счету № К-2026-17 от 12.01.2026, в т.ч. НДС', ['К-2026-17', 'K-2026-17']],
    ['к – 2026 – 0017', ['К-2026-17', 'K-2026-17']],
    ['СЧЕТ №K2026-3', ['К-2026-3', 'K-2026-3']],
    ['SVWZ+F/2026/4', ['F-2026-4']],
    ['F_2026.4; f-2026-005, F-2026-4', ['F-2026-4', 'F-2026-5']],
    ['tect-2026-9', ['ТЕСТ-2026-9']],
    ['Διαφορά F‑2026−1', ['F-2026-1']],
    ['no number 2026-17', []],
    ['AF-2026-1, 7F-2026-1, A-F-2026-1, F-1999-1, F-2026-0', []],
    ['', []],
  ])('are found in %p', (purpose, numbers) => expect(found(purpose, false)).toEqual(numbers));

  it.each([
    ['доплата к 2026 17', ['К-2026-17', 'K-2026-17']],
    ['F20264', ['F-2026-4']],
    ['F 2026 4', ['F-2026-4']],
    ['F 2026 4, F-2026-4', []],
  ])('may be meant in %p', (purpose, numbers) => expect(found(purpose, true)).toEqual(numbers));
});
