import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serveLean } from './lean-process.js';

/** A company that takes every POST at once and reports nothing, in a process of its own. */
const server = createServer((request, response) => {
  request.resume();
  request.once('end', () => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(`{"status":"ok","id":"${randomUUID()}"}`);
  });
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
serveLean((server.address() as AddressInfo).port);
