import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems, CurrentLocale, type Locale, Staff } from '../../gateway/index.js';
import { AccountsService } from '../accounts/index.js';
import { AlertReads } from './alert-reads.js';
import { AlertPageDto, ListAlertsQuery } from './dto/alert.dto.js';

@ApiTags('alerts')
@Controller('admin/v1/alerts')
export class AlertsAdminController {
  constructor(
    private readonly reads: AlertReads,
    private readonly accounts: AccountsService,
  ) {}

  @Get()
  @Staff('alerts:read')
  @ApiOperation({ summary: 'What the operator has to know of, newest first', operationId: 'listOperatorAlerts' })
  @ApiOkResponse({ type: AlertPageDto })
  @ApiProblems(400, 422)
  async list(@CurrentLocale() locale: Locale, @Query() query: ListAlertsQuery): Promise<AlertPageDto> {
    return this.reads.list(await this.accounts.platformAccountId(), query, locale);
  }
}
