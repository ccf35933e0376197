import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const SRC = fileURLToPath(new URL('../../../../src', import.meta.url));

/** Who may ask the machine what time it is, and why. */
const ALLOWED: readonly [path: string, why: string][] = [
  ['kernel/clock.ts', 'it is the clock'],
  ['sandbox/', 'another company, which lives by its own clock'],
  ['database/embedded/', 'deadlines before there is a product'],
  ['database/open-server.ts', 'a deadline before there is a product'],
  ['database/migrate.ts', 'a deadline before there is a product'],
  ['entrypoints/demo/', 'a portal, which knows the product by its REST API only'],
];

const MACHINE_TIME = /\bnew Date\(\s*\)|\bDate\(\s*\)|\bDate\.now\b/;

/**
 * What time it is is the Clock's to say: with CLOCK_SHIFT_SECONDS (rehearsals) whoever asks the machine lives in another week than
 * everybody else, and nothing that compares two instants of theirs is right. Durations are measured with `performance.now()`.
 */
describe('the clock', () => {
  it('is asked by everybody, and the machine by nobody', async () => {
    const files = (await readdir(SRC, { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.spec.ts'))
      .map((entry) => relative(SRC, join(entry.parentPath, entry.name)));
    const asking: string[] = [];
    for (const file of files) if (MACHINE_TIME.test(await readFile(join(SRC, file), 'utf8'))) asking.push(file);
    expect(asking.filter((file) => !ALLOWED.some(([path]) => file.startsWith(path)))).toEqual([]);
    const idle = ALLOWED.filter(([path]) => !asking.some((file) => file.startsWith(path)));
    expect(idle).toEqual([]);
  });
});
