import { cutLine } from './file-rows.js';
import { codeOf, foldName } from './operator.js';
import { readRegistryHeader, readRegistryRow, RegistryRanges } from './registry.js';

const HEADER = 'АВС/ DEF;От;До;Емкость;Оператор;Регион;ИНН';
const COLUMNS = readRegistryHeader(cutLine(HEADER))!;
const read = (line: string) => readRegistryRow(cutLine(line), COLUMNS);

describe('a file of the numbering registry', () => {
  it('is known by its header, in the order and letters of any year', () => {
    expect(COLUMNS).toEqual({ code: 0, first: 1, last: 2, capacity: 3, operator: 4, region: 5 });
    expect(
      readRegistryHeader(cutLine('"ABC/DEF"; "От"; "До"; "Ёмкость"; "Оператор"; "Регион"; "Территория ГАР"; "ИНН"')),
    ).toEqual(COLUMNS);
    expect(readRegistryHeader(['phone', 'name'])).toBeNull();
  });

  it('has ranges in E.164', () => {
    expect(read('900;0000000;0061999;62000;ООО "Т2 Мобайл";Краснодарский край;7743895280')).toEqual({
      first: 79000000000,
      last: 79000061999,
      operator: 'ООО "Т2 Мобайл"',
      region: 'Краснодарский край',
    });
  });

  it.each([
    ['blanks around and inside', ' 900 ; 0 000 000 ;0061999; 62 000 ;  ООО "Т2  Мобайл" ;;'],
    ['quoted fields with doubled quotes', '"900";"0000000";"0061999";"62000";"ООО ""Т2 Мобайл""";"";""'],
    ['zeros that a spreadsheet has eaten', '900;0;61999;62000;ООО "Т2 Мобайл"'],
    ['no capacity', '900;0000000;0061999;;ООО "Т2 Мобайл"'],
  ])('is read with %s', (_habit, line) => {
    expect(read(line)).toEqual({ first: 79000000000, last: 79000061999, operator: 'ООО "Т2 Мобайл"', region: null });
  });

  it('keeps a semicolon inside of quotes, and loses no more than a line to a quote that is not closed', () => {
    expect(cutLine('1;"а;б";2')).toEqual(['1', 'а;б', '2']);
    expect(cutLine('1;"а;б')).toEqual(['1', '"а', 'б']);
    expect(cutLine('')).toEqual(['']);
  });

  it.each([
    ['900;0000000;0061999', 'columns_missing'],
    ['90;0000000;0061999;62000;Т2', 'invalid_code'],
    ['9000;0000000;0061999;62000;Т2', 'invalid_code'],
    ['701;0000000;9999999;10000000;Кселл', 'code_of_kazakhstan'],
    ['900;00000000;0061999;62000;Т2', 'invalid_range'],
    ['900;0x00;0061999;62000;Т2', 'invalid_range'],
    ['900;;0061999;62000;Т2', 'invalid_range'],
    ['900;0061999;0000000;62000;Т2', 'range_reversed'],
    ['900;0000000;0061999;61999;Т2', 'capacity_differs'],
    ['900;0000000;0061999;62000;""', 'operator_missing'],
    ['900;0000000;0061999;62000; - ', 'operator_missing'],
  ])('has no use for %s', (line, code) => expect(read(line)).toBe(code));

  it('gives a number to the row that has it first; what overlaps is named by its line', () => {
    const ranges = new RegistryRanges();
    const range = (first: number, last: number) => ({ first, last, operator: 'Т2', region: null });
    ranges.add(2, range(79000001000, 79000001999));
    ranges.add(3, range(79000000000, 79000000999));
    ranges.add(4, range(79000000500, 79000001500));
    ranges.add(5, 'invalid_code');
    ranges.add(6, range(79000001999, 79000002999));
    ranges.add(7, range(79000001000, 79000001999));
    ranges.add(8, range(79000003000, 79000003999));
    expect(ranges.settle().map(({ first }) => first)).toEqual([79000000000, 79000001000, 79000003000]);
    expect(ranges.refusals.kept()).toEqual([
      { line: 4, code: 'ranges_overlap' },
      { line: 5, code: 'invalid_code' },
      { line: 6, code: 'ranges_overlap' },
      { line: 7, code: 'ranges_overlap' },
    ]);
  });
});

describe('the name of an operator', () => {
  it('is the same in every spelling of one', () => {
    const spellings = ['ООО "Т2 Мобайл"', 'ООО «Т2  Мобайл»', "ооо 'Т2 МОБАЙЛ'", 'ООО Т2 Мобайл '];
    expect(new Set(spellings.map(foldName)).size).toBe(1);
    expect(foldName('Пётр‑Сервис')).toBe(foldName('Петр-сервис'));
    expect(foldName('ПАО МТС')).not.toBe(foldName('ООО МТС'));
  });

  it('becomes a code that nobody has', () => {
    const taken = new Set(['ru-megafon']);
    expect(codeOf('RU', 'ПАО "МегаФон"', taken)).toBe('ru-megafon-2');
    expect(codeOf('RU', 'ООО "Т2 Мобайл"', taken)).toBe('ru-t2-mobayl');
    expect(codeOf('RU', '***', taken)).toBe('ru-operator');
    expect(codeOf('RU', `ООО ${'щ'.repeat(200)}`, taken).length).toBeLessThanOrEqual(64);
    expect([...taken]).toHaveLength(5);
  });
});
