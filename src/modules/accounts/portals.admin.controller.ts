import { Body, Controller, Get, Patch, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { decodeIdCursor, toPage } from '../../database/page.js';
import { ApiProblems, IdParam, PageQuery, Staff } from '../../gateway/index.js';
import { PortalDto, PortalPageDto, SavePortalDto } from './dto/portal.dto.js';
import { PortalsService } from './portals.service.js';

@ApiTags('portals')
@Controller('admin/v1/portals')
export class PortalsAdminController {
  constructor(private readonly portals: PortalsService) {}

  @Get()
  @Staff('portals:read')
  @ApiOperation({ summary: 'Portals', operationId: 'listPortals' })
  @ApiProblems(400, 422)
  @ApiOkResponse({ type: PortalPageDto })
  async list(@Query() { cursor, limit }: PageQuery): Promise<PortalPageDto> {
    const after = decodeIdCursor(cursor);
    return toPage(await this.portals.list(after, limit), limit, ({ id }) => [id], PortalDto.of);
  }

  @Post()
  @Staff('portals:write')
  @ApiOperation({ summary: 'Add a portal', operationId: 'createPortal' })
  @ApiProblems(422)
  @ApiCreatedResponse({ type: PortalDto })
  async create(@Body() { name }: SavePortalDto): Promise<PortalDto> {
    return PortalDto.of(await this.portals.create(name));
  }

  @Get(':id')
  @Staff('portals:read')
  @ApiOperation({ summary: 'One portal', operationId: 'getPortal' })
  @ApiProblems(404)
  @ApiOkResponse({ type: PortalDto })
  async get(@IdParam() id: string): Promise<PortalDto> {
    return PortalDto.of(await this.portals.get(id));
  }

  @Patch(':id')
  @Staff('portals:write')
  @ApiOperation({ summary: 'Rename a portal', operationId: 'updatePortal' })
  @ApiProblems(404, 422)
  @ApiOkResponse({ type: PortalDto })
  async rename(@IdParam() id: string, @Body() { name }: SavePortalDto): Promise<PortalDto> {
    return PortalDto.of(await this.portals.rename(id, name));
  }
}
