import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsUUID, Matches } from 'class-validator';
import { IsAfter, IsDay, IsOmittable, IsText, PageQuery } from '../../../gateway/index.js';
import { WAIT_REASONS, type WaitReason } from '../domain/match-transfer.js';
import { STATEMENT_FORMATS, type StatementFormat } from '../domain/statements/statement.js';
import { TRANSFER_STATES, type TransferRow, type TransferState } from '../persistence/transfers.repository.js';
import { BankMovementResponse } from './bank-statement.dto.js';

const SELLER = /^[a-z0-9][a-z0-9-]{0,31}$/;

export class ListTransfersQuery extends PageQuery {
  @ApiPropertyOptional({ enum: TRANSFER_STATES })
  @IsOmittable()
  @IsIn(TRANSFER_STATES)
  state?: TransferState;

  @ApiPropertyOptional({ enum: WAIT_REASONS, description: 'Why it waits, or waited.' })
  @IsOmittable()
  @IsIn(WAIT_REASONS)
  reason?: WaitReason;

  @ApiPropertyOptional({ example: 'kabinet-ru', description: 'Code of the seller whose account it moved on.' })
  @IsOmittable()
  @Matches(SELLER)
  seller?: string;

  @ApiPropertyOptional({ format: 'date', description: 'Booked on this day or later.' })
  @IsOmittable()
  @IsDay()
  from?: string;

  @ApiPropertyOptional({ format: 'date', description: 'Booked before this day.' })
  @IsOmittable()
  @IsDay()
  @IsAfter('from')
  until?: string;
}

export class CreditTransferDto {
  @ApiProperty({ format: 'uuid', description: 'Whose money it is.' })
  @IsUUID()
  accountId: string;

  @ApiPropertyOptional({
    format: 'uuid',
    description: 'The invoice of the account that it pays; without it, those that the purpose names.',
  })
  @IsOmittable()
  @IsUUID()
  invoiceId?: string;
}

export class ReverseTransferDto {
  @ApiProperty({ format: 'uuid' })
  @IsUUID()
  accountId: string;

  @ApiProperty({ format: 'uuid', description: 'The payment of the account that the bank took back.' })
  @IsUUID()
  paymentId: string;
}

export class DismissTransferDto {
  @ApiProperty({ example: 'Interest of the bank' })
  @IsText(300)
  reason: string;
}

export class TransferCandidateResponse {
  @ApiProperty({ format: 'uuid' })
  accountId: string;

  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  invoiceId: string | null;

  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  paymentId: string | null;
}

export class BankTransferResponse extends BankMovementResponse {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ example: 'kabinet-ru' })
  seller: string;

  @ApiProperty({ enum: STATEMENT_FORMATS })
  format: StatementFormat;

  @ApiProperty({ enum: TRANSFER_STATES })
  state: TransferState;

  @ApiProperty({ enum: WAIT_REASONS, type: String, nullable: true, description: 'Why it waits, or waited.' })
  reason: WaitReason | null;

  @ApiProperty({ type: [TransferCandidateResponse], description: 'What it may be for.' })
  candidates: TransferCandidateResponse[];

  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  accountId: string | null;

  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'What it was credited as, or the payment that was taken back.',
  })
  paymentId: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'Why it is not for any account.' })
  note: string | null;

  @ApiProperty({ format: 'uuid', description: 'The file that first told of it.' })
  statementId: string;

  @ApiProperty()
  lineNo: number;

  @ApiProperty({ format: 'date-time' })
  createdAt: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'When ops decided.' })
  decidedAt: string | null;

  static of(row: TransferRow): BankTransferResponse {
    return {
      ...BankMovementResponse.movementOf(row),
      id: row.id,
      seller: row.seller,
      format: row.format as StatementFormat,
      state: row.state,
      reason: row.wait_reason,
      candidates: row.candidates.map(({ accountId, invoiceId, paymentId }) => ({
        accountId,
        invoiceId: invoiceId ?? null,
        paymentId: paymentId ?? null,
      })),
      accountId: row.account_id,
      paymentId: row.payment_id,
      note: row.note,
      statementId: row.statement_id,
      lineNo: row.line_no,
      createdAt: row.created_at.toISOString(),
      decidedAt: row.decided_at?.toISOString() ?? null,
    };
  }
}

export class BankTransferPage {
  @ApiProperty({ type: [BankTransferResponse] })
  data: BankTransferResponse[];

  @ApiProperty({ type: String, nullable: true })
  nextCursor: string | null;
}
