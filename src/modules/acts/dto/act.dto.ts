import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsString, IsUUID, Length, Matches } from 'class-validator';
import { IsAfter, IsDay, IsOmittable, MoneyDto, PageQuery } from '../../../gateway/index.js';
import { DocumentLinksDto } from '../../documents/index.js';
import { InvoicePartyDto } from '../../invoices/index.js';
import { ACT_KINDS, type ActKind, type ActLineRow, type ActRow, type UsedService } from '../persistence/acts.js';
import type { ClosingRow } from '../persistence/closings.js';

const MONTH = /^20\d{2}-(0[1-9]|1[0-2])$/;

export class ListActsQuery extends PageQuery {
  @ApiPropertyOptional({ format: 'uuid' })
  @IsOmittable()
  @IsUUID()
  payerId?: string;

  @ApiPropertyOptional({ enum: ACT_KINDS })
  @IsOmittable()
  @IsIn(ACT_KINDS)
  kind?: ActKind;

  @ApiPropertyOptional({ format: 'date', description: 'Of months that begin on this day or later.' })
  @IsOmittable()
  @IsDay()
  from?: string;

  @ApiPropertyOptional({ format: 'date', description: 'Of months that begin before this day.' })
  @IsOmittable()
  @IsDay()
  @IsAfter('from')
  until?: string;
}

export class IssueActsDto {
  @ApiProperty({ example: 'kabinet-ru', description: 'Code of the seller.' })
  @IsString()
  @Length(1, 32)
  seller: string;

  @ApiProperty({ example: '2026-01', description: 'Closed with all months before it that are still open.' })
  @Matches(MONTH, { context: { code: 'invalid_month' } })
  month: string;
}

export class CorrectedActDto {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ example: 'КА-2026-1' })
  number: string;
}

export class ActResponse {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({
    enum: ACT_KINDS,
    description: 'A correction takes something back from one act; its amounts are negative.',
  })
  kind: ActKind;

  @ApiProperty({ example: 'КА-2026-1' })
  number: string;

  @ApiProperty({ example: '2026-01', description: 'The month that was closed with it.' })
  month: string;

  @ApiProperty({ format: 'date' })
  issuedOn: string;

  @ApiProperty({ type: MoneyDto })
  net: MoneyDto;

  @ApiProperty({ type: MoneyDto })
  vat: MoneyDto;

  @ApiProperty({ type: MoneyDto })
  total: MoneyDto;

  @ApiProperty({ format: 'uuid' })
  payerId: string;

  @ApiProperty({ type: InvoicePartyDto })
  seller: InvoicePartyDto;

  @ApiProperty({ type: InvoicePartyDto })
  payer: InvoicePartyDto;

  @ApiProperty({ type: CorrectedActDto, nullable: true, description: 'The act that it corrects.' })
  corrects: CorrectedActDto | null;

  @ApiProperty({ format: 'date-time' })
  createdAt: string;

  static of(row: ActRow): ActResponse {
    const money = (micros: bigint) => MoneyDto.of(micros, row.currency);
    return {
      id: row.id,
      kind: row.kind,
      number: row.document_number,
      month: row.month.slice(0, 7),
      issuedOn: row.issued_on,
      net: money(row.net_micros),
      vat: money(row.vat_micros),
      total: money(row.gross_micros),
      payerId: row.payer_id,
      seller: InvoicePartyDto.of(row.seller),
      payer: InvoicePartyDto.of(row.payer),
      corrects: row.corrects_id === null ? null : { id: row.corrects_id, number: row.corrects_number! },
      createdAt: row.created_at.toISOString(),
    };
  }
}

export class ActLineDto {
  @ApiProperty({
    example: '2026-01',
    description: 'In which it was used; earlier than the act’s month when it was paid later.',
  })
  usageMonth: string;

  @ApiProperty({ enum: ['services', 'sms'], description: 'services: subscriptions and what is bought once.' })
  service: UsedService;

  @ApiProperty({ type: 'integer', example: 1200, description: 'Parts of messages, or services.' })
  quantity: number;

  @ApiProperty({ type: String, nullable: true, example: '22.00', description: 'In per cent; null without VAT.' })
  vatRate: string | null;

  @ApiProperty({ type: MoneyDto })
  net: MoneyDto;

  @ApiProperty({ type: MoneyDto })
  vat: MoneyDto;

  @ApiProperty({ type: MoneyDto })
  total: MoneyDto;
}

export class ActDetailResponse extends ActResponse {
  @ApiProperty({ type: [ActLineDto] })
  lines: ActLineDto[];

  @ApiProperty({ type: [CorrectedActDto], description: 'What corrects it, oldest first.' })
  corrections: CorrectedActDto[];

  @ApiProperty({ type: DocumentLinksDto })
  links: DocumentLinksDto;

  static detail(
    row: ActRow,
    lines: readonly ActLineRow[],
    corrections: CorrectedActDto[],
    links: DocumentLinksDto,
  ): ActDetailResponse {
    const money = (micros: bigint) => MoneyDto.of(micros, row.currency);
    return {
      ...ActResponse.of(row),
      lines: lines.map((line) => ({
        usageMonth: line.usage_month.slice(0, 7),
        service: line.service,
        quantity: Number(line.quantity),
        vatRate: line.vat_rate_bps === null ? null : (line.vat_rate_bps / 100).toFixed(2),
        net: money(line.net_micros),
        vat: money(line.vat_micros),
        total: money(line.gross_micros),
      })),
      corrections,
      links,
    };
  }
}

export class ActPage {
  @ApiProperty({ type: [ActResponse] })
  data: ActResponse[];

  @ApiProperty({ type: String, nullable: true })
  nextCursor: string | null;
}

export class IssuedActsResponse {
  @ApiProperty({ type: [ActResponse], description: 'All that was issued for the month, now or before.' })
  data: ActResponse[];
}

/** Sums from the beginning of the wallet to the end of the month: `revenue` is the sum of the six others. */
export class ActClosingResponse {
  @ApiProperty({ example: 'kabinet-ru' })
  seller: string;

  @ApiProperty({ example: '2026-01' })
  month: string;

  @ApiProperty({ type: MoneyDto, description: 'What the ledger has as revenue.' })
  revenue: MoneyDto;

  @ApiProperty({ type: MoneyDto, description: 'What stands on acts, corrections taken off.' })
  onActs: MoneyDto;

  @ApiProperty({ type: MoneyDto, description: 'Fractions of a coin that no document shows yet.' })
  carried: MoneyDto;

  @ApiProperty({ type: MoneyDto, description: 'Paid, but nobody knows by which payer: allocate the payments.' })
  awaitingPayer: MoneyDto;

  @ApiProperty({ type: MoneyDto, description: 'Paid to other sellers.' })
  paidElsewhere: MoneyDto;

  @ApiProperty({ type: MoneyDto, description: 'Paid by promotions and corrections.' })
  promotional: MoneyDto;

  @ApiProperty({ type: MoneyDto, description: 'Used within the credit limit, and not paid yet.' })
  unpaid: MoneyDto;

  @ApiProperty({ format: 'date-time' })
  closedAt: string;

  static of(row: ClosingRow): ActClosingResponse {
    const money = (micros: bigint) => MoneyDto.of(micros, row.currency);
    return {
      seller: row.seller,
      month: row.month.slice(0, 7),
      revenue: money(row.revenue_micros),
      onActs: money(row.acted_micros),
      carried: money(row.carried_micros),
      awaitingPayer: money(row.awaiting_micros),
      paidElsewhere: money(row.elsewhere_micros),
      promotional: money(row.promotional_micros),
      unpaid: money(row.unpaid_micros),
      closedAt: row.closed_at.toISOString(),
    };
  }
}

export class ActClosingPage {
  @ApiProperty({ type: [ActClosingResponse] })
  data: ActClosingResponse[];

  @ApiProperty({ type: String, nullable: true })
  nextCursor: string | null;
}
