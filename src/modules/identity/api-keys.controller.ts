import { Body, Controller, Delete, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { decodeIdCursor, toPage } from '../../database/page.js';
import {
  actorOf,
  ApiProblems,
  CurrentAccount,
  CurrentPrincipal,
  IdParam,
  PageQuery,
  type Principal,
  RequirePermission,
} from '../../gateway/index.js';
import { DomainError } from '../../kernel/domain-error.js';
import { ManageApiKeys } from './actions/manage-api-keys.js';
import { ApiKeyDto, ApiKeyPageDto, CreateApiKeyDto, CreatedApiKeyDto, toNewKey } from './dto/api-key.dto.js';
import { ApiKeysRepository } from './persistence/api-keys.repository.js';

@ApiTags('API keys')
@Controller('v1/api-keys')
export class ApiKeysController {
  constructor(
    private readonly keys: ApiKeysRepository,
    private readonly manage: ManageApiKeys,
  ) {}

  @Get()
  @RequirePermission('api-keys:read')
  @ApiOperation({ summary: 'API keys of the account', operationId: 'listApiKeys' })
  @ApiProblems(400, 422)
  @ApiOkResponse({ type: ApiKeyPageDto })
  async list(@CurrentAccount() accountId: string, @Query() { cursor, limit }: PageQuery): Promise<ApiKeyPageDto> {
    const after = decodeIdCursor(cursor);
    return toPage(await this.keys.list({ accountId }, after, limit), limit, ({ id }) => [id], ApiKeyDto.of);
  }

  @Get(':id')
  @RequirePermission('api-keys:read')
  @ApiOperation({ summary: 'One API key', operationId: 'getApiKey' })
  @ApiProblems(404)
  @ApiOkResponse({ type: ApiKeyDto })
  async get(@CurrentAccount() accountId: string, @IdParam() id: string): Promise<ApiKeyDto> {
    const row = await this.keys.find({ accountId }, id);
    if (!row) throw new DomainError('not_found', 'api_key_not_found');
    return ApiKeyDto.of(row);
  }

  @Post()
  @RequirePermission('api-keys:write')
  @ApiOperation({ summary: 'Make an API key; its text is told once', operationId: 'createApiKey' })
  @ApiProblems(422)
  @ApiCreatedResponse({ type: CreatedApiKeyDto })
  async create(
    @CurrentAccount() accountId: string,
    @CurrentPrincipal() principal: Principal,
    @Body() body: CreateApiKeyDto,
  ): Promise<CreatedApiKeyDto> {
    const by = { actor: actorOf(principal), permissions: principal.permissions };
    const { row, key } = await this.manage.create(by, { accountId }, toNewKey(body));
    return { ...ApiKeyDto.of(row), key };
  }

  @Delete(':id')
  @RequirePermission('api-keys:write')
  @HttpCode(204)
  @ApiOperation({ summary: 'Revoke an API key', operationId: 'deleteApiKey' })
  @ApiProblems(404)
  @ApiNoContentResponse()
  async revoke(
    @CurrentAccount() accountId: string,
    @CurrentPrincipal() principal: Principal,
    @IdParam() id: string,
  ): Promise<void> {
    await this.manage.revoke(actorOf(principal), { accountId }, id);
  }
}
