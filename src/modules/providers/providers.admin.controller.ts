import { Body, Controller, Get, HttpCode, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiBody, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Env } from '../../config/env.js';
import { cursorId, cursorText, decodeCursor, toPage } from '../../database/page.js';
import {
  actorOf,
  ApiIfMatch,
  ApiProblems,
  CurrentPrincipal,
  etagOf,
  IdParam,
  IfMatch,
  type Principal,
  Staff,
} from '../../gateway/index.js';
import { AskBalance } from './actions/ask-balance.js';
import { ChangeLifecycle } from './actions/change-lifecycle.js';
import { DryRun } from './actions/dry-run.js';
import { type SavedProvider, SaveProvider } from './actions/save-provider.js';
import { callbackUrlOf } from './callbacks/callback-url.js';
import { CredentialVault } from './credentials/credential-vault.js';
import { viewLinks, viewProvider } from './dto/provider-view.js';
import { PROVIDER_EXAMPLES } from './dto/settings-examples.js';
import {
  BalanceDto,
  CallbackUrlDto,
  CreatedProviderDto,
  CreateProviderDto,
  DryRunDto,
  DryRunResponse,
  ListProvidersQuery,
  PauseProviderDto,
  PROVIDER_CODE,
  ProviderDto,
  ProviderLinksDto,
  ProviderPageDto,
  UpdateProviderDto,
} from './dto/provider.dto.js';
import { type FullProviderRow, ProvidersRepository } from './persistence/providers.repository.js';

/** As the document wants them. */
function examplesByKind(): Record<string, { summary: string; value: object }> {
  const examples = Object.entries(PROVIDER_EXAMPLES);
  return Object.fromEntries(examples.map(([kind, value]) => [kind, { summary: value.name, value }]));
}

@ApiTags('providers')
@Controller('admin/v1/providers')
export class ProvidersAdminController {
  constructor(
    private readonly repository: ProvidersRepository,
    private readonly save: SaveProvider,
    private readonly lifecycle: ChangeLifecycle,
    private readonly dryRunAction: DryRun,
    private readonly askBalance: AskBalance,
    private readonly vault: CredentialVault,
    private readonly env: Env,
  ) {}

  @Get()
  @Staff('providers:read')
  @ApiOperation({ summary: 'All providers, with their live links', operationId: 'listProviders' })
  @ApiOkResponse({ type: ProviderPageDto })
  @ApiProblems(400, 422)
  async list(@Query() { cursor, limit, ownerAccountId }: ListProvidersQuery): Promise<ProviderPageDto> {
    const after = decodeCursor(cursor, cursorText(PROVIDER_CODE), cursorId)?.[0] ?? '';
    const rows = await this.repository.list(after, limit, ownerAccountId);
    const binds = await this.repository.binds(rows.map(({ id }) => id));
    return toPage(
      rows,
      limit,
      ({ code, id }) => [code, id],
      (row) => viewProvider(row, binds, this.credentialNames(row)),
    );
  }

  @Post()
  @Staff('providers:write')
  @ApiOperation({ summary: 'Add a provider; it begins to connect at once', operationId: 'createProvider' })
  @ApiBody({ type: CreateProviderDto, examples: examplesByKind() })
  @ApiCreatedResponse({ type: CreatedProviderDto })
  @ApiProblems(409, 422)
  async create(
    @CurrentPrincipal() principal: Principal,
    @Body() body: CreateProviderDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CreatedProviderDto> {
    return this.answerSaved(reply, await this.save.create(body, actorOf(principal)));
  }

  @Get(':id')
  @Staff('providers:read')
  @ApiOperation({ summary: 'One provider, with its live links', operationId: 'getProvider' })
  @ApiOkResponse({ type: ProviderDto })
  @ApiProblems(404)
  async get(@IdParam() id: string, @Res({ passthrough: true }) reply: FastifyReply): Promise<ProviderDto> {
    return this.answer(reply, await this.save.current(id));
  }

  @Get(':id/links')
  @Staff('providers:read')
  @ApiOperation({
    summary: 'The links of a provider: state, window, what is in flight, last error, and which worker holds each',
    operationId: 'listProviderLinks',
  })
  @ApiOkResponse({ type: ProviderLinksDto })
  @ApiProblems(404)
  async links(@IdParam() id: string): Promise<ProviderLinksDto> {
    return viewLinks(await this.save.current(id), await this.repository.links(id));
  }

  @Patch(':id')
  @Staff('providers:write')
  @ApiOperation({
    summary: 'Change a provider; new settings or credentials begin new sessions, a new rate does not',
    operationId: 'updateProvider',
  })
  @ApiOkResponse({ type: CreatedProviderDto })
  @ApiIfMatch()
  @ApiProblems(404, 409, 422)
  async update(
    @IdParam() id: string,
    @CurrentPrincipal() principal: Principal,
    @IfMatch() version: number,
    @Body() body: UpdateProviderDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CreatedProviderDto> {
    return this.answerSaved(reply, await this.save.update(id, version, body, actorOf(principal)));
  }

  @Post(':id/pause')
  @HttpCode(200)
  @Staff('providers:write')
  @ApiOperation({
    summary: 'Stop sending and close the links; messages wait or go elsewhere',
    operationId: 'pauseProvider',
  })
  @ApiOkResponse({ type: ProviderDto })
  @ApiProblems(404, 409, 412, 422)
  async pause(
    @IdParam() id: string,
    @CurrentPrincipal() principal: Principal,
    @Body() { reason }: PauseProviderDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ProviderDto> {
    return this.answer(reply, await this.lifecycle.pause(id, reason, actorOf(principal)));
  }

  @Post(':id/resume')
  @HttpCode(200)
  @Staff('providers:write')
  @ApiOperation({
    summary: 'Send again; refused credentials are tried anew. Switches on what an account has entered',
    operationId: 'resumeProvider',
  })
  @ApiOkResponse({ type: ProviderDto })
  @ApiProblems(404, 409, 412)
  async resume(
    @IdParam() id: string,
    @CurrentPrincipal() principal: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ProviderDto> {
    return this.answer(reply, await this.lifecycle.resume(id, actorOf(principal)));
  }

  @Post(':id/drain')
  @HttpCode(200)
  @Staff('providers:write')
  @ApiOperation({ summary: 'Send nothing more, keep the links open for reports', operationId: 'drainProvider' })
  @ApiOkResponse({ type: ProviderDto })
  @ApiProblems(404, 409, 412)
  async drain(
    @IdParam() id: string,
    @CurrentPrincipal() principal: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ProviderDto> {
    return this.answer(reply, await this.lifecycle.drain(id, actorOf(principal)));
  }

  @Post(':id/callback-address')
  @Staff('providers:write')
  @ApiOperation({
    summary: 'Make a new secret address for reports; the old one is dead at once',
    operationId: 'renewProviderCallback',
  })
  @ApiCreatedResponse({ type: CallbackUrlDto })
  @ApiProblems(404, 409, 412)
  async renewCallback(@IdParam() id: string, @CurrentPrincipal() principal: Principal): Promise<CallbackUrlDto> {
    const { callbackToken } = await this.save.renewCallback(id, actorOf(principal));
    return { callbackUrl: callbackUrlOf(this.env, callbackToken) };
  }

  @Get(':id/balance')
  @Staff('providers:read')
  @ApiOperation({ summary: 'Ask the provider what is left of the balance there', operationId: 'getProviderBalance' })
  @ApiOkResponse({ type: BalanceDto })
  @ApiProblems(404, 409, 503)
  async balance(@IdParam() id: string): Promise<BalanceDto> {
    const { amount, currency, askedAt } = await this.askBalance.execute(await this.save.current(id));
    return { amount, currency, askedAt: askedAt.toISOString() };
  }

  @Post(':id/dry-run')
  @HttpCode(200)
  @Staff('providers:read')
  @ApiOperation({
    summary: 'Show the request that a message would become; secrets are masked, nothing is sent',
    operationId: 'dryRunProvider',
  })
  @ApiOkResponse({ type: DryRunResponse })
  @ApiProblems(404, 409, 422)
  async dryRun(@IdParam() id: string, @Body() body: DryRunDto): Promise<DryRunResponse> {
    return this.dryRunAction.execute(await this.save.current(id), body);
  }

  private async answerSaved(reply: FastifyReply, { row, callbackToken }: SavedProvider): Promise<CreatedProviderDto> {
    const callbackUrl = callbackToken && callbackUrlOf(this.env, callbackToken);
    return { ...(await this.answer(reply, row)), callbackUrl };
  }

  private async answer(reply: FastifyReply, row: FullProviderRow): Promise<ProviderDto> {
    reply.header('etag', etagOf(row.version));
    return viewProvider(row, await this.repository.binds([row.id]), this.credentialNames(row));
  }

  /** None when they cannot be read: ops sees that they have to be sent again. */
  private credentialNames({ id, credentials }: FullProviderRow): string[] {
    try {
      return Object.keys(this.vault.open(id, credentials).credentials).sort();
    } catch {
      return [];
    }
  }
}
