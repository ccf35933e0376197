import { ApiProperty, ApiPropertyOptional, PartialType } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsString,
  Length,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import { IsLine, IsMessageText, IsOmittable, PageQuery } from '../../../gateway/index.js';
import type { RuleRow } from '../persistence/rules.js';

export const LATE_ACTIONS = ['wait', 'drop'] as const;
export type LateAction = (typeof LATE_ACTIONS)[number];

export class CreateRuleDto {
  @ApiProperty({ example: 'Отдел продаж' })
  @IsLine(100)
  name: string;

  @ApiProperty({
    type: [String],
    example: ['+74951234567'],
    description: 'Virtual numbers for whose lost calls it works. A number is in at most one active apology.',
  })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(100)
  @ArrayUnique()
  @IsString({ each: true })
  @MaxLength(30, { each: true })
  numbers: string[];

  @ApiProperty({ example: 'Извините, что не ответили. Перезвоним в течение часа.' })
  @IsMessageText(1600)
  text: string;

  @ApiPropertyOptional({
    enum: LATE_ACTIONS,
    default: 'wait',
    description: 'Outside 9:00–20:00 Moscow time: wait for the next opening, or drop.',
  })
  @IsOmittable()
  @IsIn(LATE_ACTIONS)
  lateAction?: LateAction;

  @ApiPropertyOptional({ default: true })
  @IsOmittable()
  @IsBoolean()
  enabled?: boolean;

  @ApiPropertyOptional({
    minimum: 2,
    maximum: 10,
    description: 'Confirms a text of several SMS: the number of parts that the refusal named.',
  })
  @IsOmittable()
  @IsInt()
  @Min(2)
  @Max(10)
  confirmParts?: number;
}

export class UpdateRuleDto extends PartialType(CreateRuleDto, { skipNullProperties: false }) {}

export class ListRulesQuery extends PageQuery {
  @ApiPropertyOptional({ description: 'A part of the name, or of a virtual number.' })
  @IsOmittable()
  @IsString()
  @Length(1, 100)
  q?: string;
}

export class RuleResponse {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty()
  name: string;

  @ApiProperty({ type: [String] })
  numbers: string[];

  @ApiProperty()
  text: string;

  @ApiProperty({ description: 'SMS that the text takes.' })
  parts: number;

  @ApiProperty({ enum: LATE_ACTIONS })
  lateAction: LateAction;

  @ApiProperty()
  enabled: boolean;

  @ApiProperty({ description: 'The platform’s own sender name; it cannot be changed for apologies.' })
  sender: string;

  @ApiProperty({ format: 'date-time' })
  createdAt: string;

  @ApiProperty({ format: 'date-time' })
  updatedAt: string;

  static of(row: RuleRow, parts: number, sender: string): RuleResponse {
    return {
      id: row.id,
      name: row.name,
      numbers: row.numbers.map((digits) => `+${digits}`),
      text: row.text,
      parts,
      lateAction: row.late_action,
      enabled: row.enabled,
      sender,
      createdAt: row.created_at.toISOString(),
      updatedAt: row.updated_at.toISOString(),
    };
  }
}

export class RulePage {
  @ApiProperty({ type: [RuleResponse] })
  data: RuleResponse[];

  @ApiProperty({ type: String, nullable: true })
  nextCursor: string | null;
}
