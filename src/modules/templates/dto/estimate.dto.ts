import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsObject, IsString, Length, Matches } from 'class-validator';
import { IsOmittable, MoneyDto } from '../../../gateway/index.js';
import type { SmsEncoding } from '../../../kernel/sms-parts.js';
import { type Spelling, SPELLINGS } from '../../../kernel/text-variables.js';
import type { PriceQuote } from '../../tariffs/index.js';
import type { PricedEstimate } from '../actions/estimate-template.js';
import { ALPHABET_POLICIES, type AlphabetPolicy } from '../domain/compiled-template.js';
import { ASSUMED_LENGTH, type TextEstimate } from '../domain/estimate.js';
import { MAX_BODY } from '../domain/template-text.js';

const VALUES = { type: 'object' as const, additionalProperties: { type: 'string' as const } };

/** What is known about the recipients of a text. */
export class EstimateTemplateDto {
  @ApiPropertyOptional({ ...VALUES, example: { klient: 'Jan Kowalski' }, description: 'Values that are known.' })
  @IsOmittable()
  @IsObject()
  variables?: Record<string, string>;

  @ApiPropertyOptional({ ...VALUES, example: { nadawca: 'Urzad Skarbowy' }, description: 'What values look like.' })
  @IsOmittable()
  @IsObject()
  samples?: Record<string, string>;

  @ApiPropertyOptional({ example: '+48 600 100 200', description: 'A number to price by.' })
  @IsOmittable()
  @IsString()
  @Length(4, 64)
  to?: string;

  @ApiPropertyOptional({ example: 'PL', description: 'A country to price by; left out: the account’s.' })
  @IsOmittable()
  @Matches(/^[A-Z]{2}$/)
  country?: string;
}

export class EstimateTextDto extends EstimateTemplateDto {
  @ApiProperty({ example: 'Dzien dobry [klient], czeka list od: [nadawca].', minLength: 1, maxLength: MAX_BODY })
  @IsString()
  @Length(1, MAX_BODY)
  body: string;

  @ApiPropertyOptional({ enum: SPELLINGS, description: 'Left out: the one that the body shows.' })
  @IsOmittable()
  @IsIn(SPELLINGS)
  spelling?: Spelling;

  @ApiPropertyOptional({ enum: ALPHABET_POLICIES, default: 'any' })
  @IsOmittable()
  @IsIn(ALPHABET_POLICIES)
  alphabetPolicy?: AlphabetPolicy;
}

export class TextEstimateResponse {
  @ApiProperty({ example: 'Dzien dobry Jan Kowalski, czeka list od: ZUS.', description: 'As it would be sent.' })
  text: string;

  @ApiProperty({ enum: ['gsm7', 'ucs2'] })
  encoding: SmsEncoding;

  @ApiProperty({ type: 'integer', example: 1 })
  parts: number;

  @ApiProperty({ type: 'integer', example: 45, description: 'Septets of GSM-7, UTF-16 units of UCS-2.' })
  units: number;

  @ApiProperty({ type: 'integer', example: 160 })
  unitsPerPart: number;

  @ApiProperty({ type: [String], example: [], description: 'The first characters that forced UCS-2.' })
  forcedBy: string[];

  @ApiProperty({
    enum: ['alphabet', 'too_long', 'empty_text'],
    nullable: true,
    description: 'Why it would be blocked.',
  })
  code: string | null;

  @ApiProperty({ type: MoneyDto, nullable: true, description: 'Of the whole message; null where there is no price.' })
  price: MoneyDto | null;

  static of(estimate: TextEstimate, quote: PriceQuote | null): TextEstimateResponse {
    const { refusal, ...counted } = estimate;
    const price = quote && MoneyDto.of(quote.priceMicrosPerPart * BigInt(estimate.parts), quote.currency);
    return { ...counted, code: refusal, price };
  }
}

const ASSUMED = (length: keyof typeof ASSUMED_LENGTH) =>
  `Values that are not known taken for ${ASSUMED_LENGTH[length]} characters`;

export class EstimateResponse {
  @ApiProperty({ enum: SPELLINGS })
  spelling: Spelling;

  @ApiProperty({ type: [String], example: ['klient', 'nadawca'] })
  variables: string[];

  @ApiProperty({ type: [String], example: ['nadawca'], description: 'Without a value and without a fallback.' })
  missing: string[];

  @ApiProperty({ type: MoneyDto, nullable: true })
  pricePerPart: MoneyDto | null;

  @ApiProperty({
    type: TextEstimateResponse,
    nullable: true,
    description: 'With the known values; null while some are missing.',
  })
  exact: TextEstimateResponse | null;

  @ApiProperty({ type: TextEstimateResponse, description: `${ASSUMED('shortest')}.` })
  shortest: TextEstimateResponse;

  @ApiProperty({ type: TextEstimateResponse, description: `${ASSUMED('typical')}, or for their sample.` })
  typical: TextEstimateResponse;

  @ApiProperty({ type: TextEstimateResponse, description: `${ASSUMED('longest')}, in letters that may force UCS-2.` })
  longest: TextEstimateResponse;

  static of({ template, quote, missing, ...estimates }: PricedEstimate): EstimateResponse {
    const priced = (estimate: TextEstimate) => TextEstimateResponse.of(estimate, quote);
    return {
      spelling: template.spelling,
      variables: [...template.variables],
      missing,
      pricePerPart: quote && MoneyDto.of(quote.priceMicrosPerPart, quote.currency),
      exact: estimates.exact && priced(estimates.exact),
      shortest: priced(estimates.shortest),
      typical: priced(estimates.typical),
      longest: priced(estimates.longest),
    };
  }
}
