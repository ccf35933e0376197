import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readEnv } from '../../../src/config/env.js';
import { SystemClock } from '../../../src/kernel/clock.js';
import { passwordMatches } from '../../../src/modules/identity/credentials/passwords.js';
import { FirstOperator } from '../../../src/modules/identity/index.js';
import { StaffRepository } from '../../../src/modules/identity/persistence/staff.repository.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';

describe('The first operator', () => {
  let db: TestDatabase;
  let folder: string;

  beforeEach(async () => {
    db = await createTestDatabase();
    folder = await mkdtemp(join(tmpdir(), 'kabinet-operator-'));
  });
  afterEach(async () => {
    await db.drop();
    await rm(folder, { recursive: true, force: true });
  });

  const start = (env: Record<string, string> = { DATA_DIR: folder }) =>
    new FirstOperator(readEnv(env), db.database, new SystemClock(), new StaffRepository(db.database));

  it('is made once by several processes that start at once, and the file opens the door', async () => {
    const hints = await Promise.all(Array.from({ length: 4 }, () => start().ensure()));
    const path = join(folder, 'first-operator');
    expect(hints).toContainEqual({ kind: 'file', login: 'operator', path });
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const staff = await db.database.query<{ login: string; role: string; password_hash: string }>(
      'SELECT * FROM staff',
    );
    expect(staff).toEqual([expect.objectContaining({ login: 'operator', role: 'admin' })]);
    const [login, password] = (await readFile(path, 'utf8')).split('\n');
    expect(login).toBe('operator');
    expect(await passwordMatches(password!, staff[0]!.password_hash)).toBe(true);

    const again = await readFile(path, 'utf8');
    expect(await start().ensure()).toMatchObject({ kind: 'file' });
    expect(await readFile(path, 'utf8')).toBe(again);
    await rm(path);
    expect(await start().ensure()).toBeNull();
  });

  it('is never made by itself on a database that other machines may share', async () => {
    const shared = start({ DATABASE_URL: 'postgres://db/kabinet', DATA_DIR: folder });
    expect(await shared.ensure()).toEqual({ kind: 'command', command: 'npm run operator:create -- --login <login>' });
    expect(await db.database.query('SELECT 1 FROM staff')).toHaveLength(0);
  });
});
