import type { HttpAnswer } from '../../../outbound/http-client.js';
import type { PartResult } from '../sms-provider.js';
import { ISO_CURRENCY, readCost } from './cost.js';
import type { ErrorRule, HttpSettings, Meaning } from './http-settings.js';
import { parseLosslessJson } from './lossless-json.js';
import { pointerReader, type SourceReader, sourceReader, type Spoken } from './source-reader.js';
import type { TemplateValues } from './template.js';

export type { HttpAnswer } from '../../../outbound/http-client.js';

/** What an answer says about the link, beside what it says about the message. */
export type LinkVerdict = 'well' | 'throttled' | 'unavailable' | 'no_funds' | 'credentials' | 'unclear';

export interface ReadAnswer {
  result: PartResult;
  link: LinkVerdict;
  /** Of several in one request: refused together, so that it is to be sent alone to hear which one it was. */
  alone?: true;
}

/** Turns answers into outcomes by one description. Pure; see the table in README.md for what means what. */
export class AnswerReader {
  private readonly recipient: ReturnType<typeof pointerReader>;
  private readonly recipientOfMany: ReturnType<typeof pointerReader>;
  private readonly messageId: SourceReader | null;
  private readonly errorCode: SourceReader | null;
  private readonly errorText: SourceReader | null;
  private readonly success: SourceReader | null;
  private readonly cost: SourceReader | null;
  private readonly currency: SourceReader | null;
  private readonly operator: SourceReader | null;
  private readonly parts: SourceReader | null;

  constructor(
    private readonly settings: Pick<HttpSettings, 'answer' | 'errors'> & Partial<Pick<HttpSettings, 'request'>>,
  ) {
    const { answer, request } = settings;
    const reader = (source: Parameters<typeof sourceReader>[0] | null | undefined) =>
      source ? sourceReader(source) : null;
    this.recipient = pointerReader(answer.recipient);
    this.recipientOfMany = pointerReader(request?.batch?.recipient ?? answer.recipient);
    this.messageId = reader(answer.messageId);
    this.errorCode = reader(answer.errorCode);
    this.errorText = reader(answer.errorText);
    this.success = reader(answer.success?.source);
    this.cost = reader(answer.cost?.source);
    this.currency = reader(answer.cost?.currencyIn);
    this.operator = reader(answer.operator);
    this.parts = reader(answer.parts);
  }

  read(answer: HttpAnswer, values: TemplateValues): ReadAnswer {
    const spoken = this.listen(answer);
    if (!spoken) return this.unreadable(answer);
    return this.readOne(answer, { ...spoken, item: this.recipient(spoken, values) }, values);
  }

  /**
   * One for each message that shared the request. One of which the answer says nothing is unclear, whatever it says of the others. A refusal
   * of the request as a whole may be meant for any of them, and says that none was sent.
   */
  readBatch(answer: HttpAnswer, batch: readonly TemplateValues[]): ReadAnswer[] {
    const spoken = this.listen(answer);
    return batch.map((values) => {
      const item = spoken ? this.recipientOfMany(spoken, values) : undefined;
      const read = spoken ? this.readOne(answer, { ...spoken, item }, values) : this.unreadable(answer);
      if (item !== undefined) return read;
      if (read.result.kind === 'submitted') return unclear('not_in_answer', 'the answer does not name this message');
      return read.result.kind === 'rejected' ? apart(read.result.code) : read;
    });
  }

  private unreadable(answer: HttpAnswer): ReadAnswer {
    const wellStatus = this.settings.answer.successStatuses.includes(answer.status);
    return wellStatus ? unclear('unreadable_answer', 'the answer is not JSON') : this.byStatus(answer);
  }

  private readOne(answer: HttpAnswer, spoken: Spoken, values: TemplateValues): ReadAnswer {
    const wellStatus = this.settings.answer.successStatuses.includes(answer.status);
    const code = this.errorCode?.(spoken, values) ?? null;
    if (!wellStatus) return this.failure(answer.status, code, this.errorText?.(spoken, values) ?? null);
    if (this.success) {
      const word = this.success(spoken, values);
      if (word === null && code === null) return unclear('unreadable_answer', 'the answer says neither yes nor no');
      if (word !== null && this.settings.answer.success!.values.includes(word)) return this.taken(spoken, values);
      return this.failure(answer.status, code ?? word, this.errorText?.(spoken, values) ?? null);
    }
    if (code === null) return this.taken(spoken, values);
    return this.failure(answer.status, code, this.errorText?.(spoken, values) ?? null);
  }

  /** Whether the answer to a question beside the sending says that our credentials, or their rights, are not enough. */
  refusesCredentials(answer: HttpAnswer, values: TemplateValues): { refused: boolean; code: string; detail: string } {
    const heard = this.listen(answer);
    const spoken = heard && { ...heard, item: this.recipient(heard, values) };
    const code = spoken && (this.errorCode?.(spoken, values) ?? null);
    const text = spoken && (this.errorText?.(spoken, values) ?? null);
    const rule = this.settings.errors.find((one) => applies(one, answer.status, code));
    const refused = rule ? rule.means === 'credentials' : [401, 403, 407].includes(answer.status);
    return { refused, code: code ?? String(answer.status), detail: text ?? `the provider answered ${answer.status}` };
  }

  /** With the root for the recipient's object. Null: it is not JSON. */
  private listen(answer: HttpAnswer): Spoken | null {
    const spoken: Spoken = { text: answer.text, root: undefined, item: undefined, headers: answer.headers };
    if (this.settings.answer.format === 'text') return spoken;
    try {
      spoken.root = parseLosslessJson(answer.text);
    } catch {
      return null;
    }
    spoken.item = spoken.root;
    return spoken;
  }

  private taken(spoken: Spoken, values: TemplateValues): ReadAnswer {
    const id = this.messageId?.(spoken, values) ?? null;
    // Taken over, as it seems, but nothing that a report could be matched with: better asked about than believed.
    if (this.messageId && id === null) return unclear('no_message_id', 'a success without a message id');
    const costMicros = readCost(this.cost?.(spoken, values) ?? null);
    const operator = this.operator?.(spoken, values) ?? null;
    const parts = this.parts?.(spoken, values) ?? '';
    return {
      link: 'well',
      result: {
        kind: 'submitted',
        providerMessageId: id ?? '',
        ...(costMicros !== undefined && { costMicros, currency: this.currencyOf(spoken, values) }),
        ...(operator !== null && { operator }),
        ...(/^[1-9]\d{0,2}$/.test(parts) && { billedParts: Number(parts) }),
      },
    };
  }

  private currencyOf(spoken: Spoken, values: TemplateValues): string {
    const found = this.currency?.(spoken, values) ?? '';
    return ISO_CURRENCY.test(found) ? found : this.settings.answer.cost!.currency;
  }

  private byStatus({ status }: HttpAnswer): ReadAnswer {
    return this.failure(status, null, null);
  }

  private failure(status: number, code: string | null, text: string | null): ReadAnswer {
    const means =
      this.settings.errors.find((rule) => applies(rule, status, code))?.means ?? defaultMeaning(status, code);
    const shown = code ?? String(status);
    const detail = text ?? `the provider answered ${status}`;
    switch (means) {
      case 'throttled':
        return { link: 'throttled', result: { kind: 'not_sent', reason: 'throttled', code: shown } };
      case 'unavailable':
        return { link: 'unavailable', result: { kind: 'not_sent', reason: 'unavailable', code: shown } };
      case 'no_funds':
        return { link: 'no_funds', result: { kind: 'not_sent', reason: 'provider_no_funds', code: shown } };
      case 'credentials':
        return { link: 'credentials', result: { kind: 'not_sent', reason: 'unavailable', code: shown } };
      case 'unknown':
        return unclear(shown, detail);
      case 'opted_out':
        return { link: 'well', result: { kind: 'rejected', code: shown, detail, optedOut: true } };
      default:
        return { link: 'well', result: { kind: 'rejected', code: shown, detail } };
    }
  }
}

function applies(rule: ErrorRule, status: number, code: string | null): boolean {
  if (rule.statuses && !rule.statuses.includes(status)) return false;
  return !rule.codes || (code !== null && rule.codes.includes(code));
}

/** For what no rule of the description covers. A redirect was not followed, so nothing was sent to where it leads. */
function defaultMeaning(status: number, code: string | null): Meaning {
  // Well, in a way that nobody described: it may have been sent.
  if (status < 300 && code === null) return 'unknown';
  if (status === 429) return 'throttled';
  if (status === 401 || status === 407) return 'credentials';
  if (status >= 300 && status < 400) return 'unavailable';
  if (status === 408 || status >= 500) return 'unknown';
  return 'refused';
}

function apart(code: string): ReadAnswer {
  return { link: 'well', alone: true, result: { kind: 'not_sent', reason: 'unavailable', code } };
}

function unclear(code: string, detail: string): ReadAnswer {
  return { link: 'unclear', result: { kind: 'unknown', code, detail } };
}
