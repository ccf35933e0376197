import { Body, Controller, Get, HttpCode, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Env } from '../../config/env.js';
import { decodeIdCursor, toPage } from '../../database/page.js';
import {
  actorOf,
  ApiIfMatch,
  ApiProblems,
  CurrentAccount,
  CurrentPrincipal,
  etagOf,
  IdParam,
  IfMatch,
  PageQuery,
  type Principal,
  RequirePermission,
} from '../../gateway/index.js';
import { AskBalance } from './actions/ask-balance.js';
import { ProbePaused } from './actions/probe-paused.js';
import { SaveOwnProvider } from './actions/save-own-provider.js';
import type { SavedProvider } from './actions/save-provider.js';
import { callbackUrlOf } from './callbacks/callback-url.js';
import { CredentialVault } from './credentials/credential-vault.js';
import {
  CreatedOwnProviderDto,
  CreateOwnProviderDto,
  CredentialCheckDto,
  OwnProviderDto,
  OwnProviderPageDto,
  ProviderKindDto,
  ProviderKindsDto,
  UpdateOwnProviderDto,
} from './dto/own-provider.dto.js';
import { BalanceDto } from './dto/provider.dto.js';
import { type FullProviderRow, ProvidersRepository } from './persistence/providers.repository.js';
import { OWN_KINDS } from './presets/presets.js';

/** Providers that an account brings along: chosen from known companies, entered by itself, switched on by the operator. */
@ApiTags('providers')
@Controller('v1')
export class OwnProvidersController {
  constructor(
    private readonly repository: ProvidersRepository,
    private readonly own: SaveOwnProvider,
    private readonly probe: ProbePaused,
    private readonly askBalance: AskBalance,
    private readonly vault: CredentialVault,
    private readonly env: Env,
  ) {}

  @Get('provider-kinds')
  @RequirePermission('providers:read')
  @ApiOperation({ summary: 'Companies of which own credentials can be entered', operationId: 'listProviderKinds' })
  @ApiOkResponse({ type: ProviderKindsDto })
  kinds(): ProviderKindsDto {
    return { data: OWN_KINDS.map(ProviderKindDto.of) };
  }

  @Get('providers')
  @RequirePermission('providers:read')
  @ApiOperation({
    summary: 'The account’s own providers, oldest first, each with the balance that it named last',
    operationId: 'listOwnProviders',
  })
  @ApiOkResponse({ type: OwnProviderPageDto })
  @ApiProblems(400, 422)
  async list(@CurrentAccount() accountId: string, @Query() { cursor, limit }: PageQuery): Promise<OwnProviderPageDto> {
    const rows = await this.repository.listOwn(accountId, decodeIdCursor(cursor), limit);
    const binds = await this.repository.binds(rows.map(({ id }) => id));
    return toPage(
      rows,
      limit,
      ({ id }) => [id],
      (row) => OwnProviderDto.of(row, binds, this.credentialNames(row)),
    );
  }

  @Post('providers')
  @RequirePermission('providers:write')
  @ApiOperation({
    summary: 'Enter a provider of one’s own; its credentials are tried at once, the operator switches it on',
    operationId: 'createOwnProvider',
  })
  @ApiCreatedResponse({ type: CreatedOwnProviderDto })
  @ApiProblems(409, 422, 503)
  async create(
    @CurrentAccount() accountId: string,
    @CurrentPrincipal() principal: Principal,
    @Body() body: CreateOwnProviderDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CreatedOwnProviderDto> {
    return this.answerSaved(reply, await this.own.create(accountId, body, actorOf(principal)));
  }

  @Get('providers/:id')
  @RequirePermission('providers:read')
  @ApiOperation({ summary: 'One of the account’s own providers', operationId: 'getOwnProvider' })
  @ApiOkResponse({ type: OwnProviderDto })
  @ApiProblems(404)
  async get(
    @CurrentAccount() accountId: string,
    @IdParam() id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OwnProviderDto> {
    return this.answer(reply, await this.own.current(accountId, id));
  }

  @Patch('providers/:id')
  @RequirePermission('providers:write')
  @ApiOperation({
    summary: 'Change it; new credentials are tried first, and end a pause that the old ones caused',
    operationId: 'updateOwnProvider',
  })
  @ApiOkResponse({ type: CreatedOwnProviderDto })
  @ApiIfMatch()
  @ApiProblems(404, 409, 422, 503)
  async update(
    @CurrentAccount() accountId: string,
    @IdParam() id: string,
    @CurrentPrincipal() principal: Principal,
    @IfMatch() version: number,
    @Body() body: UpdateOwnProviderDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CreatedOwnProviderDto> {
    return this.answerSaved(reply, await this.own.update(accountId, id, version, body, actorOf(principal)));
  }

  @Post('providers/:id/check')
  @HttpCode(200)
  @RequirePermission('providers:write')
  @ApiOperation({
    summary: 'Ask the company now whether it takes the stored credentials; ends a pause that is over',
    operationId: 'checkOwnProvider',
  })
  @ApiOkResponse({ type: CredentialCheckDto })
  @ApiProblems(404)
  async check(@CurrentAccount() accountId: string, @IdParam() id: string): Promise<CredentialCheckDto> {
    const { verdict, resumed } = await this.probe.ask(await this.own.current(accountId, id));
    return CredentialCheckDto.of(verdict, resumed);
  }

  @Get('providers/:id/balance')
  @RequirePermission('providers:read')
  @ApiOperation({
    summary: 'Ask the company what is left of the account’s balance there',
    operationId: 'getOwnProviderBalance',
  })
  @ApiOkResponse({ type: BalanceDto })
  @ApiProblems(404, 409, 503)
  async balance(@CurrentAccount() accountId: string, @IdParam() id: string): Promise<BalanceDto> {
    const { amount, currency, askedAt } = await this.askBalance.execute(await this.own.current(accountId, id));
    return { amount, currency, askedAt: askedAt.toISOString() };
  }

  private async answerSaved(
    reply: FastifyReply,
    { row, callbackToken }: SavedProvider,
  ): Promise<CreatedOwnProviderDto> {
    const callbackUrl = callbackToken && callbackUrlOf(this.env, callbackToken);
    return { ...(await this.answer(reply, row)), callbackUrl };
  }

  private async answer(reply: FastifyReply, row: FullProviderRow): Promise<OwnProviderDto> {
    reply.header('etag', etagOf(row.version));
    return OwnProviderDto.of(row, await this.repository.binds([row.id]), this.credentialNames(row));
  }

  /** None when they cannot be read: they have to be sent again. */
  private credentialNames({ id, credentials }: FullProviderRow): string[] {
    try {
      return Object.keys(this.vault.open(id, credentials).credentials).sort();
    } catch {
      return [];
    }
  }
}
