import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsUUID } from 'class-validator';
import {
  IsAfter,
  IsDay,
  IsOmittable,
  IsText,
  MoneyDto,
  Nested,
  PageQuery,
  MoneyInput,
} from '../../../gateway/index.js';
import { DocumentLinksDto } from '../../documents/index.js';
import { INVOICE_STATUSES, invoiceStatus, type InvoiceStatus } from '../domain/coverage.js';
import type { CoveringPayment } from '../invoices.service.js';
import type { InvoiceRow } from '../persistence/invoices.js';

export class CreateInvoiceDto {
  @ApiProperty({ format: 'uuid', description: 'A saved payer of the account.' })
  @IsUUID()
  payerId: string;

  @ApiProperty({ type: MoneyInput, description: 'What will be paid, VAT included; two decimals at most.' })
  @Nested(() => MoneyInput)
  amount: MoneyInput;
}

export class CancelInvoiceDto {
  @ApiProperty({ example: 'Ordered by mistake' })
  @IsText(300)
  reason: string;
}

export class ListInvoicesQuery extends PageQuery {
  @ApiPropertyOptional({ format: 'uuid' })
  @IsOmittable()
  @IsUUID()
  payerId?: string;

  @ApiPropertyOptional({ enum: INVOICE_STATUSES })
  @IsOmittable()
  @IsIn(INVOICE_STATUSES)
  status?: InvoiceStatus;

  @ApiPropertyOptional({ format: 'date', description: 'Issued on this day or later.' })
  @IsOmittable()
  @IsDay()
  from?: string;

  @ApiPropertyOptional({ format: 'date', description: 'Issued before this day.' })
  @IsOmittable()
  @IsDay()
  @IsAfter('from')
  until?: string;
}

export class InvoicePartyDto {
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

  /** Of a snapshot only what the other side may see: no bank, no signatories. */
  static of({ country, name, taxNumber, taxReasonCode, address }: InvoicePartyDto): InvoicePartyDto {
    return { country, name, taxNumber, taxReasonCode, address };
  }
}

export class InvoiceResponse {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ example: 'К-2026-17' })
  number: string;

  @ApiProperty({ format: 'date' })
  issuedOn: string;

  @ApiProperty({ format: 'date' })
  validUntil: string;

  @ApiProperty({
    enum: INVOICE_STATUSES,
    description: 'A view over what covers it: the document itself never changes.',
  })
  status: InvoiceStatus;

  @ApiProperty({ type: MoneyDto })
  net: MoneyDto;

  @ApiProperty({ type: MoneyDto })
  vat: MoneyDto;

  @ApiProperty({ type: MoneyDto })
  total: MoneyDto;

  @ApiProperty({ type: MoneyDto, description: 'What payments cover so far.' })
  covered: MoneyDto;

  @ApiProperty({ format: 'uuid' })
  payerId: string;

  @ApiProperty({ type: InvoicePartyDto })
  seller: InvoicePartyDto;

  @ApiProperty({ type: InvoicePartyDto })
  payer: InvoicePartyDto;

  @ApiProperty({ description: 'What the customer writes into the transfer.' })
  purpose: string;

  @ApiProperty({ format: 'date-time' })
  createdAt: string;

  static of(row: InvoiceRow, today: string): InvoiceResponse {
    const money = (micros: bigint) => MoneyDto.of(micros, row.currency);
    return {
      id: row.id,
      number: row.document_number,
      issuedOn: row.issued_on,
      validUntil: row.valid_until,
      status: invoiceStatus(
        {
          grossMicros: row.gross_micros,
          coveredMicros: row.covered_micros,
          cancelled: row.cancelled_at !== null,
          validUntil: row.valid_until,
        },
        today,
      ),
      net: money(row.net_micros),
      vat: money(row.vat_micros),
      total: money(row.gross_micros),
      covered: money(row.covered_micros),
      payerId: row.payer_id,
      seller: InvoicePartyDto.of(row.seller),
      payer: InvoicePartyDto.of(row.payer),
      purpose: row.purpose,
      createdAt: row.created_at.toISOString(),
    };
  }
}

export class CoveringPaymentDto {
  @ApiProperty({ format: 'uuid' })
  paymentId: string;

  @ApiProperty({ type: MoneyDto })
  amount: MoneyDto;

  @ApiProperty({ format: 'date-time' })
  allocatedAt: string;
}

export class InvoiceDetailResponse extends InvoiceResponse {
  @ApiProperty({ type: [CoveringPaymentDto] })
  payments: CoveringPaymentDto[];

  @ApiProperty({ type: DocumentLinksDto })
  links: DocumentLinksDto;

  static detail(
    row: InvoiceRow,
    today: string,
    payments: CoveringPayment[],
    links: DocumentLinksDto,
  ): InvoiceDetailResponse {
    return {
      ...InvoiceResponse.of(row, today),
      payments: payments.map(({ paymentId, amountMicros, allocatedAt }) => ({
        paymentId,
        amount: MoneyDto.of(amountMicros, row.currency),
        allocatedAt: allocatedAt.toISOString(),
      })),
      links,
    };
  }
}

export class InvoicePage {
  @ApiProperty({ type: [InvoiceResponse] })
  data: InvoiceResponse[];

  @ApiProperty({ type: String, nullable: true })
  nextCursor: string | null;
}
