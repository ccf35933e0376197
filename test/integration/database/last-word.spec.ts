import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createDataSource } from '../../../src/database/data-source.js';
import { Database } from '../../../src/database/database.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { until } from '../../support/until.js';

const READY_FOR_QUERY = 'Z'.charCodeAt(0);

/** What a server says when it is ended, as it stands on the wire. */
const LAST_WORD = (() => {
  const fields = Buffer.from('SFATAL\0VFATAL\0C57P01\0Mterminating connection due to unexpected postmaster exit\0\0');
  const head = Buffer.from('E\0\0\0\0');
  head.writeUInt32BE(fields.length + 4, 1);
  return Buffer.concat([head, fields]);
})();

/** Stands between the driver and PostgreSQL; when armed, adds the last word to an answer, in the same packet, and hangs up. */
class DyingServer {
  private armed = false;

  private constructor(private readonly server: Server) {}

  static async before(port: number): Promise<DyingServer> {
    const dying = new DyingServer(createServer((socket) => dying.relay(socket, port)));
    dying.server.listen(0, '127.0.0.1');
    await once(dying.server, 'listening');
    return dying;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  arm(): void {
    this.armed = true;
  }

  async stop(): Promise<void> {
    this.server.close();
    await once(this.server, 'close');
  }

  private relay(socket: Socket, port: number): void {
    const upstream = connect(port, '127.0.0.1');
    for (const end of [socket, upstream]) end.on('error', () => end.destroy());
    socket.pipe(upstream);
    upstream.on('close', () => socket.destroy());
    socket.on('close', () => upstream.destroy());
    upstream.on('data', (chunk: Buffer) => {
      const isLast = this.armed && chunk.at(-6) === READY_FOR_QUERY;
      socket.write(isLast ? Buffer.concat([chunk, LAST_WORD]) : chunk);
      if (!isLast) return;
      this.armed = false;
      socket.end();
      upstream.destroy();
    });
  }
}

describe('a server that ends a connection in the same breath as an answer', () => {
  let db: TestDatabase;
  let server: DyingServer;
  let database: Database;

  beforeAll(async () => {
    db = await createTestDatabase();
    const url = new URL(db.url);
    server = await DyingServer.before(Number(url.port));
    url.port = String(server.port);
    const dataSource = createDataSource({ url: url.href, poolSize: 1, applicationName: 'kabinet last word' });
    await dataSource.initialize();
    database = new Database(dataSource);
  });
  afterAll(async () => {
    await database.close();
    await server.stop();
    await db.drop();
  });

  it.each([1, 2, 3])('does not end the process that is just handing the connection on (%i)', async () => {
    // One has the only connection, the other waits for it and gets it with the answer.
    const first = database.query('SELECT pg_sleep(0.05)');
    const second = database.transaction((tx) => tx.query('SELECT 1 AS one'));
    server.arm();
    await first.catch(() => undefined);
    await second.catch(() => undefined);
    await until('the next statement finds a new connection', () =>
      database.query('SELECT 1 AS one').then(
        () => true,
        () => false,
      ),
    );
  });
});
