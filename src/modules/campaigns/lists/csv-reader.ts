import { type Readable, Transform } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { discardRest } from '../../../gateway/index.js';
import { DomainError } from '../../../kernel/domain-error.js';
import { unreadableFile, uploadInterrupted } from '../campaigns.errors.js';

export const ENCODINGS = [
  'utf-8',
  'utf-16le',
  'windows-1251',
  'windows-1250',
  'windows-1253',
  'iso-8859-2',
  'iso-8859-7',
] as const;
export type Encoding = (typeof ENCODINGS)[number];
export const DELIMITERS = ['comma', 'semicolon', 'tab'] as const;
export type DelimiterName = (typeof DELIMITERS)[number];

export const MAX_BYTES = 200 * 1024 * 1024;
export const MAX_LINE = 100_000;
const SIGNS: Record<DelimiterName, string> = { comma: ',', semicolon: ';', tab: '\t' };
/** A header longer than this is no header. */
const PEEK_CHARACTERS = 65_536;

export interface CsvRow {
  /** Line of the file on which the row ends, from 1. */
  line: number;
  fields: string[];
}

/**
 * Reads a CSV file as it arrives, row by row, and never holds more than a few rows. Throws a DomainError that names the line:
 * wrong encoding, unbalanced quotes, other number of columns, a line that is too long, a NUL character.
 */
export async function* readCsv(
  body: Readable,
  options: { encoding: Encoding; delimiter?: DelimiterName },
): AsyncGenerator<CsvRow> {
  const text = body.pipe(capBytes()).pipe(decode(options.encoding));
  forwardErrors(body, text);
  const first = await peek(text);
  const parser = parse({
    bom: true,
    delimiter: options.delimiter ? SIGNS[options.delimiter] : detectDelimiter(first),
    info: true,
    max_record_size: MAX_LINE,
    skip_empty_lines: true,
  });
  text.unshift(first);
  text.on('error', (error) => parser.destroy(error));
  text.pipe(parser);
  try {
    if (looksWide(first)) throw unreadableFile('csv_encoding', { encoding: options.encoding });
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
      if (record.some((field) => field.includes('\0'))) throw unreadableFile('csv_character', { line: info.lines });
      yield { line: info.lines, fields: record };
    }
  } catch (error) {
    throw explain(error);
  } finally {
    text.destroy();
    parser.destroy();
    discardRest(body, MAX_BYTES);
  }
}

/**
 * Whether a text was read byte by byte that has two to a letter: no encoding forbids the bytes in between, which are 0 to 5 for all of
 * our alphabets, but nobody writes every other character as a control character.
 */
function looksWide(head: string): boolean {
  // oxlint-disable-next-line no-control-regex
  const controls = head.match(/[\u0000-\u0008]/g)?.length ?? 0;
  return controls * 4 > head.length;
}

/** The sign that stands most often in the header. */
export function detectDelimiter(head: string): string {
  const [header = ''] = head.split(/\r?\n/, 1);
  const counted = Object.values(SIGNS).map((sign) => ({ sign, count: header.split(sign).length }));
  return counted.sort((a, b) => b.count - a.count)[0]!.sign;
}

function capBytes(): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes > MAX_BYTES)
        done(
          new DomainError('too_large', 'list_too_large', {
            params: { max: 1_000_000, megabytes: MAX_BYTES / 1024 / 1024 },
          }),
        );
      else done(null, chunk);
    },
  });
}

/** Bytes to text; a byte that the encoding does not know ends the file with an error instead of question marks on phones. */
function decode(encoding: Encoding): Transform {
  const decoder = new TextDecoder(encoding, { fatal: true });
  const step = (chunk: Buffer | undefined, done: (error: Error | null, text?: string) => void) => {
    let text: string;
    try {
      text = decoder.decode(chunk, { stream: chunk !== undefined });
    } catch {
      done(unreadableFile('csv_encoding', { encoding }));
      return;
    }
    done(null, text);
  };
  return new Transform({
    decodeStrings: false,
    readableObjectMode: false,
    encoding: 'utf8',
    transform: (chunk: Buffer, _encoding, done) => step(chunk, done),
    flush: (done) => step(undefined, done),
  });
}

function forwardErrors(body: Readable, text: Transform): void {
  const cutOff = () => text.destroy(uploadInterrupted());
  body.once('aborted', cutOff);
  body.once('error', cutOff);
}

/** The head of the file: up to its first line break, or as much as a header may take. */
async function peek(text: Transform): Promise<string> {
  let head = '';
  while (head.length < PEEK_CHARACTERS && !head.includes('\n')) {
    const chunk: string | Buffer | null = text.read();
    if (chunk !== null) {
      head += chunk.toString();
      continue;
    }
    if (text.readableEnded || (await nextEvent(text)) === 'end') break;
  }
  return head;
}

function nextEvent(text: Transform): Promise<'readable' | 'end'> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      text.off('readable', onReadable).off('end', onEnd).off('error', onError);
      act();
    };
    const onReadable = () => settle(() => resolve('readable'));
    const onEnd = () => settle(() => resolve('end'));
    const onError = (error: Error) => settle(() => reject(error));
    text.once('readable', onReadable).once('end', onEnd).once('error', onError);
  });
}

const CODES: Record<string, string> = {
  CSV_QUOTE_NOT_CLOSED: 'csv_quotes',
  CSV_INVALID_CLOSING_QUOTE: 'csv_quotes',
  INVALID_OPENING_QUOTE: 'csv_quotes',
  CSV_NON_TRIMABLE_CHAR_AFTER_CLOSING_QUOTE: 'csv_quotes',
  CSV_RECORD_INCONSISTENT_FIELDS_LENGTH: 'csv_columns',
  CSV_MAX_RECORD_SIZE: 'csv_line_too_long',
};

function explain(error: unknown): unknown {
  if (!(error instanceof CsvError)) return error;
  const line = Number(error.lines ?? 0);
  return unreadableFile(CODES[error.code] ?? 'csv_unreadable', { line, max: MAX_LINE });
}
