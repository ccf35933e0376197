import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Database } from '../../database/database.js';
import { decodeIdCursor, toPage } from '../../database/page.js';
import { ApiProblems, IdParam, Staff } from '../../gateway/index.js';
import { DomainError } from '../../kernel/domain-error.js';
import { NIL_ID } from '../../kernel/ids.js';
import { ListParkedQuery, ParkedReportDetailDto, ParkedReportDto, ParkedReportPage } from './dto/parked-report.dto.js';
import { GET_PARKED, LIST_PARKED, type ParkedRow } from './persistence/sql/read-parked.js';

/** Delivery reports that belong to no message we know of, so far. */
@ApiTags('parked reports')
@Controller('admin/v1/parked-reports')
export class ParkedReportsAdminController {
  constructor(private readonly database: Database) {}

  @Get()
  @Staff('providers:read')
  @ApiOperation({
    summary: 'Delivery reports that matched no message so far, the oldest first',
    operationId: 'listParkedReports',
  })
  @ApiOkResponse({ type: ParkedReportPage })
  @ApiProblems(400, 422)
  async list(@Query() { cursor, limit, providerId }: ListParkedQuery): Promise<ParkedReportPage> {
    const after = decodeIdCursor(cursor) ?? NIL_ID;
    const rows = await this.database.query<ParkedRow & Record<string, unknown>>(LIST_PARKED, [
      providerId ?? null,
      after,
      limit + 1,
    ]);
    return toPage<ParkedRow, ParkedReportDto>(rows, limit, ({ id }) => [id], ParkedReportDto.of);
  }

  @Get(':id')
  @Staff('providers:read')
  @ApiOperation({ summary: 'One of them, as it came', operationId: 'getParkedReport' })
  @ApiOkResponse({ type: ParkedReportDetailDto })
  @ApiProblems(404)
  async get(@IdParam() id: string): Promise<ParkedReportDetailDto> {
    const [row] = await this.database.query<ParkedRow & Record<string, unknown>>(GET_PARKED, [id]);
    if (!row) throw new DomainError('not_found', 'report_not_found');
    return ParkedReportDetailDto.detail(row);
  }
}
