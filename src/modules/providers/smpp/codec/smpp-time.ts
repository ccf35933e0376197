/** SMPP 3.4, 7.1.1: YYMMDDhhmmss, tenths of a second, quarters of an hour from UTC and their sign. */
const ABSOLUTE = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d)(\d\d)([+-])$/;
const QUARTER_MS = 900_000;
/** Further from UTC is no time of this world. */
const MOST_QUARTERS = 48;

/** An absolute time of the protocol, whatever its offset; null for anything else, relative times included. */
export function readAbsoluteTime(text: string): Date | null {
  const match = ABSOLUTE.exec(text);
  if (!match) return null;
  const [year, month, day, hour, minute, second, tenth, quarters] = match.slice(1, 9).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const wallMs = Date.UTC(2000 + year, month - 1, day, hour, minute, second, tenth * 100);
  const isReal = new Date(wallMs).toISOString().slice(2, 19).replace(/\D/g, '') === text.slice(0, 12);
  if (!isReal || quarters > MOST_QUARTERS) return null;
  return new Date(wallMs - (match[9] === '+' ? 1 : -1) * quarters * QUARTER_MS);
}
