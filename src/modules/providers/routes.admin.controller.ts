import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { decodeIdCursor, toPage } from '../../database/page.js';
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
import { SaveRoute } from './actions/save-route.js';
import {
  CreateRouteDto,
  ListRoutesQuery,
  PickRouteQuery,
  RouteDto,
  RoutePageDto,
  RoutePickDto,
  UpdateRouteDto,
} from './dto/route.dto.js';
import { type RouteRow, RoutesRepository } from './persistence/routes.repository.js';
import { ProvidersService } from './providers.service.js';

@ApiTags('providers')
@Controller('admin/v1/routes')
export class RoutesAdminController {
  constructor(
    private readonly repository: RoutesRepository,
    private readonly save: SaveRoute,
    private readonly providers: ProvidersService,
  ) {}

  @Get()
  @Staff('routes:read')
  @ApiOperation({ summary: 'Routes, oldest first', operationId: 'listRoutes' })
  @ApiOkResponse({ type: RoutePageDto })
  @ApiProblems(400, 422)
  async list(@Query() { cursor, limit, ...filter }: ListRoutesQuery): Promise<RoutePageDto> {
    const after = decodeIdCursor(cursor);
    return toPage(await this.repository.list(filter, after, limit), limit, ({ id }) => [id], viewRoute);
  }

  @Get('pick')
  @Staff('routes:read')
  @ApiOperation({ summary: 'Which provider a number would take now', operationId: 'pickRoute' })
  @ApiOkResponse({ type: RoutePickDto })
  @ApiProblems(422)
  async pick(@Query() { to, lane }: PickRouteQuery): Promise<RoutePickDto> {
    return (await this.providers.routes()).pick(to, lane) ?? { providerId: null, alternatives: [] };
  }

  @Post()
  @Staff('routes:write')
  @ApiOperation({ summary: 'Add a route', operationId: 'createRoute' })
  @ApiCreatedResponse({ type: RouteDto })
  @ApiProblems(404, 409, 422)
  async create(
    @CurrentPrincipal() principal: Principal,
    @Body() body: CreateRouteDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RouteDto> {
    return answer(reply, await this.save.create(body, actorOf(principal)));
  }

  @Patch(':id')
  @Staff('routes:write')
  @ApiOperation({ summary: 'Change tier, weight or switch of a route', operationId: 'updateRoute' })
  @ApiOkResponse({ type: RouteDto })
  @ApiIfMatch()
  @ApiProblems(404, 409, 422)
  async update(
    @IdParam() id: string,
    @CurrentPrincipal() principal: Principal,
    @IfMatch() version: number,
    @Body() body: UpdateRouteDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RouteDto> {
    return answer(reply, await this.save.update(id, version, body, actorOf(principal)));
  }

  @Delete(':id')
  @HttpCode(204)
  @Staff('routes:write')
  @ApiOperation({ summary: 'Remove a route', operationId: 'deleteRoute' })
  @ApiProblems(404)
  async remove(@IdParam() id: string, @CurrentPrincipal() principal: Principal): Promise<void> {
    await this.save.remove(id, actorOf(principal));
  }
}

function answer(reply: FastifyReply, row: RouteRow): RouteDto {
  reply.header('etag', etagOf(row.version));
  return viewRoute(row);
}

function viewRoute(row: RouteRow): RouteDto {
  return {
    id: row.id,
    prefix: row.prefix,
    operatorCode: row.operator_code,
    lane: row.lane,
    tier: row.tier,
    weight: row.weight,
    providerId: row.provider_id,
    enabled: row.enabled,
    createdAt: row.created_at.toISOString(),
  };
}
