import { execFileSync } from 'node:child_process';
import { cpSync, lstatSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { findBinaries, linkLibraries } from '../../../src/database/embedded/binaries.js';

describe('The binaries of the embedded PostgreSQL', () => {
  const copy = mkdtempSync(join(tmpdir(), 'kabinet-binaries-'));
  afterAll(() => rmSync(copy, { recursive: true, force: true }));

  it('find their libraries although no install script linked them', async () => {
    const { postgres, major } = await findBinaries();
    const installed = dirname(dirname(dirname(postgres)));
    // As npm unpacks the package: no symbolic link survives.
    for (const part of ['bin', 'lib', 'pg-symlinks.json']) {
      cpSync(join(installed, 'native', part), join(copy, 'native', part), {
        recursive: true,
        filter: (source) => !lstatSync(source).isSymbolicLink() && !source.includes(join('lib', 'postgresql')),
      });
    }
    const version = () =>
      execFileSync(join(copy, 'native', 'bin', 'postgres'), ['--version'], { encoding: 'utf8', stdio: 'pipe' });
    expect(version).toThrow('error while loading shared libraries');

    await linkLibraries(copy);
    expect(version()).toContain(`(PostgreSQL) ${major}.`);
    await linkLibraries(copy);
    const links = JSON.parse(readFileSync(join(copy, 'native', 'pg-symlinks.json'), 'utf8')) as { target: string }[];
    expect(links.every(({ target }) => lstatSync(join(copy, target)).isSymbolicLink())).toBe(true);
  });
});
