import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsBoolean, IsIn, IsOptional, IsString, Length, Matches, ValidateNested } from 'class-validator';
import type { LegalEntityRow, VatRegime } from '../persistence/legal-entities.js';

const CURRENCIES = ['RUB', 'EUR', 'PLN', 'USD'] as const;
const REGIMES = ['standard', 'usn5', 'usn7', 'none'] as const;

export class BankDetailsDto {
  @ApiProperty({ example: '40702810900000000001', description: 'Account number or IBAN.' })
  @Matches(/^[A-Z0-9 ]{8,42}$/)
  accountNumber: string;

  @ApiProperty({ example: 'ПАО СБЕРБАНК' })
  @IsString()
  @Length(1, 200)
  bankName: string;

  @ApiProperty({ example: '044525225' })
  @Matches(/^[A-Z0-9]{8,11}$/)
  bic: string;

  @ApiPropertyOptional({ example: '30101810400000000225', description: 'Russia only.' })
  @IsOptional()
  @Matches(/^\d{20}$/)
  correspondentAccount?: string;
}

export class CreateLegalEntityDto {
  @ApiProperty({ example: 'kabinet-ru' })
  @Matches(/^[a-z0-9][a-z0-9-]{0,31}$/)
  code: string;

  @ApiProperty({ example: 'RU' })
  @Matches(/^[A-Z]{2}$/)
  country: string;

  @ApiProperty({ enum: CURRENCIES })
  @IsIn(CURRENCIES)
  currency: (typeof CURRENCIES)[number];

  @ApiProperty({ example: 'ООО «Кабинет»' })
  @IsString()
  @Length(1, 300)
  name: string;

  @ApiProperty({ example: '7707083893' })
  @IsString()
  @Length(1, 40)
  taxNumber: string;

  @ApiPropertyOptional({ example: '773601001' })
  @IsOptional()
  @IsString()
  @Length(1, 9)
  taxReasonCode?: string;

  @ApiPropertyOptional({ example: 'EL094014201' })
  @IsOptional()
  @Matches(/^[A-Z0-9]{4,20}$/)
  vatNumber?: string;

  @ApiProperty()
  @IsString()
  @Length(1, 500)
  address: string;

  @ApiProperty({ type: BankDetailsDto })
  @ValidateNested()
  @Type(() => BankDetailsDto)
  bank: BankDetailsDto;

  @ApiProperty({ enum: REGIMES })
  @IsIn(REGIMES)
  vatRegime: VatRegime;

  @ApiProperty({ example: 'К', description: 'Series of the document numbers.' })
  @Matches(/^[A-ZА-Я0-9]{1,8}$/)
  series: string;

  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  @Length(1, 200)
  director?: string;

  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  @Length(1, 200)
  accountant?: string;

  @ApiPropertyOptional({ default: false, description: 'Issues the invoices in this currency.' })
  @IsOptional()
  @IsBoolean()
  isDefault?: boolean;
}

export class LegalEntityResponse extends CreateLegalEntityDto {
  @ApiProperty({ format: 'uuid' })
  id: string;

  static of(row: LegalEntityRow): LegalEntityResponse {
    return {
      id: row.id,
      code: row.code,
      country: row.country,
      currency: row.currency as LegalEntityResponse['currency'],
      name: row.name,
      taxNumber: row.tax_number,
      taxReasonCode: row.tax_reason_code ?? undefined,
      vatNumber: row.vat_number ?? undefined,
      address: row.address,
      bank: row.bank,
      vatRegime: row.vat_regime,
      series: row.series,
      director: row.director ?? undefined,
      accountant: row.accountant ?? undefined,
      isDefault: row.is_default,
    };
  }
}
