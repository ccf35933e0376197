import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { openServer } from '../../../src/database/open-server.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { eventually, isAlive, notedServer } from './holders.js';

const program = fileURLToPath(new URL('../../support/slow-app.js', import.meta.url));
const silent = () => undefined;

describe('DatabaseModule', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kabinet-shutdown-'));
  beforeAll(() => chmodSync(folder, 0o755));
  afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

  it('answers what is in flight at SIGTERM, then closes the pool, then stops the server', async () => {
    const child = spawn(process.execPath, [program], {
      env: { DATA_DIR: folder },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const lines: string[] = [];
    createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
    const exit = once(child, 'close');
    try {
      await eventually(() => lines.length > 0);
      const server = notedServer(join(folder, 'postgres'))!;
      const answer = fetch(`${lines[0]}/slow`);
      await eventually(() => lines.includes('in flight'));
      child.kill('SIGTERM');
      const response = await answer;
      expect(response.status).toBe(200);
      expect(await response.json()).toEqual({ answer: 42 });
      await exit;
      expect(lines.at(-1)).toMatch(/^drained over [1-9]\d* migrations$/);
      expect(isAlive(server)).toBe(false);
      expect(notedServer(join(folder, 'postgres'))).toBeUndefined();
    } finally {
      child.kill('SIGKILL');
    }
  });
});

describe('openServer with DATABASE_URL', () => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await createTestDatabase({ poolSize: 2 });
  });
  afterAll(() => db.drop());

  const env = { DATABASE_POOL_SIZE: 2, DATA_DIR: '/nowhere', EMBEDDED_PG_PORT: 0 };

  it('takes that server and starts none', async () => {
    const server = await openServer({ ...env, DATABASE_URL: db.url }, silent);
    expect(server.url).toBe(db.url);
    await server.release();
  });

  it('says why it cannot be used, without the password', async () => {
    const url = new URL(db.url);
    url.username = 'stranger';
    url.password = 'not-the-password';
    const refusal = openServer({ ...env, DATABASE_URL: url.toString() }, silent);
    await expect(refusal).rejects.toThrow(
      new RegExp(`^PostgreSQL at ${url.host} \\(DATABASE_URL\\) cannot be used: .*"stranger"`),
    );
    await expect(refusal).rejects.not.toThrow('not-the-password');
  });

  it('waits for a server that is not up yet', async () => {
    const told: string[] = [];
    const late = new URL(db.url);
    const proxy = createServer((socket) =>
      socket.pipe(connect(Number(new URL(db.url).port), '127.0.0.1')).pipe(socket),
    );
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    late.port = String((proxy.address() as { port: number }).port);
    proxy.close();
    await once(proxy, 'close');
    const waiting = openServer({ ...env, DATABASE_URL: late.toString() }, (message) => told.push(message));
    await eventually(() => told.length > 0);
    proxy.listen(Number(late.port), '127.0.0.1');
    await (await waiting).release();
    expect(told).toEqual([expect.stringContaining('does not answer yet')]);
    proxy.close();
  });
});
