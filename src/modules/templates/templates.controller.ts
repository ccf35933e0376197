import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
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
  type Principal,
  RequirePermission,
} from '../../gateway/index.js';
import { EstimateTemplate } from './actions/estimate-template.js';
import { SaveTemplate } from './actions/save-template.js';
import { EstimateResponse, EstimateTemplateDto, EstimateTextDto } from './dto/estimate.dto.js';
import {
  CopyTemplateDto,
  CreateTemplateDto,
  ListTemplatesQuery,
  TemplatePage,
  TemplateResponse,
  UpdateTemplateDto,
} from './dto/template.dto.js';
import type { TemplateRow } from './persistence/template-row.js';
import { TemplatesRepository } from './persistence/templates.repository.js';
import { templateNotFound } from './templates.errors.js';

@ApiTags('templates')
@Controller('v1/templates')
export class TemplatesController {
  constructor(
    private readonly templates: TemplatesRepository,
    private readonly save: SaveTemplate,
    private readonly estimateTemplate: EstimateTemplate,
  ) {}

  @Get()
  @RequirePermission('templates:read')
  @ApiOperation({ summary: 'Templates, newest first', operationId: 'listTemplates' })
  @ApiOkResponse({ type: TemplatePage })
  @ApiProblems(400, 422)
  async list(@CurrentAccount() accountId: string, @Query() query: ListTemplatesQuery): Promise<TemplatePage> {
    const { limit, cursor, search, archived } = query;
    const filter = { archived: archived === 'all' ? null : archived === 'true', search: search ?? null };
    const rows = await this.templates.list(accountId, filter, decodeIdCursor(cursor), limit);
    return toPage(rows, limit, ({ id }) => [id], TemplateResponse.of);
  }

  @Post()
  @RequirePermission('templates:write')
  @ApiOperation({ summary: 'Keep a text with variables', operationId: 'createTemplate' })
  @ApiCreatedResponse({ type: TemplateResponse })
  @ApiProblems(422)
  async create(
    @CurrentAccount() accountId: string,
    @CurrentPrincipal() principal: Principal,
    @Body() body: CreateTemplateDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TemplateResponse> {
    return answer(reply, await this.save.create(accountId, actorOf(principal), body));
  }

  @Post('estimate')
  @HttpCode(200)
  @RequirePermission('templates:read')
  @ApiOperation({ summary: 'What a text that is not kept would come to', operationId: 'estimateText' })
  @ApiOkResponse({ type: EstimateResponse })
  @ApiProblems(422)
  async estimateText(@CurrentAccount() accountId: string, @Body() body: EstimateTextDto): Promise<EstimateResponse> {
    const { body: text, spelling, alphabetPolicy, ...input } = body;
    return EstimateResponse.of(
      await this.estimateTemplate.run(accountId, { body: text, spelling, alphabetPolicy }, input),
    );
  }

  @Get(':id')
  @RequirePermission('templates:read')
  @ApiOperation({ summary: 'One template, with its ETag', operationId: 'getTemplate' })
  @ApiOkResponse({ type: TemplateResponse })
  @ApiProblems(404)
  async get(
    @CurrentAccount() accountId: string,
    @IdParam() id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TemplateResponse> {
    return answer(reply, await this.find(accountId, id));
  }

  @Patch(':id')
  @RequirePermission('templates:write')
  @ApiOperation({ summary: 'Change a template', operationId: 'updateTemplate' })
  @ApiOkResponse({ type: TemplateResponse })
  @ApiIfMatch()
  @ApiProblems(404, 422)
  async update(
    @CurrentAccount() accountId: string,
    @CurrentPrincipal() principal: Principal,
    @IdParam() id: string,
    @IfMatch() version: number,
    @Body() body: UpdateTemplateDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TemplateResponse> {
    return answer(reply, await this.save.change({ accountId, id, version }, actorOf(principal), body));
  }

  @Delete(':id')
  @HttpCode(204)
  @RequirePermission('templates:write')
  @ApiOperation({ summary: 'Take a template out of use; it can be brought back', operationId: 'archiveTemplate' })
  @ApiNoContentResponse()
  @ApiProblems(404)
  archive(
    @CurrentAccount() accountId: string,
    @CurrentPrincipal() principal: Principal,
    @IdParam() id: string,
  ): Promise<void> {
    return this.save.archive({ accountId, id }, actorOf(principal));
  }

  @Post(':id/copy')
  @RequirePermission('templates:write')
  @ApiOperation({ summary: 'A new template with the same text', operationId: 'copyTemplate' })
  @ApiCreatedResponse({ type: TemplateResponse })
  @ApiProblems(404, 422)
  async copy(
    @CurrentAccount() accountId: string,
    @CurrentPrincipal() principal: Principal,
    @IdParam() id: string,
    @Body() body: CopyTemplateDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TemplateResponse> {
    return answer(reply, await this.save.copy({ accountId, id }, actorOf(principal), body.name));
  }

  @Post(':id/estimate')
  @HttpCode(200)
  @RequirePermission('templates:read')
  @ApiOperation({ summary: 'What a template would come to', operationId: 'estimateTemplate' })
  @ApiOkResponse({ type: EstimateResponse })
  @ApiProblems(404, 422)
  async estimate(
    @CurrentAccount() accountId: string,
    @IdParam() id: string,
    @Body() input: EstimateTemplateDto,
  ): Promise<EstimateResponse> {
    const { body, spelling, alphabet_policy: alphabetPolicy, samples } = await this.find(accountId, id);
    const source = { body, spelling, alphabetPolicy, samples };
    return EstimateResponse.of(await this.estimateTemplate.run(accountId, source, input));
  }

  private async find(accountId: string, id: string): Promise<TemplateRow> {
    const row = await this.templates.find(accountId, id);
    if (!row) throw templateNotFound();
    return row;
  }
}

function answer(reply: FastifyReply, row: TemplateRow): TemplateResponse {
  reply.header('etag', etagOf(row.version));
  return TemplateResponse.of(row);
}
