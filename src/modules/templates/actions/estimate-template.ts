import { Injectable } from '@nestjs/common';
import { Clock } from '../../../kernel/clock.js';
import type { FieldError } from '../../../kernel/domain-error.js';
import { parseMsisdn } from '../../../kernel/msisdn.js';
import { callingCodeOf } from '../../../kernel/numbering-plan.js';
import { AccountsService } from '../../accounts/index.js';
import { type PriceQuote, TariffsService } from '../../tariffs/index.js';
import { type CompiledText, compileText, type TextSource } from '../domain/compiled-template.js';
import { estimateTemplate, type TemplateEstimate } from '../domain/estimate.js';
import { findUnknownValues, readValues } from '../domain/template-text.js';
import { refuseFields } from '../templates.errors.js';

/** What is asked about a text. */
export interface EstimateInput {
  /** Values that are known. */
  variables?: object;
  /** What values typically look like. */
  samples?: object;
  /** The number that it would go to, for its price; else `country` (ISO code), else the account's country. */
  to?: string;
  country?: string;
}

export interface PricedEstimate extends TemplateEstimate {
  template: CompiledText;
  /** Null: the account has no price for that number or country. */
  quote: PriceQuote | null;
}

/** Renders, counts and prices a text without sending anything. */
@Injectable()
export class EstimateTemplate {
  constructor(
    private readonly accounts: AccountsService,
    private readonly tariffs: TariffsService,
    private readonly clock: Clock,
  ) {}

  /** Refuses bad fields: invalid `validation_failed` with pointers; values for variables that the text does not have are among them. */
  async run(
    accountId: string,
    source: TextSource & { samples?: Record<string, string> },
    input: EstimateInput,
  ): Promise<PricedEstimate> {
    const account = await this.accounts.get(accountId);
    const template = compileText(source);
    const errors: FieldError[] = [];
    const given = readValues(input.variables, '/variables', errors);
    const samples = input.samples ? readValues(input.samples, '/samples', errors) : {};
    errors.push(...findUnknownValues(given, template.variables, '/variables'));
    errors.push(...findUnknownValues(samples, template.variables, '/samples'));
    const digits = readDestination(input, account.country, errors);
    refuseFields(errors);
    const prices = await this.tariffs.priceBook([accountId], this.clock.now());
    const estimate = estimateTemplate(template, given, { ...source.samples, ...samples }, account.locale);
    return { ...estimate, template, quote: prices.quote(accountId, digits) };
  }
}

/** Digits to price by: a whole number, or the calling code of a country, which finds the country's general price. */
function readDestination({ to, country }: EstimateInput, accountCountry: string, errors: FieldError[]): string {
  const code = callingCodeOf(country ?? accountCountry);
  if (code === undefined) errors.push({ pointer: '/country', code: 'unknown_country' });
  if (to === undefined) return code ?? '';
  const number = parseMsisdn(to, country ?? accountCountry);
  if (!number.ok) errors.push({ pointer: '/to', code: number.code });
  return number.ok ? number.digits : '';
}
