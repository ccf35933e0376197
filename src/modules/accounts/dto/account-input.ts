import { DomainError } from '../../../kernel/domain-error.js';
import { parseMsisdn } from '../../../kernel/msisdn.js';
import { parseHours, parseWindow } from '../../../kernel/time-window.js';
import type { CreateAccount } from '../actions/open-account.js';
import type { AccountChange } from '../persistence/accounts.repository.js';
import type { CreateAccountDto, CreateAnyAccountDto, UpdateAnyAccountDto } from './account.dto.js';

/** Only what was sent, under the names of the columns. `country` reads numbers that are written as dialled at home. */
export function toChange(body: UpdateAnyAccountDto, country: string): AccountChange {
  const change: AccountChange = {
    name: body.name,
    email: body.email,
    phone: typeof body.phone === 'string' ? phoneDigits(body.phone, country) : body.phone,
    address: body.address,
    locale: body.locale,
    time_zone: body.timeZone,
    sending_window: body.sendingWindow && under('/sendingWindow', body.sendingWindow, parseWindow),
    recipient_hours: body.recipientHours && under('/recipientHours', body.recipientHours, parseHours),
    on_insufficient_funds: body.onInsufficientFunds,
    default_sender: body.defaultSender,
    rate_per_second: body.ratePerSecond,
    portal_id: body.portalId,
    external_id: body.externalId,
  };
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
}

export function toCreate(body: CreateAccountDto | CreateAnyAccountDto): Omit<CreateAccount, 'actor' | 'portalId'> {
  return { ...body, phone: body.phone === undefined ? null : phoneDigits(body.phone, body.country) };
}

function phoneDigits(phone: string, country: string): string {
  const number = parseMsisdn(phone, country);
  if (number.ok) return number.digits;
  throw new DomainError('invalid', 'validation_failed', { errors: [{ pointer: '/phone', code: number.code }] });
}

function under<T>(pointer: string, input: object, parse: (input: object) => T): T {
  try {
    return parse(input);
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    const errors = error.details.errors?.map((field) => ({ ...field, pointer: pointer + field.pointer }));
    throw new DomainError('invalid', 'validation_failed', { errors });
  }
}
