import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsInt, IsUUID, Matches, Max, Min } from 'class-validator';
import { IsNullable, IsOmittable, PageQuery } from '../../../gateway/index.js';
import { OPERATOR_CODE } from '../../numbers/index.js';
import { LANES, type Lane } from '../domain/route-book.js';

const PREFIX = /^\d{0,15}$/;
const invalidPrefix = { context: { code: 'invalid_route_prefix' } };

/** What may be changed later: where a route leads is another route. */
export class UpdateRouteDto {
  @ApiPropertyOptional({ minimum: 1, maximum: 9, description: '1 is tried first.' })
  @IsOmittable()
  @IsInt()
  @Min(1)
  @Max(9)
  tier?: number;

  @ApiPropertyOptional({ minimum: 1, maximum: 1_000, description: 'Share within the tier.' })
  @IsOmittable()
  @IsInt()
  @Min(1)
  @Max(1_000)
  weight?: number;

  @ApiPropertyOptional()
  @IsOmittable()
  @IsBoolean()
  enabled?: boolean;
}

export class CreateRouteDto extends UpdateRouteDto {
  @ApiProperty({ example: '4850', description: 'Leading digits of the recipient; empty: all numbers.' })
  @Matches(PREFIX, invalidPrefix)
  prefix: string;

  @ApiPropertyOptional({
    type: String,
    example: 'ru-mts',
    pattern: OPERATOR_CODE.source,
    nullable: true,
    description:
      'Only numbers of this operator, before the routes of the same prefix that name none; a longer prefix goes before both. null: of any.',
  })
  @IsNullable()
  @Matches(OPERATOR_CODE)
  operatorCode?: string | null;

  @ApiPropertyOptional({ enum: LANES, nullable: true, description: 'null: all lanes.' })
  @IsNullable()
  @IsIn(LANES)
  lane?: Lane | null;

  @ApiProperty({ format: 'uuid' })
  @IsUUID()
  providerId: string;
}

export class ListRoutesQuery extends PageQuery {
  @ApiPropertyOptional({ format: 'uuid' })
  @IsOmittable()
  @IsUUID()
  providerId?: string;

  @ApiPropertyOptional({ example: '48', description: 'Routes whose prefix begins with it.' })
  @IsOmittable()
  @Matches(PREFIX, invalidPrefix)
  prefix?: string;

  @ApiPropertyOptional({ example: 'ru-mts' })
  @IsOmittable()
  @Matches(OPERATOR_CODE)
  operatorCode?: string;
}

export class PickRouteQuery {
  @ApiProperty({ example: '48500000001', description: 'E.164 digits.' })
  @Matches(/^[1-9]\d{5,14}$/)
  to: string;

  @ApiProperty({ enum: LANES })
  @IsIn(LANES)
  lane: Lane;
}

export class RouteDto {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ example: '4850' })
  prefix: string;

  @ApiProperty({ type: String, example: 'ru-mts', nullable: true })
  operatorCode: string | null;

  @ApiProperty({ enum: LANES, nullable: true })
  lane: Lane | null;

  @ApiProperty()
  tier: number;

  @ApiProperty()
  weight: number;

  @ApiProperty({ format: 'uuid' })
  providerId: string;

  @ApiProperty()
  enabled: boolean;

  @ApiProperty({ format: 'date-time' })
  createdAt: string;
}

export class RoutePageDto {
  @ApiProperty({ type: [RouteDto] })
  data: RouteDto[];

  @ApiProperty({ type: String, nullable: true })
  nextCursor: string | null;
}

export class RoutePickDto {
  @ApiProperty({ format: 'uuid', type: String, nullable: true, description: 'null: no route, messages are blocked.' })
  providerId: string | null;

  @ApiProperty({ type: [String], description: 'What may take over, best first.' })
  alternatives: string[];
}
