import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Query, Res } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiQuery,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import {
  actorOf,
  ApiIfMatch,
  ApiProblems,
  CurrentAccount,
  CurrentPrincipal,
  etagOf,
  IdParam,
  IfMatch,
  type Principal,
  RequirePermission,
} from '../../gateway/index.js';
import { measure } from '../../kernel/sms-parts.js';
import { CreateRuleDto, ListRulesQuery, RulePage, RuleResponse, UpdateRuleDto } from './dto/rule.dto.js';
import type { RuleRow } from './persistence/rules.js';
import { RulesService } from './rules.service.js';

@ApiTags('missed calls')
@Controller('v1/missed-call-rules')
export class RulesController {
  constructor(private readonly rules: RulesService) {}

  @Post()
  @RequirePermission('missed-calls:create')
  @ApiOperation({ summary: 'Create an apology for missed calls', operationId: 'createMissedCallRule' })
  @ApiCreatedResponse({ type: RuleResponse })
  @ApiProblems(409, 422)
  async create(
    @CurrentPrincipal() principal: Principal,
    @CurrentAccount() accountId: string,
    @Body() body: CreateRuleDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return this.view(await this.rules.create(accountId, actorOf(principal), body), reply);
  }

  @Get()
  @RequirePermission('missed-calls:read')
  @ApiOperation({
    summary: 'Apologies; search by name or by a part of a virtual number',
    operationId: 'listMissedCallRules',
  })
  @ApiOkResponse({ type: RulePage })
  @ApiProblems(400, 422)
  async list(@CurrentAccount() accountId: string, @Query() query: ListRulesQuery): Promise<RulePage> {
    const sender = await this.rules.sender(accountId);
    return this.rules.list(accountId, query, (row) => RuleResponse.of(row, measure(row.text).parts, sender));
  }

  @Get(':id')
  @RequirePermission('missed-calls:read')
  @ApiOperation({ summary: 'One apology', operationId: 'getMissedCallRule' })
  @ApiOkResponse({ type: RuleResponse })
  @ApiProblems(404)
  async get(
    @CurrentAccount() accountId: string,
    @IdParam() id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return this.view(await this.rules.get(accountId, id), reply);
  }

  @Patch(':id')
  @RequirePermission('missed-calls:write')
  @ApiOperation({ summary: 'Change an apology', operationId: 'updateMissedCallRule' })
  @ApiOkResponse({ type: RuleResponse })
  @ApiIfMatch()
  @ApiProblems(404, 409, 422)
  async update(
    @CurrentPrincipal() principal: Principal,
    @CurrentAccount() accountId: string,
    @IdParam() id: string,
    @IfMatch() version: number,
    @Body() body: UpdateRuleDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return this.view(await this.rules.update(accountId, actorOf(principal), id, version, body), reply);
  }

  @Post(':id/enable')
  @HttpCode(200)
  @RequirePermission('missed-calls:write')
  @ApiOperation({ summary: 'Switch an apology on', operationId: 'enableMissedCallRule' })
  @ApiOkResponse({ type: RuleResponse })
  @ApiProblems(404, 409)
  async enable(
    @CurrentPrincipal() principal: Principal,
    @CurrentAccount() accountId: string,
    @IdParam() id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return this.view(await this.rules.setEnabled(accountId, actorOf(principal), id, true), reply);
  }

  @Post(':id/disable')
  @HttpCode(200)
  @RequirePermission('missed-calls:write')
  @ApiOperation({ summary: 'Switch an apology off', operationId: 'disableMissedCallRule' })
  @ApiOkResponse({ type: RuleResponse })
  @ApiProblems(404)
  async disable(
    @CurrentPrincipal() principal: Principal,
    @CurrentAccount() accountId: string,
    @IdParam() id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return this.view(await this.rules.setEnabled(accountId, actorOf(principal), id, false), reply);
  }

  @Delete(':id')
  @HttpCode(204)
  @RequirePermission('missed-calls:delete')
  @ApiOperation({ summary: 'Delete an apology; must be confirmed', operationId: 'deleteMissedCallRule' })
  @ApiQuery({ name: 'confirm', required: true, schema: { type: 'boolean' } })
  @ApiNoContentResponse()
  @ApiProblems(404, 409)
  delete(
    @CurrentPrincipal() principal: Principal,
    @CurrentAccount() accountId: string,
    @IdParam() id: string,
    @Query('confirm') confirm?: string,
  ): Promise<void> {
    return this.rules.delete(accountId, actorOf(principal), id, { confirmed: confirm === 'true' });
  }

  private async view(row: RuleRow, reply: FastifyReply): Promise<RuleResponse> {
    reply.header('etag', etagOf(row.version));
    return RuleResponse.of(row, measure(row.text).parts, await this.rules.sender(row.account_id));
  }
}
