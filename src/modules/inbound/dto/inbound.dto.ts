import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsUUID, Matches } from 'class-validator';
import { IsAfter, IsInstant, IsOmittable, PageQuery } from '../../../gateway/index.js';
import { ATTRIBUTIONS, type InboundMessageRow } from '../persistence/sql/inbound-messages.js';

export class ListInboundQuery extends PageQuery {
  @ApiPropertyOptional({ example: '79161234567', description: 'The phone, digits with the country code.' })
  @IsOmittable()
  @Matches(/^\d{3,15}$/)
  from?: string;

  @ApiPropertyOptional({ format: 'date-time', description: 'Received then or later.' })
  @IsOmittable()
  @IsInstant()
  since?: string;

  @ApiPropertyOptional({ format: 'date-time', description: 'Received before.' })
  @IsOmittable()
  @IsInstant()
  @IsAfter('since')
  until?: string;
}

export class StaffInboundQuery extends ListInboundQuery {
  @ApiPropertyOptional({ format: 'uuid' })
  @IsOmittable()
  @IsUUID()
  accountId?: string;

  @ApiPropertyOptional({ format: 'uuid' })
  @IsOmittable()
  @IsUUID()
  providerId?: string;

  @ApiPropertyOptional({ enum: ['none'], description: '`none`: only those that belong to no account.' })
  @IsOmittable()
  @IsIn(['none'])
  attribution?: 'none';
}

export class InboundMessageDto {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ example: '+79161234567', description: 'The phone; with a plus where it is a number.' })
  from: string;

  @ApiProperty({ example: '4321', description: 'The number that was written to.' })
  to: string;

  @ApiProperty({ example: 'СТОП' })
  text: string;

  @ApiProperty({ description: 'Parts that came.' })
  parts: number;

  @ApiProperty({ description: 'false: the other parts of a long message never came.' })
  complete: boolean;

  @ApiProperty({
    enum: ATTRIBUTIONS,
    description:
      '`number`: the number is the account’s own; `reply`: the account wrote to the phone last; `none`: nobody’s.',
  })
  attribution: string;

  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'The message that it answers.' })
  inReplyTo: string | null;

  @ApiProperty({
    type: String,
    enum: ['opted_out', 'opted_in'],
    nullable: true,
    description: 'What the message did: STOP and START in the languages that are known.',
  })
  action: string | null;

  @ApiProperty({ format: 'date-time' })
  receivedAt: string;

  static of(this: void, row: InboundMessageRow): InboundMessageDto {
    return {
      id: row.id,
      from: /^[1-9]\d{6,14}$/.test(row.sender) ? `+${row.sender}` : row.sender,
      to: row.recipient,
      text: row.body,
      parts: row.parts,
      complete: row.complete,
      attribution: row.attribution,
      inReplyTo: row.in_reply_to,
      action: row.action,
      receivedAt: row.received_at.toISOString(),
    };
  }
}

export class InboundMessagePage {
  @ApiProperty({ type: [InboundMessageDto] })
  data: InboundMessageDto[];

  @ApiProperty({ type: String, nullable: true })
  nextCursor: string | null;
}

export class StaffInboundDto extends InboundMessageDto {
  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'null: it belongs to no account.' })
  accountId: string | null;

  @ApiProperty({ format: 'uuid' })
  providerId: string;

  static whole(this: void, row: InboundMessageRow): StaffInboundDto {
    const accountId = row.attribution === 'none' ? null : row.account_id;
    return { ...InboundMessageDto.of(row), accountId, providerId: row.provider_id };
  }
}

export class StaffInboundPage {
  @ApiProperty({ type: [StaffInboundDto] })
  data: StaffInboundDto[];

  @ApiProperty({ type: String, nullable: true })
  nextCursor: string | null;
}
