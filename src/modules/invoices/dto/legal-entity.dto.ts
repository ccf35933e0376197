import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsIn, Matches } from 'class-validator';
import { IsLine, IsOmittable, IsText, Nested } from '../../../gateway/index.js';
import { IsTimeZone } from '../../accounts/index.js';
import type { LegalEntityRow, VatRegime } from '../persistence/legal-entities.js';

const CURRENCIES = ['RUB', 'EUR', 'PLN', 'USD'] as const;
const REGIMES = ['standard', 'usn5', 'usn7', 'none'] as const;

export class BankDetailsDto {
  @ApiProperty({ example: '40702810900000000001', description: 'Account number or IBAN.' })
  @Matches(/^[A-Z0-9 ]{8,42}$/)
  accountNumber: string;

  @ApiProperty({ example: 'ПАО СБЕРБАНК' })
  @IsLine(200)
  bankName: string;

  @ApiProperty({ example: '044525225' })
  @Matches(/^[A-Z0-9]{8,11}$/)
  bic: string;

  @ApiPropertyOptional({ example: '30101810400000000225', description: 'Russia only.' })
  @IsOmittable()
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
  @IsLine(300)
  name: string;

  @ApiProperty({ example: '7707083893' })
  @IsLine(40)
  taxNumber: string;

  @ApiPropertyOptional({ example: '773601001' })
  @IsOmittable()
  @IsLine(9)
  taxReasonCode?: string;

  @ApiPropertyOptional({ example: 'EL094014201' })
  @IsOmittable()
  @Matches(/^[A-Z0-9]{4,20}$/)
  vatNumber?: string;

  @ApiProperty()
  @IsText(500)
  address: string;

  @ApiProperty({ type: BankDetailsDto })
  @Nested(() => BankDetailsDto)
  bank: BankDetailsDto;

  @ApiProperty({ enum: REGIMES })
  @IsIn(REGIMES)
  vatRegime: VatRegime;

  @ApiProperty({ example: 'К', description: 'Series of the document numbers.' })
  @Matches(/^[A-ZА-Я0-9]{1,8}$/)
  series: string;

  @ApiPropertyOptional({
    example: 'Europe/Moscow',
    description: 'Whose months its acts follow; needed only where the country has several zones and no obvious one.',
  })
  @IsOmittable()
  @IsTimeZone()
  timeZone?: string;

  @ApiPropertyOptional()
  @IsOmittable()
  @IsLine(200)
  director?: string;

  @ApiPropertyOptional()
  @IsOmittable()
  @IsLine(200)
  accountant?: string;

  @ApiPropertyOptional({ default: false, description: 'Issues the invoices in this currency.' })
  @IsOmittable()
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
      timeZone: row.time_zone,
      director: row.director ?? undefined,
      accountant: row.accountant ?? undefined,
      isDefault: row.is_default,
    };
  }
}
