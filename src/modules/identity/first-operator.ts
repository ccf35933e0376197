import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { Env } from '../../config/env.js';
import { Database } from '../../database/database.js';
import { Clock } from '../../kernel/clock.js';
import { newId } from '../../kernel/ids.js';
import { hashPassword } from './credentials/passwords.js';
import { StaffRepository } from './persistence/staff.repository.js';

export const FIRST_LOGIN = 'operator';

/** How somebody gets in for the first time; for the entry point to print. Null: there is staff already, and no file. */
export type FirstOperatorHint =
  | { kind: 'file'; login: string; path: string }
  | { kind: 'command'; command: string }
  | null;

/**
 * The first of the operator's staff. On the embedded default an administrator is made once, with a random password in
 * `DATA_DIR/first-operator` (mode 0600); delete the file after changing the password. With DATABASE_URL nothing is made by itself:
 * several machines would not know who wrote which file, so an operator runs `npm run operator:create`.
 */
@Injectable()
export class FirstOperator {
  constructor(
    private readonly env: Env,
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly staff: StaffRepository,
  ) {}

  /** Safe with several processes at once, and again and again: the login is unique, and only its maker writes the file. */
  async ensure(): Promise<FirstOperatorHint> {
    if (this.env.DATABASE_URL) return (await this.staff.any()) ? null : { kind: 'command', command: COMMAND };
    const path = join(this.env.DATA_DIR, 'first-operator');
    if (!(await this.staff.any())) await this.create(path);
    return (await isThere(path)) ? { kind: 'file', login: FIRST_LOGIN, path } : null;
  }

  /** The file is written inside the transaction: a crash in between leaves no operator whom nobody can be. */
  private async create(path: string): Promise<void> {
    const password = randomBytes(18).toString('base64url');
    const passwordHash = await hashPassword(password);
    const now = this.clock.now();
    await this.database.transaction(async (tx) => {
      const row = await this.staff.insert(
        tx,
        {
          id: newId(now),
          login: FIRST_LOGIN,
          password_hash: passwordHash,
          name: 'First operator',
          email: null,
          role: 'admin',
        },
        now,
      );
      if (row) await writeSecret(this.env.DATA_DIR, path, `${FIRST_LOGIN}\n${password}\n`);
    });
  }
}

const COMMAND = 'npm run operator:create -- --login <login>';

async function writeSecret(folder: string, path: string, text: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await rm(path, { force: true });
  await writeFile(path, text, { mode: 0o600, flag: 'wx' });
}

async function isThere(path: string): Promise<boolean> {
  try {
    await readFile(path);
    return true;
  } catch {
    return false;
  }
}
