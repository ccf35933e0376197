import { spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isServerOf } from '../../../src/database/embedded/processes.js';
import { eventually, Holder, isAlive, notedServer, sql } from './holders.js';

const isRoot = process.getuid?.() === 0;

/** One folder for the tests in order (making a server takes a second), others where a test needs an empty one. */
describe('The embedded PostgreSQL', () => {
  const temporary = mkdtempSync(join(tmpdir(), 'kabinet-embedded-'));
  const folder = join(temporary, 'shared');
  const holders: Holder[] = [];
  const strangers: number[] = [];

  const hold = (of = folder, options: ConstructorParameters<typeof Holder>[1] = {}) => {
    const holder = new Holder(of, options);
    holders.push(holder);
    return holder;
  };
  const killServer = async (of = folder) => {
    const pid = notedServer(of)!;
    process.kill(pid, 'SIGKILL');
    await eventually(() => !isAlive(pid));
  };

  beforeAll(() => chmodSync(temporary, 0o755));
  afterEach(async () => {
    // After a failure: the next test finds what a killed process leaves, which is a start like any other.
    await Promise.all(holders.splice(0).map((holder) => holder.kill()));
    for (const pid of strangers.splice(0)) process.kill(pid, 'SIGKILL');
    for (const name of readdirSync(temporary)) {
      const pid = notedServer(join(temporary, name));
      if (pid && isServerOf(pid, join(temporary, name, 'data'))) await killServer(join(temporary, name));
    }
  });
  afterAll(() => rmSync(temporary, { recursive: true, force: true, maxRetries: 5 }));

  it('is shared by three processes that race on an empty folder, and stopped by the last one', async () => {
    const three = [hold(), hold(), hold()];
    const urls = await Promise.all(three.map((holder) => holder.url()));
    expect(new Set(urls).size).toBe(1);
    const server = notedServer(folder)!;
    await sql(urls[0]!, 'CREATE TABLE kept (n int)');

    await Promise.all([three[0]!.leave(), three[1]!.leave()]);
    expect(notedServer(folder)).toBe(server);
    await sql(urls[0]!, 'INSERT INTO kept VALUES (1)');

    await three[2]!.leave();
    expect(notedServer(folder)).toBeUndefined();
    expect(isAlive(server)).toBe(false);
    expect(readdirSync(folder).sort()).toEqual(['data', 'lock', 'password', 'port', 'start.log']);
  });

  it('listens on loopback alone, asks for a password that only we can read, and gives no superuser', async () => {
    const holder = hold();
    const url = await holder.url();
    expect(await sql(url, 'SELECT rolsuper FROM pg_roles WHERE rolname = current_user')).toEqual([{ rolsuper: false }]);
    expect(await sql(url, "SELECT setting FROM pg_settings WHERE name = 'listen_addresses'")).toEqual([
      { setting: '127.0.0.1' },
    ]);
    const guess = new URL(url);
    guess.password = 'guess';
    await expect(sql(guess.toString(), 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });
    expect(statSync(join(folder, 'password')).mode & 0o777).toBe(0o600);
    await holder.leave();
  });

  it('writes no contents of rows into its log', async () => {
    const holder = hold();
    const url = await holder.url();
    await sql(url, 'CREATE TABLE people (phone text PRIMARY KEY, label text NOT NULL)');
    const copy = "INSERT INTO people SELECT '7916' || '0000001', nullif('', '')";
    await expect(sql(url, copy)).rejects.toMatchObject({
      code: '23502',
      detail: expect.stringContaining('79160000001'),
    });
    await holder.leave();
    const folderOfLog = join(folder, 'data', 'log');
    const log = readdirSync(folderOfLog).map((name) => readFileSync(join(folderOfLog, name), 'utf8'));
    expect(log.join('')).toContain('violates not-null constraint');
    expect(log.join('')).not.toContain('79160000001');
  });

  it('keeps its port, its password and its data over a restart', async () => {
    const first = hold();
    const url = await first.url();
    await first.leave();
    const second = hold();
    expect(await second.url()).toBe(url);
    expect(await sql(url, 'SELECT n FROM kept')).toEqual([{ n: 1 }]);
    await second.leave();
  });

  it('is shared by processes that come and go at the same time, without one that is stopped under somebody', async () => {
    const rounds = Array.from({ length: 3 }, async () => {
      for (let round = 0; round < 3; round += 1) {
        const holder = hold();
        await sql(await holder.url(), 'SELECT 1');
        await holder.leave();
      }
    });
    await Promise.all(rounds);
    expect(notedServer(folder)).toBeUndefined();
  });

  it('survives the kill of its processes and is joined by the next one', async () => {
    const [killed, alsoKilled] = [hold(), hold()];
    const url = await killed.url();
    await alsoKilled.url();
    const server = notedServer(folder)!;
    await Promise.all([killed.kill(), alsoKilled.kill()]);
    expect(isAlive(server)).toBe(true);

    const next = hold();
    expect(await next.url()).toBe(url);
    expect(notedServer(folder)).toBe(server);
    await next.leave();
    expect(isAlive(server)).toBe(false);
  });

  it('recovers when process and server were killed, with everything that was committed', async () => {
    const killed = hold();
    const url = await killed.url();
    await sql(url, 'CREATE TABLE committed AS SELECT generate_series(1, 1000) AS n');
    await killed.kill();
    await killServer();
    expect(notedServer(folder)).toBeDefined();

    const next = hold();
    expect(await next.url()).toBe(url);
    expect(await sql(url, 'SELECT count(*)::int AS n FROM committed')).toEqual([{ n: 1000 }]);
    expect(next.lines.map(({ log }) => log).join('\n')).toContain('not stopped properly');
    await next.leave();
  });

  it('recovers when the pid it noted belongs to another program by now', async () => {
    const killed = hold();
    const url = await killed.url();
    await killed.kill();
    await killServer();
    const { uid, gid } = statSync(join(folder, 'data'));
    const stranger = spawn('sleep', ['60'], { stdio: 'ignore', ...(isRoot ? { uid, gid } : {}) });
    strangers.push(stranger.pid!);
    const pidFile = join(folder, 'data', 'postmaster.pid');
    writeFileSync(pidFile, readFileSync(pidFile, 'utf8').replace(/^\d+/, String(stranger.pid)));

    const next = hold();
    expect(await next.url()).toBe(url);
    await next.leave();
    expect(isAlive(stranger.pid!)).toBe(true);
  });

  it('is started again, at the same address, when it alone was killed', async () => {
    const [holder, other] = [hold(), hold()];
    const url = await holder.url();
    await other.url();
    const server = notedServer(folder)!;
    await killServer();
    await eventually(() => sql(url, 'SELECT 1').catch(() => false));
    expect(notedServer(folder)).not.toBe(server);
    // Both count as present again: the first to leave does not stop it.
    const returned = ({ log }: { log?: string }) => log?.includes('runs again');
    await eventually(() => holder.lines.some(returned) && other.lines.some(returned));
    await holder.leave();
    await sql(url, 'SELECT 1');
    await other.leave();
    expect(notedServer(folder)).toBeUndefined();
  });

  it('is not stopped by the Ctrl-C that its process answers with a last statement', async () => {
    const holder = hold();
    const url = await holder.url();
    expect(await holder.pressControlC()).toBe(0);
    expect(notedServer(folder)).toBeUndefined();
    const next = hold();
    await next.url();
    expect(await sql(url, `SELECT 1 AS n FROM farewells WHERE pid = ${holder.pid}`)).toEqual([{ n: 1 }]);
    await next.leave();
  });

  it('moves to another port when the one it picked is taken meanwhile', async () => {
    const taken = Number(readFileSync(join(folder, 'port'), 'utf8'));
    const occupant = createServer().listen(taken, '127.0.0.1');
    const holder = hold();
    const { port } = new URL(await holder.url());
    expect(Number(port)).not.toBe(taken);
    await holder.leave();
    occupant.close();
  });

  it('refuses a port that another program has, and says what to do', async () => {
    const occupant = createServer();
    await new Promise<void>((resolve) => occupant.listen(0, '127.0.0.1', resolve));
    const { port } = occupant.address() as { port: number };
    await expect(hold(folder, { port }).url()).rejects.toThrow(
      new RegExp(`Port ${port} on 127.0.0.1 cannot be used[^]*EMBEDDED_PG_PORT`),
    );
    occupant.close();
  });

  it('recovers from a kill in the middle of initdb', async () => {
    const empty = join(temporary, 'interrupted');
    const killed = hold(empty);
    const unfinished = () => (existsSync(empty) ? readdirSync(empty).filter((name) => /^init-[^.]*$/.test(name)) : []);
    await eventually(() => unfinished().some((name) => existsSync(join(empty, name, 'global'))));
    await killed.kill();
    expect(existsSync(join(empty, 'data'))).toBe(false);
    expect(unfinished()).toHaveLength(1);

    const next = hold(empty);
    await sql(await next.url(), 'SELECT 1');
    await next.leave();
  });

  it('refuses a folder that cannot be made', async () => {
    const file = join(temporary, 'file');
    writeFileSync(file, '');
    await expect(hold(join(file, 'data')).url()).rejects.toThrow(/cannot be created \(ENOTDIR\)[^]*DATA_DIR/);
  });

  it('refuses a folder of another user', async () => {
    const closed = join(temporary, 'closed');
    mkdirSync(join(closed, 'inside'), { recursive: true, mode: 0o755 });
    chmodSync(closed, isRoot ? 0o700 : 0o500);
    const path = join(closed, isRoot ? 'inside' : 'new');
    await expect(hold(path).url()).rejects.toThrow(isRoot ? `chmod o+x ${closed}` : 'cannot be created (EACCES)');
  });

  it('refuses data of another major version', async () => {
    const old = join(temporary, 'old');
    mkdirSync(join(old, 'data'), { recursive: true });
    chownSync(join(old, 'data'), statSync(join(folder, 'data')).uid, -1);
    writeFileSync(join(old, 'data', 'PG_VERSION'), '14\n');
    await expect(hold(old).url()).rejects.toThrow('was made by PostgreSQL 14');
  });
});
