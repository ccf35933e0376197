/** A call as telephony reported it, in our words. */
export interface CallEvent {
  /** The telephony's own id of the call: the same call reported again is the same event. */
  eventId: string;
  direction: 'inbound' | 'outbound';
  outcome: 'lost' | 'answered';
  /** As it was written; null when the caller withheld the number. */
  caller: string | null;
  virtualNumber: string;
  /** As it was written, if it was. */
  at: string | null;
}

/**
 * How a telephony system writes its call events: where each field stands (a path of dots) and which values mean what. Whatever
 * is not named as inbound is outbound, whatever is not named as lost was answered: an apology must never go out by mistake.
 */
export interface CallMapping {
  eventId: string;
  direction: string;
  inboundValues: string[];
  outcome: string;
  lostValues: string[];
  caller: string;
  /** Values of the caller field that mean "withheld". */
  withheldValues: string[];
  virtualNumber: string;
  at: string;
}

export const DEFAULT_MAPPING: CallMapping = {
  eventId: 'eventId',
  direction: 'direction',
  inboundValues: ['inbound', 'in'],
  outcome: 'outcome',
  lostValues: ['lost', 'missed', 'no_answer'],
  caller: 'caller',
  withheldValues: ['', 'anonymous', 'unknown', 'withheld', 'private'],
  virtualNumber: 'virtualNumber',
  at: 'at',
};

/** A field that the mapping needs and the payload lacks. */
export interface MissingField {
  missing: keyof CallMapping;
  path: string;
}

/** Reads a payload by a mapping; fields longer than 255 characters count as missing. */
export function readCallEvent(payload: unknown, mapping: CallMapping): CallEvent | MissingField {
  const read = (path: string): string | undefined => textAt(payload, path);
  for (const field of ['eventId', 'direction', 'outcome', 'virtualNumber'] as const) {
    if (!read(mapping[field])) return { missing: field, path: mapping[field] };
  }
  const caller = read(mapping.caller) ?? '';
  return {
    eventId: read(mapping.eventId)!,
    direction: means(read(mapping.direction)!, mapping.inboundValues) ? 'inbound' : 'outbound',
    outcome: means(read(mapping.outcome)!, mapping.lostValues) ? 'lost' : 'answered',
    caller: means(caller, mapping.withheldValues) ? null : caller,
    virtualNumber: read(mapping.virtualNumber)!,
    at: read(mapping.at) ?? null,
  };
}

function textAt(payload: unknown, path: string): string | undefined {
  let value: unknown = payload;
  for (const key of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return typeof value === 'string' && value.length <= 255 ? value.trim() : undefined;
}

const means = (value: string, values: readonly string[]): boolean =>
  values.some((one) => one.toLowerCase() === value.toLowerCase());
