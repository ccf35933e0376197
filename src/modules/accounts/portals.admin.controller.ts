import { Body, Controller, Get, Patch, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { decodeCursor, toPage } from '../../database/page.js';
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
  async list(@Query() { cursor, limit }: PageQuery): Promise<PortalPageDto> {
    const after = cursor ? decodeCursor(cursor, 1)[0]! : null;
    return toPage(await this.portals.list(after, limit), limit, ({ id }) => [id], PortalDto.of);
  }

  @Post()
  @Staff('portals:write')
  @ApiOperation({ summary: 'Add a portal', operationId: 'createPortal' })
  @ApiProblems(422)
  async create(@Body() { name }: SavePortalDto): Promise<PortalDto> {
    return PortalDto.of(await this.portals.create(name));
  }

  @Get(':id')
  @Staff('portals:read')
  @ApiOperation({ summary: 'One portal', operationId: 'getPortal' })
  @ApiProblems(404)
  async get(@IdParam() id: string): Promise<PortalDto> {
    return PortalDto.of(await this.portals.get(id));
  }

  @Patch(':id')
  @Staff('portals:write')
  @ApiOperation({ summary: 'Rename a portal', operationId: 'updatePortal' })
  @ApiProblems(404, 422)
  async rename(@IdParam() id: string, @Body() { name }: SavePortalDto): Promise<PortalDto> {
    return PortalDto.of(await this.portals.rename(id, name));
  }
}
