import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsObject,
  IsString,
  Length,
  Matches,
  MaxLength,
} from 'class-validator';
import { IsLine, IsNullable, IsOmittable, PageQuery } from '../../../gateway/index.js';
import { type Spelling, SPELLINGS } from '../../../kernel/text-variables.js';
import { ALPHABET_POLICIES, type AlphabetPolicy, compileText } from '../domain/compiled-template.js';
import { MAX_BODY, MAX_VALUES } from '../domain/template-text.js';
import type { TemplateRow } from '../persistence/template-row.js';

const VARIABLE = /^[\p{L}\p{M}\p{N}_-]{1,64}$/u;
const NAME = { example: 'Nowa poczta', minLength: 1, maxLength: 100 };
const BODY = {
  example: 'Dzien dobry [klient], czeka na Panstwa list od: [nadawca].',
  description: 'Variables may carry a fallback: `[klient|Panstwo]`. What is no variable is sent as it stands.',
  minLength: 1,
  maxLength: MAX_BODY,
};
const SPELLING = {
  enum: SPELLINGS,
  description: '`brackets` [name], `mustache` {{name}}, `braces` {name}. Left out: the one that the body shows.',
};
const POLICY = {
  enum: ALPHABET_POLICIES,
  default: 'any',
  description: 'For texts outside GSM-7: sent as they are, transliterated, or refused.',
};
const ALLOWED = {
  type: [String] as [StringConstructor],
  nullable: true,
  example: ['klient', 'nadawca'],
  description: 'Names that the body may use; another one is refused. Null: any.',
};
const SAMPLES = {
  type: 'object' as const,
  additionalProperties: { type: 'string' as const },
  example: { klient: 'Jan Kowalski', nadawca: 'Urzad Skarbowy' },
  description: 'Typical values, for estimates.',
};

export class CreateTemplateDto {
  @ApiProperty(NAME)
  @IsLine(100)
  name: string;

  @ApiProperty(BODY)
  @IsString()
  @Length(1, MAX_BODY)
  body: string;

  @ApiPropertyOptional(SPELLING)
  @IsOmittable()
  @IsIn(SPELLINGS)
  spelling?: Spelling;

  @ApiPropertyOptional(POLICY)
  @IsOmittable()
  @IsIn(ALPHABET_POLICIES)
  alphabetPolicy?: AlphabetPolicy;

  @ApiPropertyOptional(ALLOWED)
  @IsNullable()
  @IsArray()
  @ArrayMaxSize(MAX_VALUES)
  @ArrayUnique()
  @Matches(VARIABLE, { each: true })
  allowedVariables?: string[] | null;

  @ApiPropertyOptional(SAMPLES)
  @IsOmittable()
  @IsObject()
  samples?: Record<string, string>;
}

export class UpdateTemplateDto {
  @ApiPropertyOptional(NAME)
  @IsOmittable()
  @IsLine(100)
  name?: string;

  @ApiPropertyOptional(BODY)
  @IsOmittable()
  @IsString()
  @Length(1, MAX_BODY)
  body?: string;

  @ApiPropertyOptional(SPELLING)
  @IsOmittable()
  @IsIn(SPELLINGS)
  spelling?: Spelling;

  @ApiPropertyOptional(POLICY)
  @IsOmittable()
  @IsIn(ALPHABET_POLICIES)
  alphabetPolicy?: AlphabetPolicy;

  @ApiPropertyOptional(ALLOWED)
  @IsNullable()
  @IsArray()
  @ArrayMaxSize(MAX_VALUES)
  @ArrayUnique()
  @Matches(VARIABLE, { each: true })
  allowedVariables?: string[] | null;

  @ApiPropertyOptional(SAMPLES)
  @IsOmittable()
  @IsObject()
  samples?: Record<string, string>;

  @ApiPropertyOptional({ description: 'True takes it out of use, false brings it back.' })
  @IsOmittable()
  @IsBoolean()
  archived?: boolean;
}

export class CopyTemplateDto {
  @ApiPropertyOptional({ ...NAME, description: 'Left out: the name with the next number behind it.' })
  @IsOmittable()
  @IsLine(100)
  name?: string;
}

const ARCHIVED = ['true', 'false', 'all'] as const;

export class ListTemplatesQuery extends PageQuery {
  @ApiPropertyOptional({ enum: ARCHIVED, default: 'false', description: 'Which templates: in use, archived, or all.' })
  @IsOmittable()
  @IsIn(ARCHIVED)
  @Transform(({ value }) => value)
  archived: (typeof ARCHIVED)[number] = 'false';

  @ApiPropertyOptional({ example: 'poczta', description: 'Part of the name.' })
  @IsOmittable()
  @IsString()
  @MaxLength(100)
  @Matches(/^\P{Cc}*$/u)
  search?: string;
}

export class TemplateResponse {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ example: 'Nowa poczta' })
  name: string;

  @ApiProperty({ example: 'Dzien dobry [klient], czeka na Panstwa list od: [nadawca].' })
  body: string;

  @ApiProperty({ enum: SPELLINGS })
  spelling: Spelling;

  @ApiProperty({ enum: ALPHABET_POLICIES })
  alphabetPolicy: AlphabetPolicy;

  @ApiProperty({ type: [String], example: ['klient', 'nadawca'], description: 'In the order in which they occur.' })
  variables: string[];

  @ApiProperty({ type: [String], example: ['klient', 'nadawca'], description: 'Those without a fallback.' })
  required: string[];

  @ApiProperty({ type: [String], nullable: true })
  allowedVariables: string[] | null;

  @ApiProperty({ type: 'object', additionalProperties: { type: 'string' } })
  samples: Record<string, string>;

  @ApiProperty({ example: false })
  archived: boolean;

  @ApiProperty({ type: 'integer', description: 'The same as in the ETag.' })
  version: number;

  @ApiProperty({ type: String, format: 'date-time' })
  createdAt: string;

  @ApiProperty({ type: String, format: 'date-time' })
  updatedAt: string;

  static of(row: TemplateRow): TemplateResponse {
    const { id, name, body, spelling, alphabet_policy: alphabetPolicy, samples, version } = row;
    const { variables, required } = compileText({ body, spelling });
    return {
      id,
      name,
      body,
      spelling,
      alphabetPolicy,
      samples,
      version,
      variables: [...variables],
      required: [...required],
      allowedVariables: row.allowed_variables,
      archived: row.archived_at !== null,
      createdAt: row.created_at.toISOString(),
      updatedAt: row.updated_at.toISOString(),
    };
  }
}

export class TemplatePage {
  @ApiProperty({ type: [TemplateResponse] })
  data: TemplateResponse[];

  @ApiProperty({ type: String, nullable: true })
  nextCursor: string | null;
}
