import type { InboundMessage } from '../sms-provider.js';
import { type CallCheck, CallReader, type ProviderCall } from './call-reader.js';
import type { InboundFields, InboundSettings } from './http-settings.js';
import { pointerReader, type Spoken } from './source-reader.js';
import type { TemplateValues } from './template.js';

const ADDRESS_LENGTH = 64;
/** What 255 parts can hold. */
const TEXT_LENGTH = 40_000;

export interface ReadInbound {
  messages: InboundMessage[];
  /** Which of the call's messages could not be read, from 0. */
  unreadable: number[];
}

/** Turns calls of a provider into messages from phones by one description. Pure. */
export class InboundReader {
  private readonly readers: [field: keyof InboundFields, read: ReturnType<typeof pointerReader>][];
  private readonly calls: CallReader;

  constructor(settings: InboundSettings, secrets: TemplateValues, check: CallCheck | null = null) {
    const fields = Object.entries(settings.fields) as [keyof InboundFields, string][];
    this.readers = fields.map(([field, pointer]) => [field, pointerReader(pointer)]);
    this.calls = new CallReader(settings, secrets, check);
  }

  /** Refuses a call as a whole like reports. Single messages that cannot be read are named, so that the others are kept. */
  read(call: ProviderCall, receivedAt: Date): ReadInbound {
    const messages: InboundMessage[] = [];
    const unreadable: number[] = [];
    for (const [index, item] of this.calls.read(call).entries()) {
      const message = this.readOne(item, receivedAt);
      if (message) messages.push(message);
      else unreadable.push(index);
    }
    return { messages, unreadable };
  }

  private readOne(spoken: Spoken, receivedAt: Date): InboundMessage | null {
    const found: Partial<Record<keyof InboundFields, string>> = {};
    for (const [field, read] of this.readers) {
      const value = read(spoken, {});
      if (['string', 'number', 'boolean'].includes(typeof value)) found[field] = String(value);
    }
    const from = addressOf(found.from);
    const to = addressOf(found.to);
    // An empty text is a message, too: a picture that the provider left out.
    if (!from || !to || found.text === undefined) return null;
    const concat = concatenationOf(found);
    return {
      from,
      to,
      text: found.text.slice(0, TEXT_LENGTH),
      receivedAt,
      ...(found.messageId && { providerMessageId: found.messageId.slice(0, 255) }),
      ...(concat && { concat }),
    };
  }
}

/** Without the plus, or the zeros that stand for it. */
function addressOf(text: string | undefined): string {
  return (text ?? '')
    .trim()
    .replace(/^\+|^00(?=\d{6})/, '')
    .slice(0, ADDRESS_LENGTH);
}

/** Only where the provider hands over parts: all three have to be there. */
function concatenationOf({
  concatReference,
  partNo,
  partsTotal,
}: Partial<InboundFields>): InboundMessage['concat'] | null {
  const [reference, part, total] = [concatReference, partNo, partsTotal].map((text) =>
    /^\d{1,9}$/.test(text ?? '') ? Number(text) : 0,
  ) as [number, number, number];
  return total > 1 && total <= 255 && part >= 1 && part <= total
    ? { reference, partNo: part, partsTotal: total }
    : null;
}
