import { Body, Controller, Delete, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { decodeIdCursor, toPage } from '../../database/page.js';
import {
  actorOf,
  ApiProblems,
  CurrentPrincipal,
  IdParam,
  PageQuery,
  type Principal,
  Staff,
} from '../../gateway/index.js';
import { PortalsService } from '../accounts/index.js';
import { ManageApiKeys } from './actions/manage-api-keys.js';
import { EVERYTHING } from './domain/permissions.js';
import { ApiKeyDto, ApiKeyPageDto, CreatedApiKeyDto, CreatePortalKeyDto, toNewKey } from './dto/api-key.dto.js';
import { ApiKeysRepository } from './persistence/api-keys.repository.js';

/** Keys of portals are made by the operator's staff and handed over. */
@ApiTags('portals')
@Controller('admin/v1/portals/:portalId/api-keys')
export class PortalKeysAdminController {
  constructor(
    private readonly portals: PortalsService,
    private readonly keys: ApiKeysRepository,
    private readonly manage: ManageApiKeys,
  ) {}

  @Get()
  @Staff('portals:read')
  @ApiOperation({ summary: 'API keys of a portal', operationId: 'listPortalApiKeys' })
  @ApiProblems(400, 404, 422)
  @ApiOkResponse({ type: ApiKeyPageDto })
  async list(@IdParam('portalId') portalId: string, @Query() { cursor, limit }: PageQuery): Promise<ApiKeyPageDto> {
    await this.portals.get(portalId);
    const after = decodeIdCursor(cursor);
    return toPage(await this.keys.list({ portalId }, after, limit), limit, ({ id }) => [id], ApiKeyDto.of);
  }

  @Post()
  @Staff('portals:write')
  @ApiOperation({ summary: 'Make an API key for a portal; its text is told once', operationId: 'createPortalApiKey' })
  @ApiProblems(404, 422)
  @ApiCreatedResponse({ type: CreatedApiKeyDto })
  async create(
    @IdParam('portalId') portalId: string,
    @CurrentPrincipal() principal: Principal,
    @Body() body: CreatePortalKeyDto,
  ): Promise<CreatedApiKeyDto> {
    await this.portals.get(portalId);
    const by = { actor: actorOf(principal), permissions: EVERYTHING };
    const { row, key } = await this.manage.create(by, { portalId }, toNewKey(body));
    return { ...ApiKeyDto.of(row), key };
  }

  @Delete(':id')
  @Staff('portals:write')
  @HttpCode(204)
  @ApiOperation({ summary: 'Revoke an API key of a portal', operationId: 'deletePortalApiKey' })
  @ApiProblems(404)
  @ApiNoContentResponse()
  async revoke(
    @IdParam('portalId') portalId: string,
    @IdParam() id: string,
    @CurrentPrincipal() principal: Principal,
  ): Promise<void> {
    await this.manage.revoke(actorOf(principal), { portalId }, id);
  }
}
