import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { Pool } from 'undici';
import {
  BlockedAddressError,
  ConnectError,
  guardedConnect,
  guardedConnector,
} from '../../../src/outbound/guarded-connect.js';

const closed = { allowPrivateAddresses: false };
const open = { allowPrivateAddresses: true };

let tcp: Server;
let http: HttpServer;
let connections = 0;
const portOf = (server: Server | HttpServer) => (server.address() as AddressInfo).port;

beforeAll(async () => {
  tcp = createServer((socket) => {
    connections++;
    socket.end('hello');
  });
  http = createHttpServer((_request, response) => response.end('hello'));
  for (const server of [tcp, http]) {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  }
});
afterAll(() => {
  tcp.close();
  http.close();
});

const request = async (origin: string, policy: { allowPrivateAddresses: boolean }) => {
  const pool = new Pool(origin, { connect: guardedConnector(policy, 1_000) });
  try {
    const { body } = await pool.request({ path: '/', method: 'GET' });
    return await body.text();
  } finally {
    await pool.destroy();
  }
};

describe('connections to addresses that others chose', () => {
  it.each(['127.0.0.1', 'localhost', '::ffff:127.0.0.1', '0.0.0.0'])('refuses a socket to %s', async (host) => {
    const socket = guardedConnect({ host, port: portOf(tcp) }, closed);
    const [error] = (await once(socket, 'error')) as [Error];
    expect(error).toBeInstanceOf(BlockedAddressError);
    expect(connections).toBe(0);
  });

  it.each(['127.0.0.1', 'localhost', '[::ffff:7f00:1]', '2130706433', '0x7f000001'])(
    'refuses a request to %s, before anything was sent',
    async (host) => {
      const failure = await request(`http://${host}:${portOf(http)}`, closed).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(ConnectError);
      expect(failure).toMatchObject({ code: 'BLOCKED_ADDRESS' });
    },
  );

  it('says why a connection could not be made', async () => {
    const spare = createServer();
    spare.listen(0, '127.0.0.1');
    await once(spare, 'listening');
    const port = portOf(spare);
    spare.close();
    await once(spare, 'close');
    await expect(request(`http://127.0.0.1:${port}`, open)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await expect(request(`http://no-such-host.invalid`, open)).rejects.toBeInstanceOf(ConnectError);
  });

  it('connects where it is allowed to', async () => {
    for (const host of ['127.0.0.1', 'localhost']) {
      expect(await request(`http://${host}:${portOf(http)}`, open)).toBe('hello');
      const socket = guardedConnect({ host, port: portOf(tcp) }, open);
      const [data] = (await once(socket, 'data')) as [Buffer];
      expect(data.toString()).toBe('hello');
      socket.destroy();
    }
  });
});
