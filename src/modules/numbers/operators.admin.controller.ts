import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Put, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { cursorText, decodeCursor, toPage } from '../../database/page.js';
import {
  actorOf,
  ApiIfMatch,
  ApiProblems,
  CurrentPrincipal,
  etagOf,
  IfMatch,
  type Principal,
  Staff,
} from '../../gateway/index.js';
import { SaveOperator } from './actions/save-operator.js';
import { type Operator, OPERATOR_CODE } from './domain/operator.js';
import {
  CreateOperatorDto,
  GiveOperatorNameDto,
  ListOperatorsQuery,
  OperatorDetailResponse,
  OperatorPage,
  OperatorResponse,
  UpdateOperatorDto,
} from './dto/operator.dto.js';
import { operatorNotFound } from './numbers.errors.js';
import { OperatorsRepository } from './persistence/operators.repository.js';

@ApiTags('numbers (staff)')
@Controller('admin/v1/operators')
export class OperatorsAdminController {
  constructor(
    private readonly operators: OperatorsRepository,
    private readonly save: SaveOperator,
  ) {}

  @Get()
  @Staff('numbers:read')
  @ApiOperation({ summary: 'Operators that serve numbers, by code', operationId: 'listOperators' })
  @ApiOkResponse({ type: OperatorPage })
  @ApiProblems(400, 422)
  async list(@Query() { cursor, limit, country }: ListOperatorsQuery): Promise<OperatorPage> {
    const after = decodeCursor(cursor, cursorText(OPERATOR_CODE))?.[0] ?? null;
    const rows = await this.operators.list(country ?? null, after, limit);
    return toPage(rows, limit, ({ code }) => [code], OperatorResponse.of);
  }

  @Post()
  @Staff('numbers:write')
  @ApiOperation({
    summary: 'Add an operator, with the names that registries call it by',
    operationId: 'createOperator',
  })
  @ApiCreatedResponse({ type: OperatorDetailResponse })
  @ApiProblems(409, 422)
  async create(
    @CurrentPrincipal() principal: Principal,
    @Body() body: CreateOperatorDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OperatorDetailResponse> {
    return this.answer(reply, await this.save.create(body, actorOf(principal)));
  }

  @Get(':code')
  @Staff('numbers:read')
  @ApiOperation({ summary: 'One operator', operationId: 'getOperator' })
  @ApiOkResponse({ type: OperatorDetailResponse })
  @ApiProblems(404)
  async get(
    @Param('code') code: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OperatorDetailResponse> {
    const operator = await this.operators.find(code);
    if (!operator) throw operatorNotFound();
    return this.answer(reply, operator);
  }

  @Patch(':code')
  @Staff('numbers:write')
  @ApiOperation({ summary: 'Change how an operator is shown, or its network', operationId: 'updateOperator' })
  @ApiOkResponse({ type: OperatorDetailResponse })
  @ApiIfMatch()
  @ApiProblems(404, 422)
  async update(
    @Param('code') code: string,
    @CurrentPrincipal() principal: Principal,
    @IfMatch() version: number,
    @Body() body: UpdateOperatorDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OperatorDetailResponse> {
    return this.answer(reply, await this.save.update(code, version, body, actorOf(principal)));
  }

  @Put(':code/names')
  @Staff('numbers:write')
  @ApiOperation({
    summary: 'Say that a registry means this operator by a name',
    description: 'All ranges under the name are this operator’s from now on, whoever had them before.',
    operationId: 'giveOperatorName',
  })
  @ApiOkResponse({ type: OperatorDetailResponse })
  @ApiProblems(404, 422)
  async giveName(
    @Param('code') code: string,
    @CurrentPrincipal() principal: Principal,
    @Body() { name }: GiveOperatorNameDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OperatorDetailResponse> {
    return this.answer(reply, await this.save.giveName(code, name, actorOf(principal)));
  }

  @Delete(':code')
  @HttpCode(204)
  @Staff('numbers:write')
  @ApiOperation({ summary: 'Remove an operator that nothing names any more', operationId: 'deleteOperator' })
  @ApiNoContentResponse()
  @ApiProblems(404, 409)
  async remove(@Param('code') code: string, @CurrentPrincipal() principal: Principal): Promise<void> {
    await this.save.remove(code, actorOf(principal));
  }

  private async answer(reply: FastifyReply, operator: Operator): Promise<OperatorDetailResponse> {
    reply.header('etag', etagOf(operator.version));
    return { ...OperatorResponse.of(operator), names: await this.operators.namesOf(operator.code) };
  }
}
