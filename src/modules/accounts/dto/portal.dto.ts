import { ApiProperty } from '@nestjs/swagger';
import { IsLine } from '../../../gateway/index.js';
import type { Portal } from '../portals.service.js';

export class SavePortalDto {
  /** @example "Clinic system" */
  @IsLine(200)
  name: string;
}

export class PortalDto {
  id: string;
  name: string;
  @ApiProperty({ type: String, format: 'date-time' })
  createdAt: string;

  static of(this: void, portal: Portal): PortalDto {
    return { id: portal.id, name: portal.name, createdAt: portal.created_at.toISOString() };
  }
}

export class PortalPageDto {
  @ApiProperty({ type: [PortalDto] })
  data: PortalDto[];

  @ApiProperty({ type: String, nullable: true })
  nextCursor: string | null;
}
