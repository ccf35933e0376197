import type { DecodedMessage, PDU } from 'smpp';

/** A message as a phone shows it. */
export interface PhoneMessage {
  to: string;
  from: string;
  text: string;
  at: string;
  parts: number;
}

/** Which part of what a submit is; `of` 1 for a message that came whole. */
export interface PartPosition {
  reference: number;
  part: number;
  of: number;
}

/** The text of a submit, decoded by the `smpp` package, wherever it travelled. */
export function textOf(pdu: PDU): string {
  const content = contentOf(pdu);
  if (!content) return '';
  return typeof content.message === 'string' ? content.message : content.message.toString('hex');
}

export function positionOf(pdu: PDU): PartPosition {
  for (const element of contentOf(pdu)?.udh ?? []) {
    if (element[0] === 0x00) return { reference: element[2]!, of: element[3]!, part: element[4]! };
    if (element[0] === 0x08) return { reference: element.readUInt16BE(2), of: element[4]!, part: element[5]! };
  }
  if (pdu.sar_msg_ref_num !== undefined)
    return { reference: pdu.sar_msg_ref_num, of: pdu.sar_total_segments ?? 1, part: pdu.sar_segment_seqnum ?? 1 };
  return { reference: 0, part: 1, of: 1 };
}

/** The package reads an absent short_message as an empty one: the payload, where there is one, is what counts. */
function contentOf(pdu: PDU): DecodedMessage | undefined {
  return pdu.message_payload ?? pdu.short_message;
}

/** All phones of the sandbox: they put parts together and keep the newest messages. */
export class Phones {
  private readonly partial = new Map<string, (string | undefined)[]>();
  private messages: PhoneMessage[] = [];

  constructor(private readonly limit: number) {}

  receive(to: string, from: string, text: string, position: PartPosition, at: string): void {
    const whole = this.assemble(`${from} ${to} ${position.reference} ${position.of}`, text, position);
    if (whole === null) return;
    this.messages.push({ to, from, text: whole, at, parts: position.of });
    if (this.messages.length > 2 * this.limit) this.messages = this.messages.slice(-this.limit);
  }

  /** Oldest first. */
  inbox(to: string | null): PhoneMessage[] {
    const newest = this.messages.slice(-this.limit);
    return to === null ? newest : newest.filter((message) => message.to === to);
  }

  /** Parts that wait for others. */
  get incomplete(): number {
    return this.partial.size;
  }

  private assemble(key: string, text: string, { part, of }: PartPosition): string | null {
    if (of <= 1) return text;
    const parts = this.partial.get(key) ?? [];
    parts[part - 1] = text;
    this.partial.set(key, parts);
    for (let index = 0; index < of; index++) if (parts[index] === undefined) return null;
    this.partial.delete(key);
    return parts.slice(0, of).join('');
  }
}
