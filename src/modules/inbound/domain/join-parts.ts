/** A message from a phone, or a part of one, as it waits. */
export interface WaitingText {
  id: string;
  providerId: string;
  from: string;
  to: string;
  text: string;
  receivedAt: Date;
  providerMessageId?: string;
  concat?: { reference: number; partNo: number; partsTotal: number };
}

/** A whole message, or what came of one. */
export interface JoinedText {
  /** Rows that it was made of. */
  ids: string[];
  providerId: string;
  from: string;
  to: string;
  text: string;
  parts: number;
  /** Every part came. */
  complete: boolean;
  receivedAt: Date;
  providerMessageId: string | null;
}

/** Parts that wait for others. */
export interface WaitingParts {
  ids: string[];
  /** Then what there is has to do. */
  until: Date;
}

/** How long parts wait for the others: a phone sends them within seconds, an operator may repeat one after minutes. */
export const PATIENCE_MS = 10 * 60_000;

/**
 * Puts parts together: those of one phone, to one number, under one reference and of one count. A part that came twice stands
 * once; parts whose others never come are a message that is not complete, rather than none.
 */
export function joinParts(texts: readonly WaitingText[], now: Date): { joined: JoinedText[]; waiting: WaitingParts[] } {
  const whole = texts.filter(({ concat }) => concat === undefined).map((text) => join([text], 1));
  const joined: JoinedText[] = whole;
  const waiting: WaitingParts[] = [];
  for (const parts of groups(texts).values()) {
    const { partsTotal } = parts[0]!.concat!;
    const until = new Date(Math.min(...parts.map(({ receivedAt }) => receivedAt.getTime())) + PATIENCE_MS);
    const count = new Set(parts.map(({ concat }) => concat!.partNo)).size;
    if (count >= partsTotal || until <= now) joined.push(join(parts, partsTotal));
    else waiting.push({ ids: parts.map(({ id }) => id), until });
  }
  return { joined, waiting };
}

function groups(texts: readonly WaitingText[]): Map<string, WaitingText[]> {
  const found = new Map<string, WaitingText[]>();
  for (const text of texts) {
    if (!text.concat) continue;
    const { reference, partsTotal } = text.concat;
    const key = JSON.stringify([text.providerId, text.from, text.to, reference, partsTotal]);
    found.set(key, [...(found.get(key) ?? []), text]);
  }
  return found;
}

function join(texts: readonly WaitingText[], partsTotal: number): JoinedText {
  const byNumber = new Map<number, WaitingText>();
  for (const text of texts) {
    const partNo = text.concat?.partNo ?? 1;
    if (!byNumber.has(partNo)) byNumber.set(partNo, text);
  }
  const parts = [...byNumber].sort(([one], [other]) => one - other).map(([, text]) => text);
  const [first] = parts as [WaitingText];
  return {
    ids: texts.map(({ id }) => id),
    providerId: first.providerId,
    from: first.from,
    to: first.to,
    text: parts.map(({ text }) => text).join(''),
    parts: parts.length,
    complete: parts.length >= partsTotal,
    receivedAt: new Date(Math.min(...texts.map(({ receivedAt }) => receivedAt.getTime()))),
    providerMessageId: first.providerMessageId ?? null,
  };
}
