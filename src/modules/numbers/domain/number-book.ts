/** The ranges of one source: sorted, none holds a number of another. */
export interface SourceRanges {
  source: string;
  first: Float64Array;
  last: Float64Array;
  /** Index of the operator. */
  operator: Uint16Array;
}

/** Numbers that left their range for another operator, each once. */
export interface PortedNumbers {
  number: Float64Array;
  operator: Uint16Array;
}

export interface NumberTables {
  /** Codes, by index. */
  operators: readonly string[];
  sources: readonly SourceRanges[];
  ported: PortedNumbers;
}

/** What said whose number it is. */
export type OperatorRule = { kind: 'ported' } | { kind: 'range'; source: string; first: number; last: number };

export interface FoundOperator {
  operatorCode: string;
  rule: OperatorRule;
}

/**
 * Whose a number is: a fraction of a microsecond, eighteen bytes for each range and twenty to forty for each ported number. A number that was ported is the new operator's; else the narrowest range that holds it decides, of several sources that know
 * it, and of equal ones that of the source whose code comes first. E.164 has fifteen digits at most and no leading zero, so a number is
 * its digits as a float, exactly, and numbers of different lengths never meet.
 */
export class NumberBook {
  private readonly ported: PortedTable;

  constructor(private readonly tables: NumberTables) {
    this.ported = new PortedTable(tables.ported);
  }

  /** Null: nobody said. `digits` is E.164 without the plus. */
  operatorOf(digits: string): string | null {
    const { operators } = this.tables;
    const number = valueOf(digits);
    const moved = this.ported.find(number);
    if (moved >= 0) return operators[moved]!;
    const found = this.range(number);
    return found ? operators[found.source.operator[found.index]!]! : null;
  }

  /** The same, with its reason. */
  explain(digits: string): FoundOperator | null {
    const operatorCode = this.operatorOf(digits);
    if (operatorCode === null) return null;
    const number = valueOf(digits);
    if (this.ported.find(number) >= 0) return { operatorCode, rule: { kind: 'ported' } };
    const { source, index } = this.range(number)!;
    return {
      operatorCode,
      rule: { kind: 'range', source: source.source, first: source.first[index]!, last: source.last[index]! },
    };
  }

  private range(number: number): { source: SourceRanges; index: number } | null {
    let best: { source: SourceRanges; index: number } | null = null;
    let narrowest = Infinity;
    for (const source of this.tables.sources) {
      // Most sources lie elsewhere altogether.
      if (number > source.last[source.last.length - 1]!) continue;
      const index = lastUpTo(source.first, number);
      if (index < 0 || source.last[index]! < number) continue;
      const width = source.last[index]! - source.first[index]!;
      if (width >= narrowest) continue;
      narrowest = width;
      best = { source, index };
    }
    return best;
  }
}

/** What `Number(digits)` is, for less. */
function valueOf(digits: string): number {
  let value = 0;
  for (let index = 0; index < digits.length; index++) value = value * 10 + (digits.charCodeAt(index) - 48);
  return value;
}

/**
 * A hash table in flat arrays, half empty at least: one or two places in memory are looked at, where a search through a sorted list of a
 * million would look at twenty, and a fourth of the memory of a `Map` is needed.
 */
class PortedTable {
  private readonly numbers: Float64Array;
  private readonly operators: Uint16Array;
  private readonly shift: number;

  constructor({ number, operator }: PortedNumbers) {
    const bits = Math.max(1, Math.ceil(Math.log2(number.length * 2 + 1)));
    this.shift = 32 - bits;
    this.numbers = new Float64Array(2 ** bits);
    this.operators = new Uint16Array(2 ** bits);
    number.forEach((one, index) => {
      const place = this.placeOf(one);
      this.numbers[place] = one;
      this.operators[place] = operator[index]!;
    });
  }

  /** Index of the operator; -1: not there. */
  find(number: number): number {
    const place = this.placeOf(number);
    return this.numbers[place] === number ? this.operators[place]! : -1;
  }

  /** Where it stands, or would; no number is zero. */
  private placeOf(number: number): number {
    const { numbers } = this;
    // Multiplied by the golden ratio, so that neighbours are spread.
    let place = Math.imul((number >>> 0) ^ (number / 2 ** 32), 0x9e3779b1) >>> this.shift;
    while (numbers[place] !== 0 && numbers[place] !== number) place = (place + 1) & (numbers.length - 1);
    return place;
  }
}

/** Index of the last element that is not larger; -1: all are. */
function lastUpTo(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! <= value) low = middle + 1;
    else high = middle - 1;
  }
  return high;
}
