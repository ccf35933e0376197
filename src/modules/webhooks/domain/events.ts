import { createHash } from 'node:crypto';

/** What an endpoint may subscribe to. */
export const EVENT_TYPES = ['message.inbound'] as const;
export type EventType = (typeof EVENT_TYPES)[number];

/** What is told on request, whatever an endpoint subscribed to. */
export const TEST_EVENT = 'webhook.test';

/**
 * The id of an event about a thing: the same whenever the same is told, and sorted where the thing is. Its first 48 bits are the
 * thing's time, the rest a hash of what happened to it (RFC 9562, version 8).
 */
export function eventIdOf(type: string, subjectId: string): string {
  const hash = createHash('sha256').update(`${type}\0${subjectId}`).digest('hex');
  const variant = ((parseInt(hash[3]!, 16) & 0x3) | 0x8).toString(16);
  return `${subjectId.slice(0, 13)}-8${hash.slice(0, 3)}-${variant}${hash.slice(4, 7)}-${hash.slice(7, 19)}`;
}

/** The whole body of a request, as it is stored and sent: each try and each endpoint gets the same bytes. */
export function toBody(event: { id: string; type: string; accountId: string; timestamp: Date; data: object }): string {
  const { id, type, accountId, timestamp, data } = event;
  return JSON.stringify({ id, type, timestamp: timestamp.toISOString(), accountId, data });
}
