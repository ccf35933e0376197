/** Why a row of a file was passed over. */
export type RowRefusal =
  | 'columns_missing'
  | 'invalid_code'
  | 'code_of_kazakhstan'
  | 'invalid_range'
  | 'range_reversed'
  | 'capacity_differs'
  | 'operator_missing'
  | 'ranges_overlap'
  | 'invalid_number'
  | 'operator_not_found';

export interface RefusedRow {
  /** From 1, the header included. */
  line: number;
  code: RowRefusal;
}

/** The first so many are kept with their lines; the others are counted. */
const KEPT = 1_000;

/** What was passed over in a file. */
export class Refusals {
  count = 0;
  private readonly rows: RefusedRow[] = [];

  add(line: number, code: RowRefusal): void {
    this.count += 1;
    this.rows.push({ line, code });
    if (this.rows.length >= 2 * KEPT) this.trim();
  }

  /** By line. */
  kept(): RefusedRow[] {
    this.trim();
    return this.rows;
  }

  private trim(): void {
    this.rows.sort((one, other) => one.line - other.line);
    this.rows.length = Math.min(this.rows.length, KEPT);
  }
}

/**
 * Cuts a line at its semicolons. A field that begins with a quote ends with one, and holds doubled ones; quotes anywhere else, as in
 * `900;0;99;100;ООО "Т2 Мобайл"`, are part of the text, and a quote that is never closed costs this line and no other.
 */
export function cutLine(line: string): string[] {
  if (!/(?:^|;)\s*"/.test(line)) return line.split(';').map((field) => field.trim());
  const fields: string[] = [];
  const field = /\s*(?:"((?:[^"]|"")*)"\s*|([^;]*))(;|$)/y;
  for (let more = true; more;) {
    const [, quoted, plain = '', end] = field.exec(line)!;
    fields.push((quoted === undefined ? plain : quoted.replaceAll('""', '"')).trim());
    more = end === ';';
  }
  return fields;
}
