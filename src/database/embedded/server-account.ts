import { readFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { EmbeddedPostgresError } from './embedded-postgres.error.js';

/** The system user that the server runs as. */
export interface ServerAccount {
  name: string;
  uid: number;
  gid: number;
}

/**
 * PostgreSQL refuses to run as root, so a root process starts it as somebody with fewer rights: the owner of the data if there
 * is data, else `postgres`, else `nobody`, which every system has. Undefined: run as whoever we are.
 */
export async function chooseServerAccount(dataFolder: string): Promise<ServerAccount | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const accounts = systemAccounts();
  const owner = await stat(dataFolder).catch(() => null);
  const account = owner
    ? accounts.find(({ uid }) => uid === owner.uid && uid !== 0)
    : (accounts.find(({ name }) => name === 'postgres') ?? accounts.find(({ name }) => name === 'nobody'));
  if (account) return account;
  throw new EmbeddedPostgresError(
    owner
      ? `${dataFolder} belongs to user id ${owner.uid}, as which PostgreSQL cannot run here. Give it to the user "postgres".`
      : 'PostgreSQL does not run as root and this system has neither a user "postgres" nor "nobody". ' +
          'Create one (useradd --system postgres), run Kabinet as another user, or set DATABASE_URL.',
  );
}

/**
 * Refuses when the account could not get to `path`: a folder above it, or the file itself, is closed to others. The server
 * would only say "Permission denied".
 */
export async function checkReachable(path: string, account: ServerAccount | undefined): Promise<void> {
  if (!account) return;
  for (let folder = path, parent = dirname(path); folder !== parent; folder = parent, parent = dirname(parent)) {
    const found = await stat(folder).catch(() => null);
    if (!found || mayPass(found, account)) continue;
    throw new EmbeddedPostgresError(
      `The embedded PostgreSQL runs as user "${account.name}", who may not enter ${folder}. ` +
        `Open it (chmod o+x ${folder}), move Kabinet or DATA_DIR elsewhere, run Kabinet as an ordinary user, ` +
        'or set DATABASE_URL.',
    );
  }
}

function mayPass({ mode, uid, gid }: { mode: number; uid: number; gid: number }, account: ServerAccount): boolean {
  if (uid === account.uid) return (mode & 0o100) !== 0;
  if (gid === account.gid) return (mode & 0o010) !== 0;
  return (mode & 0o001) !== 0;
}

function systemAccounts(): ServerAccount[] {
  return readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .map(([name = '', , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }));
}
