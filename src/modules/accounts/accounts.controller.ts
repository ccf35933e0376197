import { Body, Controller, Get, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Database } from '../../database/database.js';
import { decodeIdCursor, toPage } from '../../database/page.js';
import {
  actorOf,
  ApiIfMatch,
  ApiProblems,
  CurrentAccount,
  CurrentPortal,
  CurrentPrincipal,
  etagOf,
  IfMatch,
  PageQuery,
  PortalKey,
  type Principal,
  RequirePermission,
} from '../../gateway/index.js';
import { DomainError } from '../../kernel/domain-error.js';
import { AccountsService } from './accounts.service.js';
import { ChangeAccount } from './actions/change-account.js';
import { toChange, toCreate } from './dto/account-input.js';
import { AccountDto, AccountPageDto, CreateAccountDto, UpdateAccountDto } from './dto/account.dto.js';
import { AuditEventDto, AuditPageDto } from './dto/audit.dto.js';
import { type AccountRow, AccountsRepository } from './persistence/accounts.repository.js';

@ApiTags('accounts')
@Controller('v1')
export class AccountsController {
  constructor(
    private readonly database: Database,
    private readonly accounts: AccountsRepository,
    private readonly service: AccountsService,
    private readonly changeAccount: ChangeAccount,
  ) {}

  @Get('account')
  @RequirePermission('account:read')
  @ApiOperation({ summary: 'The account that the caller acts for', operationId: 'getAccount' })
  @ApiOkResponse({ type: AccountDto })
  async get(@CurrentAccount() accountId: string, @Res({ passthrough: true }) reply: FastifyReply): Promise<AccountDto> {
    return answer(reply, await this.find(accountId));
  }

  @Patch('account')
  @RequirePermission('account:write')
  @ApiOperation({ summary: 'Change the profile of the account', operationId: 'updateAccount' })
  @ApiIfMatch()
  @ApiProblems(422)
  @ApiOkResponse({ type: AccountDto })
  async update(
    @CurrentAccount() accountId: string,
    @CurrentPrincipal() principal: Principal,
    @IfMatch() version: number,
    @Body() body: UpdateAccountDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AccountDto> {
    const { country } = await this.service.get(accountId);
    const change = toChange(body, country);
    return answer(reply, await this.changeAccount.update(actorOf(principal), { id: accountId, version }, change));
  }

  @Get('account/audit')
  @RequirePermission('account:read')
  @ApiOperation({ summary: 'Who changed what in the account, newest first', operationId: 'listAccountAudit' })
  @ApiProblems(400, 422)
  @ApiOkResponse({ type: AuditPageDto })
  async audit(@CurrentAccount() accountId: string, @Query() { cursor, limit }: PageQuery): Promise<AuditPageDto> {
    const before = decodeIdCursor(cursor);
    return toPage(
      await this.accounts.audit(accountId, before, limit),
      limit,
      ({ id }) => [id],
      AuditEventDto.forTenant,
    );
  }

  @Get('accounts')
  @PortalKey('accounts:read')
  @ApiOperation({ summary: 'Accounts of the portal', operationId: 'listPortalAccounts' })
  @ApiProblems(400, 422)
  @ApiOkResponse({ type: AccountPageDto })
  async list(@CurrentPortal() portalId: string, @Query() { cursor, limit }: PageQuery): Promise<AccountPageDto> {
    const after = decodeIdCursor(cursor);
    return toPage(await this.accounts.list({ portalId }, after, limit), limit, ({ id }) => [id], AccountDto.of);
  }

  @Post('accounts')
  @PortalKey('accounts:write')
  @ApiOperation({ summary: 'Open an account of the portal', operationId: 'createPortalAccount' })
  @ApiProblems(409, 422)
  @ApiCreatedResponse({ type: AccountDto })
  async open(
    @CurrentPortal() portalId: string,
    @CurrentPrincipal() principal: Principal,
    @Body() body: CreateAccountDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AccountDto> {
    const input = { ...toCreate(body), portalId, actor: actorOf(principal) };
    const { id } = await this.database.transaction((tx) => this.service.create(tx, input));
    return answer(reply, await this.find(id));
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
