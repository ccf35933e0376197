import { Body, Controller, Get, HttpCode, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Database } from '../../database/database.js';
import { decodeIdCursor, toPage } from '../../database/page.js';
import {
  actorOf,
  ApiIfMatch,
  ApiProblems,
  CurrentPrincipal,
  etagOf,
  IdParam,
  IfMatch,
  PageQuery,
  type Principal,
  Staff,
} from '../../gateway/index.js';
import { DomainError } from '../../kernel/domain-error.js';
import { AccountsService } from './accounts.service.js';
import { ChangeAccount } from './actions/change-account.js';
import { toChange, toCreate } from './dto/account-input.js';
import {
  AccountDto,
  AccountPageDto,
  CreateAnyAccountDto,
  ListAccountsQuery,
  SuspendAccountDto,
  UpdateAnyAccountDto,
} from './dto/account.dto.js';
import { AuditEventDto, AuditPageDto } from './dto/audit.dto.js';
import { type AccountRow, AccountsRepository } from './persistence/accounts.repository.js';
import { PortalsService } from './portals.service.js';

@ApiTags('accounts')
@Controller('admin/v1/accounts')
export class AccountsAdminController {
  constructor(
    private readonly database: Database,
    private readonly accounts: AccountsRepository,
    private readonly service: AccountsService,
    private readonly portals: PortalsService,
    private readonly changeAccount: ChangeAccount,
  ) {}

  @Get()
  @Staff('accounts:read')
  @ApiOperation({ summary: 'All accounts', operationId: 'listAccounts' })
  @ApiProblems(400, 422)
  @ApiOkResponse({ type: AccountPageDto })
  async list(@Query() { cursor, limit, ...filter }: ListAccountsQuery): Promise<AccountPageDto> {
    const after = decodeIdCursor(cursor);
    return toPage(await this.accounts.list(filter, after, limit), limit, ({ id }) => [id], AccountDto.of);
  }

  @Post()
  @Staff('accounts:write')
  @ApiOperation({ summary: 'Open an account', operationId: 'createAccount' })
  @ApiProblems(404, 409, 422)
  @ApiCreatedResponse({ type: AccountDto })
  async create(
    @CurrentPrincipal() principal: Principal,
    @Body() body: CreateAnyAccountDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AccountDto> {
    if (body.portalId) await this.portals.get(body.portalId);
    const input = { ...toCreate(body), portalId: body.portalId ?? null, actor: actorOf(principal) };
    const { id } = await this.database.transaction((tx) => this.service.create(tx, input));
    return answer(reply, await this.find(id));
  }

  @Get(':id')
  @Staff('accounts:read')
  @ApiOperation({ summary: 'One account', operationId: 'getAnyAccount' })
  @ApiProblems(404)
  @ApiOkResponse({ type: AccountDto })
  async get(@IdParam() id: string, @Res({ passthrough: true }) reply: FastifyReply): Promise<AccountDto> {
    return answer(reply, await this.find(id));
  }

  @Patch(':id')
  @Staff('accounts:write')
  @ApiOperation({ summary: 'Change an account, with its default sender and portal', operationId: 'updateAnyAccount' })
  @ApiIfMatch()
  @ApiProblems(404, 409, 422)
  @ApiOkResponse({ type: AccountDto })
  async update(
    @IdParam() id: string,
    @CurrentPrincipal() principal: Principal,
    @IfMatch() version: number,
    @Body() body: UpdateAnyAccountDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AccountDto> {
    if (body.portalId) await this.portals.get(body.portalId);
    const change = toChange(body, (await this.find(id)).country);
    return answer(reply, await this.changeAccount.update(actorOf(principal), { id, version }, change));
  }

  @Post(':id/suspend')
  @Staff('accounts:write')
  @HttpCode(200)
  @ApiOperation({ summary: 'Suspend an account: it can be read, nothing else', operationId: 'suspendAccount' })
  @ApiProblems(404, 409, 412, 422)
  @ApiOkResponse({ type: AccountDto })
  async suspend(
    @IdParam() id: string,
    @CurrentPrincipal() principal: Principal,
    @Body() { reason }: SuspendAccountDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AccountDto> {
    return answer(reply, await this.changeAccount.suspend(actorOf(principal), id, reason));
  }

  @Post(':id/reactivate')
  @Staff('accounts:write')
  @HttpCode(200)
  @ApiOperation({ summary: 'End the suspension of an account', operationId: 'reactivateAccount' })
  @ApiProblems(404, 409, 412)
  @ApiOkResponse({ type: AccountDto })
  async reactivate(
    @IdParam() id: string,
    @CurrentPrincipal() principal: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AccountDto> {
    return answer(reply, await this.changeAccount.reactivate(actorOf(principal), id));
  }

  @Get(':id/audit')
  @Staff('accounts:read')
  @ApiOperation({ summary: 'Who changed what in an account, newest first', operationId: 'listAnyAccountAudit' })
  @ApiProblems(400, 404, 422)
  @ApiOkResponse({ type: AuditPageDto })
  async audit(@IdParam() id: string, @Query() { cursor, limit }: PageQuery): Promise<AuditPageDto> {
    await this.find(id);
    const before = decodeIdCursor(cursor);
    return toPage(await this.accounts.audit(id, before, limit), limit, (row) => [row.id], AuditEventDto.forStaff);
  }

  private async find(id: string): Promise<AccountRow> {
    const row = await this.accounts.find(id);
    if (!row) throw new DomainError('not_found', 'account_not_found');
    return row;
  }
}

function answer(reply: FastifyReply, row: AccountRow): AccountDto {
  reply.header('etag', etagOf(row.version));
  return AccountDto.of(row);
}
