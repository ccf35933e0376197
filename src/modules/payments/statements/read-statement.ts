import type { Readable } from 'node:stream';
import { createHash } from 'node:crypto';
import { discardRest } from '../../../gateway/index.js';
import { DomainError } from '../../../kernel/domain-error.js';
import { Camt053Parser } from '../domain/statements/camt053.js';
import { Mt940Parser, MT940_MARK } from '../domain/statements/mt940.js';
import { ONE_C_MARK, ONE_C_WORDS, OneCParser } from '../domain/statements/one-c.js';
import type {
  StatementAccount,
  StatementFormat,
  StatementLine,
  StatementParser,
} from '../domain/statements/statement.js';
import { wrongAt } from '../domain/statements/values.js';
import { statementInterrupted, statementTooLarge } from '../statements.errors.js';

export const MAX_MEGABYTES = 100;
const MAX_BYTES = MAX_MEGABYTES * 1024 * 1024;
export const MAX_LINES = 200_000;
/** Enough to tell format and letters by. */
const HEAD_BYTES = 8_192;
const BATCH = 1_000;

/** What is known of a file when it was read to its end. */
export interface ReadStatement {
  format: StatementFormat;
  accounts: StatementAccount[];
  lines: number;
  bytes: number;
  sha256: Buffer;
}

/**
 * Reads an uploaded file as it arrives, hands over its lines in batches, and tells at the end what it was. Throws a DomainError for what
 * cannot be used; whatever was handed over by then counts for nothing.
 */
export async function readStatement(
  body: Readable,
  take: (lines: StatementLine[], format: StatementFormat) => Promise<void>,
): Promise<ReadStatement> {
  const hash = createHash('sha256');
  let reader: Reader | undefined;
  let head: Buffer = Buffer.alloc(0);
  let bytes = 0;
  let count = 0;
  let waiting: StatementLine[] = [];
  const add = async (lines: readonly StatementLine[], atLeast: number) => {
    waiting = waiting.concat(lines);
    count += lines.length;
    if (count > MAX_LINES) throw statementTooLarge(MAX_MEGABYTES, MAX_LINES);
    if (waiting.length < atLeast) return;
    const batch = waiting;
    waiting = [];
    if (batch.length > 0) await take(batch, reader!.parser.format);
  };
  for await (const chunk of received(body)) {
    bytes += chunk.length;
    hash.update(chunk);
    if (!reader) {
      head = Buffer.concat([head, chunk]);
      if (head.length < HEAD_BYTES) continue;
      reader = readerOf(head);
      await add(reader.write(head), BATCH);
    } else await add(reader.write(chunk), BATCH);
  }
  if (!reader) {
    reader = readerOf(head);
    await add(reader.write(head), BATCH);
  }
  const { lines, accounts } = reader.end();
  await add(lines, 0);
  return { format: reader.parser.format, accounts, lines: count, bytes, sha256: hash.digest() };
}

/** A parser behind the decoder of its letters. */
class Reader {
  constructor(
    readonly parser: StatementParser,
    private readonly decoder: TextDecoder,
  ) {}

  write(chunk: Buffer): StatementLine[] {
    return this.parser.write(this.decode(chunk));
  }

  end(): ReturnType<StatementParser['end']> {
    const lines = this.parser.write(this.decode());
    const { lines: last, accounts } = this.parser.end();
    return { lines: [...lines, ...last], accounts };
  }

  private decode(chunk?: Buffer): string {
    try {
      const text = this.decoder.decode(chunk, { stream: chunk !== undefined });
      if (!text.includes('\0')) return text;
    } catch {
      // Letters that the encoding of the beginning does not have: said below.
    }
    throw wrongAt('/lines/1', 'statement_encoding');
  }
}

/** Tells the format by its first characters, which are ASCII in all encodings that occur but UTF-16. */
function readerOf(head: Buffer): Reader {
  const utf16 = head.length > 1 && head[0] === 0xff && head[1] === 0xfe;
  const ascii = utf16 ? head.toString('utf16le').slice(1) : head.toString('latin1').replace(/^\u00ef\u00bb\u00bf/, '');
  const only = utf16 ? 'utf-16le' : null;
  if (ascii.trimStart().startsWith(ONE_C_MARK))
    return new Reader(new OneCParser(), new TextDecoder(only ?? oneCEncoding(head), { fatal: true }));
  if (ascii.trimStart().startsWith('<'))
    return new Reader(new Camt053Parser(), new TextDecoder(only ?? xmlEncoding(ascii), { fatal: true }));
  if (MT940_MARK.test(ascii))
    return new Reader(new Mt940Parser(), new TextDecoder(only ?? mt940Encoding(head), { fatal: true }));
  throw wrongAt('/lines/1', 'statement_unreadable');
}

/** What the file says of itself is wrong often enough; its own words are either readable or not. */
function oneCEncoding(head: Buffer): string {
  for (const encoding of ['utf-8', 'windows-1251', 'ibm866', 'koi8-r'])
    if (ONE_C_WORDS.test(tryDecode(head, encoding))) return encoding;
  throw wrongAt('/lines/1', 'statement_encoding');
}

function xmlEncoding(ascii: string): string {
  const named = /^\s*<\?xml[^>]*\bencoding\s*=\s*["']([\w.:-]+)["']/.exec(ascii)?.[1] ?? 'utf-8';
  try {
    return new TextDecoder(named).encoding;
  } catch {
    throw wrongAt('/lines/1', 'statement_encoding');
  }
}

/** SWIFT's letters are ASCII; banks that write others do so in the code page of Central Europe. */
function mt940Encoding(head: Buffer): string {
  return tryDecode(head, 'utf-8') === '' ? 'windows-1250' : 'utf-8';
}

/** Empty where the bytes are none of the encoding; a letter may be cut at the end. */
function tryDecode(head: Buffer, encoding: string): string {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(head, { stream: true });
  } catch {
    return '';
  }
}

/** Whatever is wrong with it, the rest is let run out, so that the client reads the answer instead of a reset connection. */
async function* received(body: Readable): AsyncGenerator<Buffer> {
  let bytes = 0;
  try {
    for await (const chunk of body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > MAX_BYTES) throw statementTooLarge(MAX_MEGABYTES, MAX_LINES);
      yield chunk;
    }
  } catch (error) {
    if (error instanceof DomainError) throw error;
    throw statementInterrupted();
  } finally {
    discardRest(body, MAX_BYTES);
  }
}
