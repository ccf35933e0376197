import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems, CurrentAccount, CurrentLocale, type Locale, RequirePermission } from '../../gateway/index.js';
import { AlertReads } from './alert-reads.js';
import { AlertPageDto, ListAlertsQuery } from './dto/alert.dto.js';

@ApiTags('alerts')
@Controller('v1/alerts')
export class AlertsController {
  constructor(private readonly reads: AlertReads) {}

  @Get()
  @RequirePermission('account:read')
  @ApiOperation({ summary: 'What the account has to know of, newest first', operationId: 'listAlerts' })
  @ApiOkResponse({ type: AlertPageDto })
  @ApiProblems(400, 422)
  list(
    @CurrentAccount() accountId: string,
    @CurrentLocale() locale: Locale,
    @Query() query: ListAlertsQuery,
  ): Promise<AlertPageDto> {
    return this.reads.list(accountId, query, locale);
  }
}
