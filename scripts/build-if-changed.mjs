import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Builds when `dist` is not what the sources say: building takes longer than starting. Several that are started at once build once. What a
 * build has to say goes to stderr: stdout belongs to the command that follows.
 */
const SOURCES = [
  'src',
  'migrations',
  'test',
  'scripts',
  'package.json',
  'package-lock.json',
  'nest-cli.json',
  '.swcrc',
];
/** Written by builds. */
const MADE = 'src/metadata.ts';
const LOCK = '.cache/build.lock';
const PATIENCE_MS = 120_000;

const root = new URL('../', import.meta.url);
const at = (path) => new URL(path, root);

/** A folder changes when a file comes or goes, but `src` also with what builds write. */
function* paths(path) {
  if (path === MADE) return;
  if (path !== 'src') yield path;
  if (!statSync(at(path)).isDirectory()) return;
  for (const entry of readdirSync(at(path))) yield* paths(`${path}/${entry}`);
}

function isBuilt() {
  const stamp = at('dist/built');
  if (!existsSync(stamp)) return false;
  const builtAt = statSync(stamp).mtimeMs;
  const files = JSON.parse(readFileSync(stamp, 'utf8'));
  return (
    files.every((file) => existsSync(at(`dist/${file}`))) &&
    SOURCES.every((source) => [...paths(source)].every((path) => statSync(at(path)).mtimeMs < builtAt))
  );
}

/** False: somebody who lives has it. */
function takeLock() {
  try {
    mkdirSync(at('.cache'), { recursive: true });
    writeFileSync(at(LOCK), String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    if (!isAlive(Number(read(LOCK)))) rmSync(at(LOCK), { force: true });
    return false;
  }
}

function read(path) {
  try {
    return readFileSync(at(path), 'utf8');
  } catch {
    return '';
  }
}

function isAlive(pid) {
  // Somebody has made the file, and not written to it yet.
  if (pid === 0) return true;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}

async function build() {
  const deadline = Date.now() + PATIENCE_MS;
  while (!takeLock()) {
    if (Date.now() > deadline) throw new Error(`Somebody else builds for too long. If nobody does, remove ${LOCK}.`);
    await sleep(200);
  }
  try {
    if (isBuilt()) return 0;
    return spawnSync('npm', ['run', '--silent', 'build'], { cwd: root, stdio: ['ignore', 2, 2] }).status ?? 1;
  } finally {
    rmSync(at(LOCK), { force: true });
  }
}

process.exitCode = isBuilt() ? 0 : await build();
