import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Matches } from 'class-validator';
import { IsOmittable, PageQuery } from '../../../gateway/index.js';
import type { RefusedRow } from '../domain/file-rows.js';
import { OPERATOR_CODE, SOURCE_CODE } from '../domain/operator.js';
import type { PortedNumber } from '../persistence/ported.repository.js';
import type { NumberImport, NumberRange } from '../persistence/ranges.repository.js';

const RULES = ['ported', 'range'] as const;

export class ImportRangesQuery {
  @ApiProperty({
    example: 'ru-def-9',
    pattern: SOURCE_CODE.source,
    description: 'What the file describes. The next file of the same source takes its place.',
  })
  @Matches(SOURCE_CODE)
  source: string;
}

export class ListRangesQuery extends PageQuery {
  @ApiPropertyOptional({ example: 'ru-def-9' })
  @IsOmittable()
  @Matches(SOURCE_CODE)
  source?: string;

  @ApiPropertyOptional({ example: 'ru-mts' })
  @IsOmittable()
  @Matches(OPERATOR_CODE)
  operatorCode?: string;
}

export class ListPortedQuery extends PageQuery {
  @ApiPropertyOptional({ example: 'ru-mts' })
  @IsOmittable()
  @Matches(OPERATOR_CODE)
  operatorCode?: string;
}

export class PortNumberDto {
  @ApiProperty({ example: 'ru-mts', pattern: OPERATOR_CODE.source, description: 'Whose it is now.' })
  @Matches(OPERATOR_CODE)
  operatorCode: string;
}

export class RefusedRowResponse {
  @ApiProperty({ example: 17, description: 'From 1, the header included.' })
  line: number;

  @ApiProperty({ example: 'ranges_overlap' })
  code: string;
}

export class NumberImportResponse {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ example: 'ru-def-9' })
  source: string;

  @ApiProperty({ format: 'date-time' })
  importedAt: string;

  @ApiProperty({ description: 'Of the file, without its header and blank lines.' })
  rows: number;

  @ApiProperty({ description: 'Rows that were taken.' })
  ranges: number;

  @ApiProperty({ description: 'Rows that were not.' })
  refused: number;

  @ApiProperty({ type: [String], description: 'Operators of whom only the name in the file is known.' })
  newOperators: string[];

  static of(row: NumberImport): NumberImportResponse {
    const { id, source, rows, ranges, refused } = row;
    const importedAt = row.imported_at.toISOString();
    return { id, source, importedAt, rows, ranges, refused, newOperators: row.new_operators };
  }
}

export class NumberImportReport extends NumberImportResponse {
  @ApiProperty({ type: [RefusedRowResponse], description: 'The first thousand of them.' })
  refusals: RefusedRow[];

  static override of(row: NumberImport): NumberImportReport {
    return { ...NumberImportResponse.of(row), refusals: row.refusals };
  }
}

export class NumberImportPage {
  @ApiProperty({ type: [NumberImportResponse] })
  data: NumberImportResponse[];

  @ApiProperty({ type: String, nullable: true })
  nextCursor: string | null;
}

export class NumberRangeResponse {
  @ApiProperty({ example: 'ru-def-9' })
  source: string;

  @ApiProperty({ example: '79160000000' })
  first: string;

  @ApiProperty({ example: '79169999999' })
  last: string;

  @ApiProperty({ example: 'ru-mts' })
  operatorCode: string;

  @ApiProperty({ example: 'ПАО "Мобильные ТелеСистемы"', description: 'As the registry writes it.' })
  name: string;

  @ApiProperty({ type: String, example: 'г. Москва и Московская область', nullable: true })
  region: string | null;

  static of({ source, first, last, operator_code: operatorCode, name, region }: NumberRange): NumberRangeResponse {
    return { source, first: String(first), last: String(last), operatorCode, name, region };
  }
}

export class NumberRangePage {
  @ApiProperty({ type: [NumberRangeResponse] })
  data: NumberRangeResponse[];

  @ApiProperty({ type: String, nullable: true })
  nextCursor: string | null;
}

export class PortedNumberResponse {
  @ApiProperty({ example: '79161234567' })
  number: string;

  @ApiProperty({ example: 'ru-mts' })
  operatorCode: string;

  @ApiProperty({ format: 'date-time' })
  updatedAt: string;

  static of(row: PortedNumber): PortedNumberResponse {
    return {
      number: String(row.number),
      operatorCode: row.operator_code,
      updatedAt: row.updated_at.toISOString(),
    };
  }
}

export class PortedNumberPage {
  @ApiProperty({ type: [PortedNumberResponse] })
  data: PortedNumberResponse[];

  @ApiProperty({ type: String, nullable: true })
  nextCursor: string | null;
}

export class PortedImportResponse {
  @ApiProperty()
  rows: number;

  @ApiProperty({ description: 'Numbers that were entered; one that is there twice counts once.' })
  numbers: number;

  @ApiProperty()
  refused: number;

  @ApiProperty({ type: [RefusedRowResponse], description: 'The first thousand of them.' })
  refusals: RefusedRow[];
}

export class NumberResponse {
  @ApiProperty({ example: '79161234567' })
  number: string;

  @ApiProperty({ type: String, example: 'RU', nullable: true, description: 'null: of no country, such as +883.' })
  country: string | null;

  @ApiProperty({ enum: ['mobile', 'fixed', 'other'] })
  type: 'mobile' | 'fixed' | 'other';

  @ApiProperty({ type: String, example: 'ru-mts', nullable: true, description: 'null: nobody said whose it is.' })
  operatorCode: string | null;

  @ApiProperty({ type: String, enum: [...RULES, null], nullable: true, description: 'What said so.' })
  rule: (typeof RULES)[number] | null;

  @ApiProperty({ type: NumberRangeResponse, nullable: true, description: 'Where the rule is a range.' })
  range: NumberRangeResponse | null;
}
