import { ApiProperty, ApiPropertyOptional, PartialType } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsBoolean, IsEmail, IsString, Matches, MaxLength } from 'class-validator';
import { IsLine, IsOmittable, IsText, PageQuery } from '../../../gateway/index.js';
import type { PayerRow } from '../persistence/payers.js';

export class CreatePayerDto {
  @ApiProperty({ example: 'RU', description: 'ISO 3166-1 alpha-2; decides which tax numbers are checked and how.' })
  @Matches(/^[A-Z]{2}$/)
  country: string;

  @ApiProperty({ example: 'ООО «Ромашка»', description: 'Name of the organisation as it stands in documents.' })
  @IsLine(300)
  name: string;

  @ApiProperty({
    example: '7707083893',
    description: 'INN, NIP, ΑΦΜ or another tax number; blanks and dashes are dropped.',
  })
  @IsLine(40)
  taxNumber: string;

  @ApiPropertyOptional({ example: '773601001', description: 'KPP of a Russian organisation.' })
  @IsOmittable()
  @IsString()
  @MaxLength(9)
  taxReasonCode?: string;

  @ApiProperty({ example: '117312, Москва, ул. Вавилова, 19', description: 'Legal address.' })
  @IsText(500)
  address: string;

  @ApiPropertyOptional({ example: 'accounts@example.org' })
  @IsOmittable()
  @IsEmail()
  @MaxLength(254)
  email?: string;
}

export class UpdatePayerDto extends PartialType(CreatePayerDto, { skipNullProperties: false }) {}

export class ListPayersQuery extends PageQuery {
  @ApiPropertyOptional({ default: false, description: 'Archived ones too.' })
  @IsOmittable()
  @Type(() => String)
  @Matches(/^(true|false)$/)
  archived?: string;
}

export class PayerResponse {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty()
  country: string;

  @ApiProperty()
  name: string;

  @ApiProperty()
  taxNumber: string;

  @ApiProperty({ type: String, nullable: true })
  taxReasonCode: string | null;

  @ApiProperty()
  address: string;

  @ApiProperty({ type: String, nullable: true })
  email: string | null;

  @ApiProperty()
  @IsBoolean()
  archived: boolean;

  @ApiProperty({ format: 'date-time' })
  createdAt: string;

  @ApiProperty({ format: 'date-time' })
  updatedAt: string;

  static of(row: PayerRow): PayerResponse {
    return {
      id: row.id,
      country: row.country,
      name: row.name,
      taxNumber: row.tax_number,
      taxReasonCode: row.tax_reason_code,
      address: row.address,
      email: row.email,
      archived: row.archived_at !== null,
      createdAt: row.created_at.toISOString(),
      updatedAt: row.updated_at.toISOString(),
    };
  }
}

export class PayerPage {
  @ApiProperty({ type: [PayerResponse] })
  data: PayerResponse[];

  @ApiProperty({ type: String, nullable: true })
  nextCursor: string | null;
}
