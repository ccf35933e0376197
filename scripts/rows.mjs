/** Prints which rows of docs/features.md are proven by which tests: the row's id stands in the test's name. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = new URL('..', import.meta.url).pathname;

function specs(folder) {
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.spec.ts'))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}

/** @type {{ id: string, text: string, tests: string[] }[]} */
const rows = [...readFileSync(join(root, 'docs/features.md'), 'utf8').matchAll(/^\| ([A-Z]\d+) \| (.+) \|$/gm)].map(
  ([, id, text]) => ({ id, text, tests: [] }),
);
const byId = new Map(rows.map((row) => [row.id, row]));
/** @type {string[]} */
const strangers = [];

for (const file of [...specs('src'), ...specs('test')].sort()) {
  const source = readFileSync(file, 'utf8');
  for (const [, name] of source.matchAll(
    /\b(?:it|test)(?:\.each\([\s\S]*?\))?\(\s*(?:\n\s*)?(?:'((?:[^'\\]|\\.)*)'|`[^`]*`|"[^"]*")/g,
  )) {
    for (const [, id] of (name ?? '').matchAll(/\[([A-Z]\d+)\]/g)) {
      const row = byId.get(id);
      if (row) row.tests.push(`${file.slice(root.length)}: ${name}`);
      else strangers.push(`${id} in ${file.slice(root.length)}`);
    }
  }
}

const proven = rows.filter(({ tests }) => tests.length > 0);
if (process.argv.includes('--json')) {
  console.log(
    JSON.stringify({
      proven: Object.fromEntries(proven.map(({ id, tests }) => [id, tests])),
      unproven: rows.filter(({ tests }) => tests.length === 0).map(({ id }) => id),
    }),
  );
} else {
  for (const { id, text, tests } of proven)
    console.log(`${id.padEnd(4)} ${text}\n${tests.map((test) => `       ✓ ${test}`).join('\n')}`);
  console.log(
    `\nNot proven yet: ${
      rows
        .filter(({ tests }) => tests.length === 0)
        .map(({ id }) => id)
        .join(' ') || 'none'
    }`,
  );
  console.log(`${proven.length} of ${rows.length} rows proven`);
}
if (strangers.length > 0) {
  console.error(`Unknown rows: ${strangers.join(', ')}`);
  process.exitCode = 1;
}
