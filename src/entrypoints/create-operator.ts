import { randomBytes } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { NestFactory } from '@nestjs/core';
import { readEnv } from '../config/env.js';
import { createLogger, NestLogger } from '../gateway/logging.js';
import { DomainError } from '../kernel/domain-error.js';
import { ManageStaff, STAFF_ROLES, type StaffRole } from '../modules/identity/index.js';
import { AppModule } from './app.module.js';

const USAGE = `Adds one of the operator's staff, who signs in at POST /admin/v1/sessions.

  npm run operator:create -- --login <login> [--role ${STAFF_ROLES.join('|')}] [--name <name>] [--password-stdin]

Without --password-stdin a password is made and printed once.`;

interface Options {
  login: string;
  role: StaffRole;
  name: string;
  /** Null: make one. */
  password: string | null;
}

async function readOptions(): Promise<Options> {
  const { values } = parseArgs({
    options: {
      login: { type: 'string' },
      role: { type: 'string', default: 'admin' },
      name: { type: 'string' },
      'password-stdin': { type: 'boolean', default: false },
    },
  });
  const role = STAFF_ROLES.find((known) => known === values.role);
  if (!values.login || !role) throw new Error(USAGE);
  const password = values['password-stdin'] ? (await text(process.stdin)).replace(/\r?\n$/, '') : null;
  return { login: values.login, role, name: values.name ?? values.login, password };
}

async function main(): Promise<void> {
  const { login, role, name, password } = await readOptions();
  const env = Object.assign(readEnv(), { LOG_LEVEL: 'error' as const });
  const app = await NestFactory.createApplicationContext(AppModule.forRoot(env), {
    logger: new NestLogger(createLogger(env.LOG_LEVEL, 'operator:create')),
    abortOnError: false,
  });
  try {
    const chosen = password ?? randomBytes(18).toString('base64url');
    await app.get(ManageStaff).add({ login, role, name, email: null, password: chosen });
    console.log(`Added ${login} (${role}).${password === null ? ` The password, shown this once: ${chosen}` : ''}`);
  } finally {
    await app.close();
  }
}

/** A refusal by its codes: `login_taken`, or what is wrong with the password. */
function explain(error: unknown): string {
  if (!(error instanceof DomainError)) return error instanceof Error ? error.message : String(error);
  return [error.code, ...(error.details.errors?.map(({ code }) => code) ?? [])].join(': ');
}

await main().catch((error: unknown) => {
  console.error(explain(error));
  process.exitCode = 1;
});
