import type { Readable } from 'node:stream';
import { discardRest } from '../../../gateway/index.js';
import { DomainError } from '../../../kernel/domain-error.js';
import { cutLine } from '../domain/file-rows.js';
import { unreadableNumbers } from '../numbers.errors.js';

/** The registry's largest file has some forty. */
export const MAX_MEGABYTES = 100;
const MAX_BYTES = MAX_MEGABYTES * 1024 * 1024;
const MAX_LINE = 10_000;

export interface FileRow {
  /** From 1. */
  line: number;
  fields: string[];
}

/**
 * The rows of an uploaded file as it arrives, blank ones left out. It is UTF-8 (with a mark or without) or windows-1251: what the first line
 * is, the rest has to be. Throws a DomainError for what cannot be read at all.
 */
export async function* readRows(body: Readable): AsyncGenerator<FileRow> {
  let line = 0;
  for await (const text of lines(body)) {
    line += 1;
    if (/[^\s;"]/.test(text)) yield { line, fields: cutLine(text) };
  }
}

async function* lines(body: Readable): AsyncGenerator<string> {
  let rest = '';
  for await (const text of decoded(body)) {
    const found = (rest + text).split('\n');
    rest = found.pop()!;
    if (rest.length > MAX_LINE || found.some(({ length }) => length > MAX_LINE)) throw unreadableNumbers();
    yield* found;
  }
  yield rest;
}

async function* decoded(body: Readable): AsyncGenerator<string> {
  let head: Buffer = Buffer.alloc(0);
  let decoder: TextDecoder | undefined;
  for await (const chunk of received(body)) {
    if (decoder) {
      yield decode(decoder, chunk);
      continue;
    }
    head = Buffer.concat([head, chunk]);
    if (head.includes(0x0a)) {
      decoder = decoderOf(head);
      yield decode(decoder, head);
    } else if (head.length > 4 * MAX_LINE) throw unreadableNumbers();
  }
  if (decoder) yield decode(decoder);
  else {
    decoder = decoderOf(head);
    yield decode(decoder, head) + decode(decoder);
  }
}

function decoderOf(begun: Buffer): TextDecoder {
  const end = begun.indexOf(0x0a);
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(end < 0 ? begun : begun.subarray(0, end));
    return new TextDecoder('utf-8', { fatal: true });
  } catch {
    return new TextDecoder('windows-1251', { fatal: true });
  }
}

function decode(decoder: TextDecoder, chunk?: Buffer): string {
  try {
    const text = decoder.decode(chunk, { stream: chunk !== undefined });
    if (!text.includes('\0')) return text;
  } catch {
    // Neither of the two, or the one at its beginning and the other later: said below.
  }
  throw unreadableNumbers();
}

/** Whatever is wrong with it, the rest is let run out, so that the client reads the answer instead of a reset connection. */
async function* received(body: Readable): AsyncGenerator<Buffer> {
  let bytes = 0;
  try {
    for await (const chunk of body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > MAX_BYTES)
        throw new DomainError('too_large', 'numbers_file_too_large', { params: { megabytes: MAX_MEGABYTES } });
      yield chunk;
    }
  } catch (error) {
    if (error instanceof DomainError) throw error;
    throw new DomainError('invalid', 'numbers_upload_interrupted');
  } finally {
    discardRest(body, MAX_BYTES);
  }
}
