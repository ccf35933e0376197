import { NumberBook, type SourceRanges } from './number-book.js';

const OPERATORS = ['kz-kcell', 'ru-beeline', 'ru-mts', 'ru-yota'];
const indexOf = (code: string) => OPERATORS.indexOf(code);

const source = (name: string, ...ranges: [number, number, string][]): SourceRanges => ({
  source: name,
  first: Float64Array.from(ranges, ([first]) => first),
  last: Float64Array.from(ranges, ([, last]) => last),
  operator: Uint16Array.from(ranges, ([, , code]) => indexOf(code)),
});
const book = (sources: SourceRanges[], ported: [number, string][] = []) =>
  new NumberBook({
    operators: OPERATORS,
    sources,
    ported: {
      number: Float64Array.from(ported, ([number]) => number),
      operator: Uint16Array.from(ported, ([, code]) => indexOf(code)),
    },
  });

const DEF = source(
  'ru-def-9',
  [79000000000, 79000061999, 'ru-beeline'],
  [79000062000, 79000062999, 'ru-mts'],
  [79160000000, 79169999999, 'ru-mts'],
);

describe('the book of numbers', () => {
  it.each([
    ['the number before the first range', '78999999999', null],
    ['the first number of a range', '79000000000', 'ru-beeline'],
    ['the last', '79000061999', 'ru-beeline'],
    ['the first of the next one, which follows at once', '79000062000', 'ru-mts'],
    ['the last of that', '79000062999', 'ru-mts'],
    ['a gap', '79000063000', null],
    ['the last number of all', '79169999999', 'ru-mts'],
    ['the number after it', '79170000000', null],
    ['a shorter number of the same digits', '7916000000', null],
    ['a longer one', '791600000001', null],
  ])('knows %s', (_what, digits, operator) => {
    expect(book([DEF]).operatorOf(digits)).toBe(operator);
  });

  it('lets a number that was ported go with its new operator, and no neighbour of it', () => {
    const numbers = book(
      [DEF],
      [
        [79161234567, 'ru-beeline'],
        [79999999999, 'ru-yota'],
      ],
    );
    expect(numbers.explain('79161234567')).toEqual({ operatorCode: 'ru-beeline', rule: { kind: 'ported' } });
    expect(numbers.operatorOf('79999999999')).toBe('ru-yota');
    expect(numbers.explain('79161234568')).toEqual({
      operatorCode: 'ru-mts',
      rule: { kind: 'range', source: 'ru-def-9', first: 79160000000, last: 79169999999 },
    });
    expect(numbers.operatorOf('79161234566')).toBe('ru-mts');
  });

  it('takes the narrowest range of several sources, and of equal ones the first source', () => {
    const corrections = source('corrections', [79165000000, 79165000999, 'ru-yota']);
    const again = source('ru-def-9b', [79160000000, 79169999999, 'ru-beeline']);
    const numbers = book([corrections, DEF, again]);
    expect(numbers.operatorOf('79165000999')).toBe('ru-yota');
    expect(numbers.operatorOf('79165001000')).toBe('ru-mts');
  });

  it('keeps Kazakhstan, which shares +7, apart', () => {
    const numbers = book([DEF, source('kz', [77010000000, 77029999999, 'kz-kcell'])]);
    expect(numbers.operatorOf('77011234567')).toBe('kz-kcell');
    expect(book([DEF]).operatorOf('77011234567')).toBeNull();
  });

  it('knows nothing while nothing was entered', () => {
    expect(book([]).operatorOf('79161234567')).toBeNull();
    expect(book([]).explain('79161234567')).toBeNull();
  });
});
