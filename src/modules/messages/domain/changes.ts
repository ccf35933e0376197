import type { Currency, Micros } from '../../../kernel/money.js';
import type { ChargeState, Lane, MessageState } from './message.js';

/** Outbox topic: how many messages are where now. */
export const MESSAGES_CHANGED = 'messages.changed';

/** What statistics count a message by. */
export interface CountedMessage {
  accountId: string;
  createdAt: Date;
  source: string;
  lane: Lane;
  country: string | null;
  providerId: string | null;
  state: MessageState;
  chargeState: ChargeState;
  currency: Currency;
  parts: number;
  priceMicros: Micros;
}

/** Signed: messages that came to (or left) one combination of facts. Micros are a decimal string. */
export interface CountedDelta {
  source: string;
  lane: Lane;
  country: string | null;
  providerId: string | null;
  state: MessageState;
  chargeState: ChargeState;
  currency: Currency;
  messages: number;
  parts: number;
  micros: string;
}

/** `hour`: the start of the UTC hour in which the messages were created, whenever they change. */
export interface MessagesChanged {
  accountId: string;
  topic: typeof MESSAGES_CHANGED;
  payload: { hour: string; deltas: CountedDelta[] };
}

const HOUR_MS = 3_600_000;

type Facts = Omit<CountedDelta, 'messages' | 'parts' | 'micros'>;

interface Sum {
  facts: Facts;
  messages: number;
  parts: number;
  micros: Micros;
}

type Place = Pick<CountedMessage, 'state' | 'chargeState' | 'providerId'>;

/**
 * Collects what one transaction does to messages and turns it into one outbox event per account and hour. Every change of
 * a message's state, charge state or provider goes in: a new message by {@link add}, a moved one by {@link move}.
 */
export class ChangeTally {
  private readonly groups = new Map<string, Map<string, Sum>>();

  /** A message that was not there before. */
  add(message: CountedMessage): void {
    this.count(message, message, 1);
  }

  /** A message that was there, with what changed about it. */
  move(
    before: CountedMessage,
    { state, chargeState, providerId }: { state: MessageState; chargeState: ChargeState; providerId?: string | null },
  ): void {
    this.count(before, before, -1);
    this.count(before, { state, chargeState, providerId: providerId ?? before.providerId }, 1);
  }

  /** The events to write with `writeOutbox`; what adds up to nothing is left out. */
  events(): MessagesChanged[] {
    const events: MessagesChanged[] = [];
    for (const [key, sums] of this.groups) {
      const [accountId, hour] = key.split(' ') as [string, string];
      const deltas = [...sums.values()]
        .filter(({ messages, parts, micros }) => messages !== 0 || parts !== 0 || micros !== 0n)
        .map(toDelta);
      if (deltas.length > 0)
        events.push({
          accountId,
          topic: MESSAGES_CHANGED,
          payload: { hour: new Date(Number(hour)).toISOString(), deltas },
        });
    }
    return events;
  }

  /** Called twice for every message that moves: nothing is copied but for the first of a kind. */
  private count(message: CountedMessage, place: Place, sign: 1 | -1): void {
    const state = countedState(place.state);
    const { chargeState, providerId } = place;
    const { accountId, createdAt, source, lane, country, currency, parts, priceMicros } = message;
    const hour = Math.floor(createdAt.getTime() / HOUR_MS) * HOUR_MS;
    const sums = getOrMake(this.groups, `${accountId} ${hour}`, () => new Map<string, Sum>());
    const sum = getOrMake(
      sums,
      `${source} ${lane} ${country} ${providerId} ${state} ${chargeState} ${currency}`,
      (): Sum => ({
        facts: { source, lane, country, providerId, state, chargeState, currency },
        messages: 0,
        parts: 0,
        micros: 0n,
      }),
    );
    sum.messages += sign;
    sum.parts += sign * parts;
    sum.micros += sign === 1 ? priceMicros : -priceMicros;
  }
}

/**
 * The state that statistics know: a message that is being written counts as queued, so that the few milliseconds in between
 * cost no event. Whoever rebuilds the roll-ups from the rows maps states the same way.
 */
export function countedState(state: MessageState): MessageState {
  return state === 'submitting' ? 'queued' : state;
}

function toDelta({ facts, messages, parts, micros }: Sum): CountedDelta {
  return { ...facts, messages, parts, micros: micros.toString() };
}

function getOrMake<V>(map: Map<string, V>, key: string, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = make()));
  return value;
}
