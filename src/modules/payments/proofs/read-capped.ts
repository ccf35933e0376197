import type { Readable } from 'node:stream';
import { discardRest } from '../../../gateway/index.js';
import { DomainError } from '../../../kernel/domain-error.js';
import { proofTooLarge, uploadInterrupted } from './proofs.errors.js';

/** How much more of a file that is too large is let run out, so that the client reads the answer. */
const DISCARDED_BYTES = 50 * 1024 * 1024;

/** A whole upload, at most so many bytes. Refuses `proof_too_large`, and `upload_interrupted` for one that breaks off. */
export async function readCapped(body: Readable, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > maxBytes) throw proofTooLarge(maxBytes);
      chunks.push(chunk);
    }
  } catch (error) {
    if (!(error instanceof DomainError)) throw uploadInterrupted();
    discardRest(body, DISCARDED_BYTES);
    throw error;
  }
  return Buffer.concat(chunks);
}
