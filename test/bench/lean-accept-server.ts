import { randomUUID } from 'node:crypto';
import { fastify } from 'fastify';
import { parsePhoneNumberFromString } from 'libphonenumber-js';
import { Gatherer } from './gather.js';
import { leanSettings, serveLean } from './lean-process.js';
import { LeanStore, type LeanMessage } from './lean-store.js';

export interface LeanAcceptSettings {
  databaseUrl: string;
  /** Whether numbers are parsed and texts rendered, as ours does. */
  reads: boolean;
}

interface Body {
  text: string;
  recipients: (string | { to: string; variables: Record<string, string> })[];
}

/** For company: about as long as ours. */
const COMPANY_MS = 2;

const { databaseUrl, reads } = leanSettings() as LeanAcceptSettings;
const store = await LeanStore.open(databaseUrl);
const shared = new Gatherer<{ message: LeanMessage; key: string }>(COMPANY_MS, (calls) =>
  store.accept(
    calls.map(({ message }) => message),
    { queued: true, keys: calls.map(({ key }) => key) },
  ),
);

const app = fastify();
app.post('/v1/messages', async (request, reply) => {
  const messages = readBody(request.body as Body);
  const key = String(request.headers['idempotency-key']);
  if (messages.length === 1) await shared.add({ message: messages[0]!, key });
  else await store.accept(messages, { queued: true, keys: [key] });
  reply.status(202);
  return { items: messages.map(({ id, recipient }, index) => ({ index, id, status: 'queued', to: recipient })) };
});
serveLean({ url: await app.listen({ port: 0, host: '127.0.0.1' }) });

function readBody({ recipients, text }: Body): LeanMessage[] {
  return recipients.map((recipient) => {
    const to = typeof recipient === 'string' ? recipient : recipient.to;
    const variables = typeof recipient === 'string' ? {} : recipient.variables;
    return reads
      ? { id: randomUUID(), recipient: parsed(to), body: rendered(text, variables) }
      : { id: randomUUID(), recipient: to.slice(1), body: text };
  });
}

function parsed(to: string): string {
  const number = parsePhoneNumberFromString(to);
  if (!number?.isValid()) throw new Error(`${to} is no number`);
  return number.number.slice(1);
}

function rendered(text: string, variables: Record<string, string>): string {
  return text.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => variables[name] ?? '');
}
