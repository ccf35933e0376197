import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, Matches } from 'class-validator';
import { IsLine, IsOmittable, PageQuery } from '../../../gateway/index.js';
import { DELIMITERS, type DelimiterName, type Encoding, ENCODINGS } from '../lists/csv-reader.js';
import type { ListRow, RowStatus, StoredRow } from '../lists/lists.repository.js';

export const ROW_STATUSES = ['ok', 'invalid_number', 'duplicate', 'no_consent'] as const;

export class UploadListQuery {
  @ApiProperty({ example: 'Patients in January' })
  @IsLine(200)
  name: string;

  @ApiPropertyOptional({ enum: ENCODINGS, default: 'utf-8' })
  @IsOmittable()
  @IsIn(ENCODINGS)
  encoding?: Encoding;

  @ApiPropertyOptional({ enum: DELIMITERS, description: 'Found from the header when absent.' })
  @IsOmittable()
  @IsIn(DELIMITERS)
  delimiter?: DelimiterName;

  @ApiPropertyOptional({
    example: 'phone',
    description: 'Column with the numbers; found by its usual names when absent.',
  })
  @IsOmittable()
  @IsLine(64)
  phoneColumn?: string;

  @ApiPropertyOptional({
    example: 'consent',
    description: 'Column that says yes or no to SMS. Without one the uploader answers for the consent of all.',
  })
  @IsOmittable()
  @IsLine(64)
  consentColumn?: string;

  @ApiPropertyOptional({
    example: 'RU',
    description: 'Country of numbers that are written without one; the account’s when absent.',
  })
  @IsOmittable()
  @Matches(/^[A-Z]{2}$/)
  country?: string;
}

export class ListRowsQuery extends PageQuery {
  @ApiPropertyOptional({ enum: ROW_STATUSES })
  @IsOmittable()
  @IsIn(ROW_STATUSES)
  status?: RowStatus;
}

export class RecipientListResponse {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty()
  name: string;

  @ApiProperty({ enum: ['receiving', 'ready', 'failed'] })
  state: string;

  @ApiProperty({ type: [String] })
  columns: string[];

  @ApiProperty({ type: String, nullable: true })
  phoneColumn: string | null;

  @ApiProperty({ type: String, nullable: true })
  consentColumn: string | null;

  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'integer' },
    example: { ok: 930, invalid_number: 20, duplicate: 25, no_consent: 25 },
  })
  rows: Record<RowStatus, number>;

  @ApiProperty({ type: 'object', nullable: true, additionalProperties: true })
  error: Record<string, unknown> | null;

  @ApiProperty({ format: 'date-time' })
  createdAt: string;

  static of(row: ListRow): RecipientListResponse {
    return {
      id: row.id,
      name: row.name,
      state: row.state,
      columns: row.columns,
      phoneColumn: row.phone_column,
      consentColumn: row.consent_column,
      rows: {
        ok: row.ok_rows,
        invalid_number: row.invalid_rows,
        duplicate: row.duplicate_rows,
        no_consent: row.no_consent_rows,
      },
      error: row.error,
      createdAt: row.created_at.toISOString(),
    };
  }
}

export class RecipientListPage {
  @ApiProperty({ type: [RecipientListResponse] })
  data: RecipientListResponse[];

  @ApiProperty({ type: String, nullable: true })
  nextCursor: string | null;
}

export class RecipientRowResponse {
  @ApiProperty({ description: 'Row of the file, the header not counted, from 1.' })
  row: number;

  @ApiProperty({ description: 'The number as it stands in the file.' })
  input: string;

  @ApiProperty({ type: String, nullable: true })
  to: string | null;

  @ApiProperty({ enum: ROW_STATUSES })
  status: RowStatus;

  @ApiProperty({ type: 'object', additionalProperties: { type: 'string' } })
  variables: Record<string, string>;

  static of(row: StoredRow): RecipientRowResponse {
    return {
      row: row.row_no,
      input: row.input,
      to: row.digits === null ? null : `+${row.digits}`,
      status: row.status,
      variables: row.variables,
    };
  }
}

export class RecipientRowPage {
  @ApiProperty({ type: [RecipientRowResponse] })
  data: RecipientRowResponse[];

  @ApiProperty({ type: String, nullable: true })
  nextCursor: string | null;
}
