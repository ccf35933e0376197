import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ReportRecord, SubmitRecord } from '../../src/sandbox/journal.js';

/** Every submit in the log of the sandbox operator that a data folder's processes were started with, as they came. */
export function loggedSubmits(dataDir: string): SubmitRecord[] {
  const lines = readFileSync(join(dataDir, 'operator.ndjson'), 'utf8').split('\n');
  // The last line may be half written; an empty rest stands behind a whole one.
  const records = lines.slice(0, -1).map((line) => JSON.parse(line) as SubmitRecord | ReportRecord);
  return records.filter((record) => record.event === 'submit');
}
