import { randomUUID } from 'node:crypto';
import { fastify } from 'fastify';
import { Gatherer } from './gather.js';
import { LeanLink } from './lean-link.js';
import { leanSettings, serveLean } from './lean-process.js';
import { type LeanMessage, LeanStore } from './lean-store.js';

export interface LeanChainSettings {
  databaseUrl: string;
  smppPort: number;
}

/** The lean chain for single sends: callers who arrive together share a transaction, and what is accepted leaves at once. */
const { databaseUrl, smppPort } = leanSettings() as LeanChainSettings;
const store = await LeanStore.open(databaseUrl, 'lean_single');
const link = await LeanLink.open(store, smppPort);
let accepted = 0;

const departures = new Gatherer<LeanMessage>(0, (messages) => link.send(messages));
const arrivals = new Gatherer<{ message: LeanMessage; key: string }>(2, async (calls) => {
  const messages = calls.map(({ message }) => message);
  await store.accept(messages, { keys: calls.map(({ key }) => key) });
  accepted += messages.length;
  for (const message of messages) departures.add(message).catch(fail);
});

const app = fastify();
app.post('/v1/messages', async (request, reply) => {
  const { recipients, text } = request.body as { recipients: string[]; text: string };
  const message = { id: randomUUID(), recipient: recipients[0]!.slice(1), body: text };
  await arrivals.add({ message, key: String(request.headers['idempotency-key']) });
  reply.status(202);
  return { items: [{ index: 0, id: message.id, status: 'queued', to: message.recipient }] };
});
serveLean({ url: await app.listen({ port: 0, host: '127.0.0.1' }) }, () => link.allDelivered(accepted));

function fail(error: unknown): never {
  console.error(error);
  process.exit(1);
}
