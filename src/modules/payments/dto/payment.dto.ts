import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsString, IsUUID, Length, MaxLength } from 'class-validator';
import {
  IsAfter,
  IsDay,
  IsLine,
  IsOmittable,
  MoneyDto,
  Nested,
  PageQuery,
  PositiveMoneyInput,
} from '../../../gateway/index.js';
import type { PaymentRow } from '../payments.repository.js';

export class RecordPaymentDto {
  @ApiProperty({ example: 'kabinet-ru', description: 'Code of the seller whose bank account received the money.' })
  @IsString()
  @Length(1, 32)
  seller: string;

  @ApiProperty({ type: PositiveMoneyInput })
  @Nested(() => PositiveMoneyInput)
  amount: PositiveMoneyInput;

  @ApiProperty({ format: 'date', example: '2026-01-13' })
  @IsDay()
  receivedOn: string;

  @ApiPropertyOptional({ example: 'ООО «Ромашка»' })
  @IsOmittable()
  @IsLine(300)
  payerName?: string;

  @ApiPropertyOptional({
    example: 'Оплата по счёту № К-2026-17',
    description: 'Invoices named here are covered when `invoiceId` is absent.',
  })
  @IsOmittable()
  @IsString()
  @MaxLength(1000)
  purpose?: string;

  @ApiProperty({
    example: '2026-01-13/000123',
    description: 'The bank’s id of the transfer; a second record of it is refused.',
  })
  @IsLine(140)
  bankReference: string;

  @ApiPropertyOptional({ format: 'uuid' })
  @IsOmittable()
  @IsUUID()
  invoiceId?: string;
}

export class AllocateDto {
  @ApiProperty({ format: 'uuid' })
  @IsUUID()
  invoiceId: string;

  @ApiProperty({ type: PositiveMoneyInput })
  @Nested(() => PositiveMoneyInput)
  amount: PositiveMoneyInput;
}

export class ListPaymentsQuery extends PageQuery {
  @ApiPropertyOptional({ format: 'date', description: 'Received on this day or later.' })
  @IsOmittable()
  @IsDay()
  from?: string;

  @ApiPropertyOptional({ format: 'date', description: 'Received before this day.' })
  @IsOmittable()
  @IsDay()
  @IsAfter('from')
  until?: string;
}

export class PaymentResponse {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ type: MoneyDto })
  amount: MoneyDto;

  @ApiProperty({ format: 'date' })
  receivedOn: string;

  @ApiProperty({ type: String, nullable: true })
  payerName: string | null;

  @ApiProperty()
  purpose: string;

  @ApiProperty()
  bankReference: string;

  @ApiProperty({ type: MoneyDto, description: 'What of it covers invoices.' })
  allocated: MoneyDto;

  @ApiProperty({ type: [String], description: 'Invoices that it covers, wholly or in part.' })
  invoiceIds: string[];

  @ApiProperty({ format: 'uuid', description: 'The ledger entry that credited the wallet.' })
  entryId: string;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When the bank took it back; it covers nothing any more.',
  })
  reversedAt: string | null;

  @ApiProperty({ format: 'date-time' })
  createdAt: string;

  static of(row: PaymentRow): PaymentResponse {
    return {
      id: row.id,
      amount: MoneyDto.of(row.amount_micros, row.currency),
      receivedOn: row.received_on,
      payerName: row.payer_name,
      purpose: row.purpose,
      bankReference: row.bank_reference,
      allocated: MoneyDto.of(row.allocated_micros, row.currency),
      invoiceIds: row.invoice_ids,
      entryId: row.entry_id,
      reversedAt: row.reversed_at?.toISOString() ?? null,
      createdAt: row.created_at.toISOString(),
    };
  }
}

export class PaymentPage {
  @ApiProperty({ type: [PaymentResponse] })
  data: PaymentResponse[];

  @ApiProperty({ type: String, nullable: true })
  nextCursor: string | null;
}
