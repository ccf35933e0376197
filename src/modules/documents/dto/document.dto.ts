import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import { IsOmittable } from '../../../gateway/index.js';
import { LOCALES, type Locale } from '../../../kernel/locale.js';

export class DocumentQuery {
  @ApiPropertyOptional({ enum: LOCALES, description: 'Language of the document; the account’s when absent.' })
  @IsOmittable()
  @IsIn(LOCALES)
  lang?: Locale;
}

export class DocumentLinksDto {
  @ApiProperty({ description: 'Opens the printable page without credentials, for an hour.' })
  page: string;

  @ApiProperty({ description: 'Downloads the PDF without credentials, for an hour.' })
  pdf: string;
}
