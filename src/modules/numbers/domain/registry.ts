import type { RowRefusal } from './file-rows.js';
import { Refusals } from './file-rows.js';

/** Whose plan the registry describes. */
export const REGISTRY_COUNTRY = 'RU';
const CALLING_CODE = '7';
const SUBSCRIBER_DIGITS = 7;
/** Codes of the zone +7 that are Kazakhstan's: +77, and +76, which is kept for it. */
const KAZAKHSTAN = /^[67]/;

/** Where things stand in a row; null: the file does not have it. */
export interface RegistryColumns {
  code: number;
  first: number;
  last: number;
  capacity: number | null;
  operator: number;
  region: number | null;
}

export interface RegistryRow {
  first: number;
  last: number;
  operator: string;
  region: string | null;
}

/** Latin letters that look like the Cyrillic ones of the header: it was written with both, over the years. */
const LOOKALIKES: Readonly<Record<string, string>> = { a: 'а', b: 'в', c: 'с', e: 'е', o: 'о', p: 'р' };
const fold = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[abceop]/g, (letter) => LOOKALIKES[letter]!)
    .replace(/[^\p{L}]/gu, '');

/** Finds the columns by the header's names, wherever they stand. Null: this is no header of the registry. */
export function readRegistryHeader(fields: readonly string[]): RegistryColumns | null {
  const names = fields.map(fold);
  const find = (form: RegExp) => names.findIndex((name) => form.test(name));
  const [code, first, last] = [find(/^авс|^dеf/), find(/^от$/), find(/^до$/)];
  const [capacity, operator, region] = [find(/^емкость$|^ёмкость$/), find(/^оператор/), find(/^регион/)];
  if ([code, first, last, operator].includes(-1)) return null;
  const orNull = (index: number) => (index < 0 ? null : index);
  return { code, first, last, capacity: orNull(capacity), operator, region: orNull(region) };
}

/**
 * One row, as numbers in E.164. Leading zeros that a spreadsheet has eaten are put back, and blanks between digits do not matter; what
 * does not fit together is refused rather than guessed.
 */
export function readRegistryRow(fields: readonly string[], columns: RegistryColumns): RegistryRow | RowRefusal {
  const { code: codeAt, capacity: capacityAt, region: regionAt } = columns;
  if (fields.length <= Math.max(codeAt, columns.first, columns.last, columns.operator)) return 'columns_missing';
  const code = digitsOf(fields[codeAt]!);
  if (!/^\d{3}$/.test(code) || code.startsWith('0')) return 'invalid_code';
  if (KAZAKHSTAN.test(code)) return 'code_of_kazakhstan';
  const [first, last] = [subscriber(code, fields[columns.first]!), subscriber(code, fields[columns.last]!)];
  if (first === null || last === null) return 'invalid_range';
  if (first > last) return 'range_reversed';
  const capacity = capacityAt === null ? '' : digitsOf(fields[capacityAt] ?? '');
  if (capacity !== '' && Number(capacity) !== last - first + 1) return 'capacity_differs';
  const operator = fields[columns.operator]!.replace(/\s+/g, ' ');
  if (!/[\p{L}\p{N}]/u.test(operator)) return 'operator_missing';
  return { first, last, operator: operator.slice(0, 200), region: regionOf(fields, regionAt) };
}

const digitsOf = (text: string): string => text.replace(/\s/g, '');

function subscriber(code: string, text: string): number | null {
  const digits = digitsOf(text);
  return /^\d{1,7}$/.test(digits) ? Number(CALLING_CODE + code + digits.padStart(SUBSCRIBER_DIGITS, '0')) : null;
}

function regionOf(fields: readonly string[], at: number | null): string | null {
  return (at === null ? undefined : fields[at])?.slice(0, 200) || null;
}

/** Different texts by number, so that hundreds of thousands of rows hold each once. */
class Texts {
  readonly all: string[] = [];
  private readonly numbers = new Map<string, number>();

  numberOf(text: string): number {
    let number = this.numbers.get(text);
    if (number === undefined) {
      // A copy: a slice would keep the piece of the file alive that it was cut from.
      const copy = Buffer.from(text).toString();
      number = this.all.push(copy) - 1;
      this.numbers.set(copy, number);
    }
    return number;
  }
}

/** The ranges of a file as they come, small enough for memory: five numbers for each. */
export class RegistryRanges {
  readonly refusals = new Refusals();
  rows = 0;
  private readonly names = new Texts();
  private readonly regions = new Texts();
  private readonly lines: number[] = [];
  private readonly first: number[] = [];
  private readonly last: number[] = [];
  private readonly operator: number[] = [];
  private readonly region: number[] = [];

  add(line: number, row: RegistryRow | RowRefusal): void {
    this.rows += 1;
    if (typeof row === 'string') return this.refusals.add(line, row);
    this.lines.push(line);
    this.first.push(row.first);
    this.last.push(row.last);
    this.operator.push(this.names.numberOf(row.operator));
    this.region.push(row.region === null ? -1 : this.regions.numberOf(row.region));
  }

  /** By their first number, without those that hold a number of a row before them in the file: these are refused. Once. */
  settle(): RegistryRow[] {
    const order = Uint32Array.from(this.lines, (_, index) => index);
    order.sort((one, other) => this.first[one]! - this.first[other]! || one - other);
    const kept: number[] = [];
    for (const index of order) {
      const before = kept.at(-1);
      if (before === undefined || this.last[before]! < this.first[index]!) kept.push(index);
      else {
        if (before > index) kept[kept.length - 1] = index;
        this.refusals.add(this.lines[Math.max(before, index)]!, 'ranges_overlap');
      }
    }
    return kept.map((index) => this.at(index));
  }

  private at(index: number): RegistryRow {
    const region = this.region[index]!;
    return {
      first: this.first[index]!,
      last: this.last[index]!,
      operator: this.names.all[this.operator[index]!]!,
      region: region < 0 ? null : this.regions.all[region]!,
    };
  }
}
