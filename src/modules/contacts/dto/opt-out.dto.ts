import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsString, Length, Matches } from 'class-validator';
import { IsOmittable, IsText, PageQuery } from '../../../gateway/index.js';
import type { OptOut } from '../contacts.service.js';

export class CreateOptOutDto {
  @ApiProperty({
    example: '+48 600 100 200',
    description: 'With the country code, or as it is dialled at home with `country`.',
  })
  @IsString()
  @Length(4, 64)
  to: string;

  @ApiPropertyOptional({ example: 'PL', description: 'For a number without country code; default: the account’s.' })
  @IsOmittable()
  @Matches(/^[A-Z]{2}$/)
  country?: string;

  @ApiPropertyOptional({ example: 'asked at the reception', minLength: 1, maxLength: 500 })
  @IsOmittable()
  @IsText(500)
  note?: string;
}

export class ListOptOutsQuery extends PageQuery {
  @ApiPropertyOptional({ example: '4860', description: 'Digits that the number begins with.' })
  @IsOmittable()
  @Matches(/^\d{1,15}$/)
  to?: string;
}

export class OptOutResponse {
  @ApiProperty({ example: '48600100200' })
  to: string;

  @ApiProperty({ enum: ['portal', 'recipient', 'provider', 'import'], description: 'How it came.' })
  source: string;

  @ApiProperty({ type: String, nullable: true })
  note: string | null;

  @ApiProperty({ type: String, format: 'date-time' })
  createdAt: string;

  static of({ digits, source, note, createdAt }: OptOut): OptOutResponse {
    return { to: digits, source, note, createdAt: createdAt.toISOString() };
  }
}

export class OptOutPage {
  @ApiProperty({ type: [OptOutResponse] })
  data: OptOutResponse[];

  @ApiProperty({ type: String, nullable: true })
  nextCursor: string | null;
}
