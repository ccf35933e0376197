/** Topic of the outbox that this module lives on; written by `messages`. */
export const TOPIC = 'messages.changed';

/** How many messages came to, or left, one combination of facts. Signed; micros are a decimal string. */
export interface Delta {
  source: string;
  lane: string;
  country: string | null;
  providerId: string | null;
  state: string;
  chargeState: string;
  currency: string;
  messages: number;
  parts: number;
  micros: string;
}

/** The payload of an event: all its messages were created in the UTC hour that begins at `hour`. */
export interface MessagesChanged {
  hour: string;
  deltas: Delta[];
}

/** One row of the roll-up, or what is added to it. */
export interface RollUp {
  accountId: string;
  hour: Date;
  source: string;
  lane: string;
  /** Empty: the number belongs to no country, or is none. */
  country: string;
  /** `NIL_ID`: no provider was chosen. */
  providerId: string;
  state: string;
  chargeState: string;
  currency: string;
  messages: bigint;
  parts: bigint;
  micros: bigint;
}

/**
 * Adds the deltas of many events up to what each row of the roll-up changes by, in key order (the order in which rows are
 * locked); what comes to nothing is left out.
 */
export function sumUp(events: Iterable<{ accountId: string; payload: MessagesChanged }>, noProvider: string): RollUp[] {
  const rows = new Map<string, RollUp>();
  for (const { accountId, payload } of events) {
    for (const delta of payload.deltas) {
      const { source, lane, state, chargeState, currency } = delta;
      const country = delta.country ?? '';
      const providerId = delta.providerId ?? noProvider;
      const key = [accountId, payload.hour, source, lane, country, providerId, state, chargeState, currency].join(' ');
      let row = rows.get(key);
      if (!row) {
        const hour = new Date(payload.hour);
        const empty = { messages: 0n, parts: 0n, micros: 0n };
        rows.set(
          key,
          (row = { accountId, hour, source, lane, country, providerId, state, chargeState, currency, ...empty }),
        );
      }
      row.messages += BigInt(delta.messages);
      row.parts += BigInt(delta.parts);
      row.micros += BigInt(delta.micros);
    }
  }
  return [...rows]
    .filter(([, { messages, parts, micros }]) => messages !== 0n || parts !== 0n || micros !== 0n)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, row]) => row);
}

/** How much more, or less, waits of an account at a provider in a lane. */
export interface WaitingChange {
  accountId: string;
  providerId: string;
  lane: string;
  queued: bigint;
  scheduled: bigint;
}

/** What the rows say about messages that wait, in key order; what comes to nothing is left out. */
export function waitingChanges(rows: readonly RollUp[]): WaitingChange[] {
  const changes = new Map<string, WaitingChange>();
  for (const { accountId, providerId, lane, state, messages } of rows) {
    if (state !== 'queued' && state !== 'scheduled') continue;
    const key = `${accountId} ${providerId} ${lane}`;
    let change = changes.get(key);
    if (!change) changes.set(key, (change = { accountId, providerId, lane, queued: 0n, scheduled: 0n }));
    change[state] += messages;
  }
  return [...changes]
    .filter(([, { queued, scheduled }]) => queued !== 0n || scheduled !== 0n)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, change]) => change);
}
