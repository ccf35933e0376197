import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, IsArray, IsString, Matches } from 'class-validator';
import { IsLine, IsNullable, IsOmittable, PageQuery } from '../../../gateway/index.js';
import { IsCountry } from '../../accounts/index.js';
import { MCC, MNC, type Operator, OPERATOR_CODE } from '../domain/operator.js';

const MAX_NAME = 200;

class NetworkDto {
  @ApiPropertyOptional({ type: String, example: '250', pattern: MCC.source, nullable: true })
  @IsNullable()
  @Matches(MCC)
  mcc?: string | null;

  @ApiPropertyOptional({ type: String, example: '01', pattern: MNC.source, nullable: true })
  @IsNullable()
  @Matches(MNC)
  mnc?: string | null;
}

export class UpdateOperatorDto extends NetworkDto {
  @ApiPropertyOptional({ example: 'МТС', description: 'How it is shown.' })
  @IsOmittable()
  @IsLine(MAX_NAME)
  name?: string;
}

export class CreateOperatorDto extends NetworkDto {
  @ApiProperty({ example: 'ru-mts', pattern: OPERATOR_CODE.source, description: 'Cannot be changed later.' })
  @Matches(OPERATOR_CODE)
  code: string;

  @ApiProperty({ example: 'МТС', description: 'How it is shown.' })
  @IsLine(MAX_NAME)
  name: string;

  @ApiProperty({ example: 'RU' })
  @IsCountry()
  country: string;

  @ApiPropertyOptional({
    example: ['ПАО "Мобильные ТелеСистемы"'],
    maxItems: 50,
    description: 'How registries call it. A name that another operator had goes over with its ranges.',
  })
  @IsOmittable()
  @IsArray({ context: { code: 'array_expected' } })
  @ArrayMaxSize(50)
  @IsString({ each: true })
  @Matches(/^[^\p{Cc}]{1,200}$/u, { each: true })
  @Matches(/[\p{L}\p{N}]/u, { each: true })
  names?: string[];
}

export class GiveOperatorNameDto {
  @ApiProperty({ example: 'ПАО "Мобильные ТелеСистемы"', description: 'As the registry writes it.' })
  @Matches(/[\p{L}\p{N}]/u)
  @IsLine(MAX_NAME)
  name: string;
}

export class ListOperatorsQuery extends PageQuery {
  @ApiPropertyOptional({ example: 'RU' })
  @IsOmittable()
  @IsCountry()
  country?: string;
}

export class OperatorResponse {
  @ApiProperty({ example: 'ru-mts' })
  code: string;

  @ApiProperty({ example: 'МТС' })
  name: string;

  @ApiProperty({ example: 'RU' })
  country: string;

  @ApiProperty({ type: String, example: '250', nullable: true })
  mcc: string | null;

  @ApiProperty({ type: String, example: '01', nullable: true })
  mnc: string | null;

  static of({ code, name, country, mcc, mnc }: Operator): OperatorResponse {
    return { code, name, country, mcc, mnc };
  }
}

export class OperatorDetailResponse extends OperatorResponse {
  @ApiProperty({ example: ['ПАО "Мобильные ТелеСистемы"'], description: 'How registries call it; 200 at most.' })
  names: string[];
}

export class OperatorPage {
  @ApiProperty({ type: [OperatorResponse] })
  data: OperatorResponse[];

  @ApiProperty({ type: String, nullable: true })
  nextCursor: string | null;
}
