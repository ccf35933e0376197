import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsUUID } from 'class-validator';
import { IsAmount, IsLine, IsOmittable, IsText, MoneyDto, PageQuery } from '../../../gateway/index.js';
import { CURRENCIES, type Currency } from '../../../kernel/money.js';
import { RecordPaymentDto } from '../dto/payment.dto.js';
import { PROOF_TYPES, type ProofType } from './file-type.js';
import { PROOF_STATES, type ProofRow, type ProofState } from './proofs.repository.js';

export class UploadProofQuery {
  @ApiPropertyOptional({ format: 'uuid', description: 'The invoice that was paid; without it an amount is needed.' })
  @IsOmittable()
  @IsUUID()
  invoiceId?: string;

  @ApiPropertyOptional({ description: 'What was paid, where it is not the whole invoice; with its currency.' })
  @IsOmittable()
  @IsAmount()
  amount?: string;

  @ApiPropertyOptional({ enum: CURRENCIES })
  @IsOmittable()
  @IsIn(CURRENCIES)
  currency?: Currency;

  @ApiPropertyOptional({ example: 'platezhka.pdf' })
  @IsOmittable()
  @IsLine(200)
  fileName?: string;

  @ApiPropertyOptional({ example: 'Paid from the account of our holding' })
  @IsOmittable()
  @IsText(500)
  note?: string;
}

export class ListProofsQuery extends PageQuery {
  @ApiPropertyOptional({ enum: PROOF_STATES })
  @IsOmittable()
  @IsIn(PROOF_STATES)
  state?: ProofState;
}

export class ListAnyProofsQuery extends ListProofsQuery {
  @ApiPropertyOptional({ format: 'uuid' })
  @IsOmittable()
  @IsUUID()
  accountId?: string;
}

/** The transfer as the bank's statement has it; `invoiceId` is that of the proof unless another is named. */
export class AcceptProofDto extends RecordPaymentDto {}

export class RefuseProofDto {
  @ApiProperty({
    example: 'The transfer has not arrived; the document is a draft',
    description: 'The account reads it.',
  })
  @IsText(500)
  reason: string;
}

export class ProofResponse {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ format: 'uuid' })
  accountId: string;

  @ApiProperty({
    enum: PROOF_STATES,
    description: 'waiting: for the answer of the staff. accepted: the transfer is recorded. refused: see `reason`.',
  })
  state: ProofState;

  @ApiProperty({ type: MoneyDto, description: 'What the account says it has paid.' })
  amount: MoneyDto;

  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  invoiceId: string | null;

  @ApiProperty()
  fileName: string;

  @ApiProperty({ enum: PROOF_TYPES })
  contentType: ProofType;

  @ApiProperty({ type: 'integer', description: 'Bytes.' })
  size: number;

  @ApiProperty({ type: String, nullable: true })
  note: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'Why it was refused.' })
  reason: string | null;

  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'The payment that it was accepted with.' })
  paymentId: string | null;

  @ApiProperty({ format: 'date-time' })
  uploadedAt: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  answeredAt: string | null;

  static of(row: ProofRow): ProofResponse {
    return {
      id: row.id,
      accountId: row.account_id,
      state: row.state,
      amount: MoneyDto.of(row.amount_micros, row.currency),
      invoiceId: row.invoice_id,
      fileName: row.file_name,
      contentType: row.content_type,
      size: row.size_bytes,
      note: row.note,
      reason: row.reason,
      paymentId: row.payment_id,
      uploadedAt: row.created_at.toISOString(),
      answeredAt: row.answered_at?.toISOString() ?? null,
    };
  }
}

export class ProofPage {
  @ApiProperty({ type: [ProofResponse] })
  data: ProofResponse[];

  @ApiProperty({ type: String, nullable: true })
  nextCursor: string | null;
}
