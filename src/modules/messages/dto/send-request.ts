import { isBlank } from '../../../kernel/blank-text.js';
import { DomainError, type FieldError } from '../../../kernel/domain-error.js';
import { parseInstant } from '../../../kernel/zoned-time.js';
import { type AcceptItem, type AcceptRequest, MAX_ITEMS } from '../domain/accept-request.js';

/** What a body may say, and how each member is read: written by hand, because a validator per item would cost more than accepting it. */
type Reader = (value: unknown, pointer: string, errors: FieldError[]) => unknown;

const MAX_ERRORS = 100;
const CONTROL = /[\p{Cc}\p{Zl}\p{Zp}]/u;
const MAX_VARIABLES = 50;

const fail = (
  errors: FieldError[],
  pointer: string,
  code: string,
  params?: Record<string, string | number>,
): undefined => {
  if (errors.length < MAX_ERRORS) errors.push({ pointer, code, ...(params && { params }) });
  return undefined;
};

const text =
  (min: number, max: number): Reader =>
  (value, pointer, errors) =>
    typeof value === 'string' && value.length >= min && value.length <= max
      ? value
      : fail(errors, pointer, 'invalid_field', { rule: `text of ${min} to ${max} characters` });

/** A line of text of the caller's own, such as an id: as it stands, but with something to be seen in it. */
const line: Reader = (value, pointer, errors) =>
  typeof value === 'string' && value.length <= 255 && !isBlank(value) && !CONTROL.test(value)
    ? value
    : fail(errors, pointer, 'invalid_line', { min: 1, max: 255 });

const oneOf =
  (...values: string[]): Reader =>
  (value, pointer, errors) =>
    values.includes(value as string)
      ? value
      : fail(errors, pointer, 'invalid_field', { rule: `one of ${values.join(', ')}` });

const pattern =
  (form: RegExp, rule: string): Reader =>
  (value, pointer, errors) =>
    typeof value === 'string' && form.test(value) ? value : fail(errors, pointer, 'invalid_field', { rule });

const integer: Reader = (value, pointer, errors) =>
  Number.isSafeInteger(value) ? value : fail(errors, pointer, 'invalid_field', { rule: 'an integer' });

const instant: Reader = (value, pointer, errors) => {
  try {
    return parseInstant(typeof value === 'string' ? value : '');
  } catch (error) {
    return fail(errors, pointer, error instanceof DomainError ? error.code : 'invalid_instant');
  }
};

const variables: Reader = (value, pointer, errors) => {
  if (!isObject(value)) return fail(errors, pointer, 'invalid_field', { rule: 'an object of texts' });
  const entries = Object.entries(value);
  if (entries.length > MAX_VARIABLES)
    return fail(errors, pointer, 'invalid_field', { rule: `at most ${MAX_VARIABLES} variables` });
  const bad = entries.find(([, one]) => typeof one !== 'string' || one.length > 1_000);
  return bad
    ? fail(errors, `${pointer}/${escape(bad[0])}`, 'invalid_field', { rule: 'text of 0 to 1000 characters' })
    : value;
};

const UUID = pattern(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 'a UUID');
const COUNTRY = pattern(/^[A-Z]{2}$/, 'an ISO 3166-1 alpha-2 code');

const RECIPIENT: Record<string, Reader> = {
  to: text(1, 64),
  country: COUNTRY,
  text: text(1, 4_000),
  variables,
  reference: line,
  externalId: line,
  consent: oneOf('given', 'missing', 'not_required'),
};

const REQUEST: Record<string, Reader> = {
  text: text(1, 4_000),
  templateId: UUID,
  sender: text(1, 20),
  lane: oneOf('transactional', 'bulk'),
  sendAt: instant,
  validitySeconds: integer,
  onInsufficientFunds: oneOf('partial', 'reject', 'wait'),
  windowAction: oneOf('wait', 'drop'),
  alphabetPolicy: oneOf('any', 'transliterate', 'refuse'),
  deliveryPolicy: oneOf('at_most_once', 'at_least_once'),
};

interface SendBody {
  text?: string;
  templateId?: string;
  sender?: string;
  lane?: 'transactional' | 'bulk';
  sendAt?: Date;
  validitySeconds?: number;
  onInsufficientFunds?: AcceptRequest['onInsufficientFunds'];
  windowAction?: 'wait' | 'drop';
  alphabetPolicy?: AcceptRequest['alphabetPolicy'];
  deliveryPolicy?: AcceptRequest['deliveryPolicy'];
}

/** Reads the body of a send, or refuses it (`validation_failed`) with a pointer for every bad field; unknown fields are bad fields. */
export function readSendRequest(accountId: string, body: unknown): AcceptRequest {
  const errors: FieldError[] = [];
  const { recipients, ...rest } = isObject(body) ? body : {};
  const request = readObject(rest, REQUEST, '', errors) as SendBody;
  const items = readRecipients(recipients, errors);
  if (request.text !== undefined && request.templateId !== undefined)
    fail(errors, '/templateId', 'invalid_field', { rule: 'either a text or a template' });
  for (const [index, item] of items.entries()) {
    if (item.text === undefined && request.text === undefined && request.templateId === undefined)
      fail(errors, `/recipients/${index}/text`, 'invalid_field', { rule: 'a text or a template' });
  }
  if (errors.length > 0) throw new DomainError('invalid', 'validation_failed', { errors });
  return {
    accountId,
    source: 'api',
    lane: request.lane ?? 'transactional',
    items: items.map((item) => toItem(item, request)),
    dueAt: request.sendAt,
    validitySeconds: request.validitySeconds,
    onInsufficientFunds: request.onInsufficientFunds,
    windowAction: request.windowAction,
    alphabetPolicy: request.alphabetPolicy,
    deliveryPolicy: request.deliveryPolicy,
  };
}

/** A recipient's own text goes before the request's text or template. */
function toItem(item: AcceptItem, { text: common, templateId, sender }: SendBody): AcceptItem {
  const { to, country, text: own, variables, reference, externalId, consent } = item;
  const isTemplate = own === undefined && templateId !== undefined;
  return {
    to,
    country,
    text: isTemplate ? undefined : (own ?? common),
    templateId: isTemplate ? templateId : undefined,
    variables,
    sender,
    reference,
    externalId,
    consent,
  };
}

function readRecipients(value: unknown, errors: FieldError[]): AcceptItem[] {
  if (!Array.isArray(value) || value.length === 0 || value.length > MAX_ITEMS) {
    fail(errors, '/recipients', 'invalid_field', { rule: `1 to ${MAX_ITEMS} recipients` });
    return [];
  }
  return value.map((one: unknown, index) => {
    const pointer = `/recipients/${index}`;
    if (typeof one === 'string') return { to: RECIPIENT.to!(one, pointer, errors) as string };
    if (!isObject(one)) fail(errors, pointer, 'invalid_field', { rule: 'a number, or an object with "to"' });
    const item = readObject(isObject(one) ? one : {}, RECIPIENT, pointer, errors) as unknown as AcceptItem;
    if (isObject(one) && !('to' in one)) fail(errors, `${pointer}/to`, 'invalid_field', { rule: 'a number' });
    return item;
  });
}

function readObject(
  value: Record<string, unknown>,
  readers: Record<string, Reader>,
  pointer: string,
  errors: FieldError[],
): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    const read = Object.hasOwn(readers, key) ? readers[key] : undefined;
    if (read) result[key] = read(value[key], `${pointer}/${key}`, errors);
    else fail(errors, `${pointer}/${escape(key)}`, 'unknown_field');
  }
  return result;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const escape = (key: string): string => key.slice(0, 100).replaceAll('~', '~0').replaceAll('/', '~1');
