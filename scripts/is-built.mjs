import { readdirSync, statSync } from 'node:fs';

/** Ends with 0 when `dist` was built from the sources as they are, so that a start need not build again: that takes longer than starting. */
const SOURCES = [
  'src',
  'migrations',
  'test',
  'scripts',
  'package-lock.json',
  'nest-cli.json',
  'tsconfig.json',
  '.swcrc',
];

const root = new URL('../', import.meta.url);
const changedAt = (path) => statSync(new URL(path, root)).mtimeMs;

/** A folder changes when a file comes or goes. */
function* paths(path) {
  yield path;
  if (!statSync(new URL(path, root)).isDirectory()) return;
  for (const entry of readdirSync(new URL(path, root))) yield* paths(`${path}/${entry}`);
}

function isBuilt() {
  const built = statSync(new URL('dist/built', root), { throwIfNoEntry: false });
  return (
    built !== undefined &&
    SOURCES.flatMap((source) => [...paths(source)]).every((path) => changedAt(path) <= built.mtimeMs)
  );
}

process.exitCode = isBuilt() ? 0 : 1;
