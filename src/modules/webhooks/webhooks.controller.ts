import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Query, Res } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
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
import {
  ListWebhookDeliveriesQuery,
  WebhookDeliveryDto,
  WebhookDeliveryPage,
  WebhookDeliveryWithBodyDto,
} from './dto/webhook-delivery.dto.js';
import {
  CreateWebhookEndpointDto,
  RotateWebhookSecretDto,
  UpdateWebhookEndpointDto,
  WebhookEndpointDto,
  WebhookEndpointPage,
  WebhookEndpointWithSecretDto,
} from './dto/webhook-endpoint.dto.js';
import type { EndpointRow } from './persistence/sql/endpoints.js';
import { WebhookDeliveries } from './webhook-deliveries.js';
import { type FreshSecret, WebhookEndpoints } from './webhook-endpoints.js';
import './webhooks.documents.js';

@ApiTags('webhooks')
@Controller('v1/webhook-endpoints')
export class WebhooksController {
  constructor(
    private readonly endpoints: WebhookEndpoints,
    private readonly deliveries: WebhookDeliveries,
  ) {}

  @Post()
  @RequirePermission('webhooks:write')
  @ApiOperation({
    summary: 'Say where events are to be sent; the secret that signs them is told once',
    operationId: 'createWebhookEndpoint',
  })
  @ApiCreatedResponse({ type: WebhookEndpointWithSecretDto })
  @ApiProblems(409, 422)
  async create(
    @CurrentAccount() accountId: string,
    @CurrentPrincipal() principal: Principal,
    @Body() body: CreateWebhookEndpointDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<WebhookEndpointWithSecretDto> {
    return viewFresh(await this.endpoints.create(accountId, actorOf(principal), body), reply);
  }

  @Get()
  @RequirePermission('webhooks:read')
  @ApiOperation({ summary: 'Where events are sent, oldest first', operationId: 'listWebhookEndpoints' })
  @ApiOkResponse({ type: WebhookEndpointPage })
  @ApiProblems(400, 422)
  list(@CurrentAccount() accountId: string, @Query() query: PageQuery): Promise<WebhookEndpointPage> {
    return this.endpoints.list(accountId, query, WebhookEndpointDto.of);
  }

  @Get(':id')
  @RequirePermission('webhooks:read')
  @ApiOperation({ summary: 'One webhook endpoint', operationId: 'getWebhookEndpoint' })
  @ApiOkResponse({ type: WebhookEndpointDto })
  @ApiProblems(404)
  async get(
    @CurrentAccount() accountId: string,
    @IdParam() id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<WebhookEndpointDto> {
    return view(await this.endpoints.get(accountId, id), reply);
  }

  @Patch(':id')
  @RequirePermission('webhooks:write')
  @ApiOperation({
    summary: 'Change a webhook endpoint; what waits for one that is enabled again is sent at once',
    operationId: 'updateWebhookEndpoint',
  })
  @ApiOkResponse({ type: WebhookEndpointDto })
  @ApiIfMatch()
  @ApiProblems(404, 422)
  async update(
    @CurrentAccount() accountId: string,
    @CurrentPrincipal() principal: Principal,
    @IdParam() id: string,
    @IfMatch() version: number,
    @Body() body: UpdateWebhookEndpointDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<WebhookEndpointDto> {
    return view(await this.endpoints.update(accountId, actorOf(principal), id, version, body), reply);
  }

  @Delete(':id')
  @HttpCode(204)
  @RequirePermission('webhooks:write')
  @ApiOperation({ summary: 'Delete a webhook endpoint, with its deliveries', operationId: 'deleteWebhookEndpoint' })
  @ApiNoContentResponse()
  @ApiProblems(404)
  async delete(
    @CurrentAccount() accountId: string,
    @CurrentPrincipal() principal: Principal,
    @IdParam() id: string,
  ): Promise<void> {
    await this.endpoints.remove(accountId, actorOf(principal), id);
  }

  @Post(':id/rotate-secret')
  @HttpCode(200)
  @RequirePermission('webhooks:write')
  @ApiOperation({
    summary: 'Make another secret; both sign for a while',
    description: 'Told once, like the first one. The secret before the old one does not sign any more.',
    operationId: 'rotateWebhookSecret',
  })
  @ApiOkResponse({ type: WebhookEndpointWithSecretDto })
  @ApiProblems(404, 422)
  async rotateSecret(
    @CurrentAccount() accountId: string,
    @CurrentPrincipal() principal: Principal,
    @IdParam() id: string,
    @Body() { overlapHours }: RotateWebhookSecretDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<WebhookEndpointWithSecretDto> {
    return viewFresh(await this.endpoints.rotateSecret(accountId, actorOf(principal), id, overlapHours), reply);
  }

  @Post(':id/test')
  @HttpCode(202)
  @RequirePermission('webhooks:write')
  @ApiOperation({ summary: 'Send an event that says nothing, as a trial', operationId: 'testWebhookEndpoint' })
  @ApiAcceptedResponse({ type: WebhookDeliveryDto })
  @ApiProblems(404, 409)
  async test(@CurrentAccount() accountId: string, @IdParam() id: string): Promise<WebhookDeliveryDto> {
    return WebhookDeliveryDto.of(await this.deliveries.sendTest(accountId, id));
  }

  @Get(':id/deliveries')
  @RequirePermission('webhooks:read')
  @ApiOperation({
    summary: 'What it was told within 30 days, and how that went; newest first',
    operationId: 'listWebhookDeliveries',
  })
  @ApiOkResponse({ type: WebhookDeliveryPage })
  @ApiProblems(400, 404, 422)
  listDeliveries(
    @CurrentAccount() accountId: string,
    @IdParam() id: string,
    @Query() query: ListWebhookDeliveriesQuery,
  ): Promise<WebhookDeliveryPage> {
    return this.deliveries.list(accountId, id, query, WebhookDeliveryDto.of);
  }

  @Get(':id/deliveries/:eventId')
  @RequirePermission('webhooks:read')
  @ApiOperation({ summary: 'One delivery, with the body that is sent', operationId: 'getWebhookDelivery' })
  @ApiOkResponse({ type: WebhookDeliveryWithBodyDto })
  @ApiProblems(404)
  async getDelivery(
    @CurrentAccount() accountId: string,
    @IdParam() id: string,
    @IdParam('eventId') eventId: string,
  ): Promise<WebhookDeliveryWithBodyDto> {
    const row = await this.deliveries.get(accountId, id, eventId);
    return { ...WebhookDeliveryDto.of(row), body: row.body };
  }

  @Post(':id/deliveries/:eventId/redeliver')
  @HttpCode(202)
  @RequirePermission('webhooks:write')
  @ApiOperation({
    summary: 'Send an event once more, under the same id, whatever became of it',
    operationId: 'redeliverWebhook',
  })
  @ApiAcceptedResponse({ type: WebhookDeliveryDto })
  @ApiProblems(404, 409)
  async redeliver(
    @CurrentAccount() accountId: string,
    @CurrentPrincipal() principal: Principal,
    @IdParam() id: string,
    @IdParam('eventId') eventId: string,
  ): Promise<WebhookDeliveryDto> {
    return WebhookDeliveryDto.of(await this.deliveries.redeliver(accountId, actorOf(principal), id, eventId));
  }
}

function view(row: EndpointRow, reply: FastifyReply): WebhookEndpointDto {
  reply.header('etag', etagOf(row.version));
  return WebhookEndpointDto.of(row);
}

function viewFresh({ row, secret }: FreshSecret, reply: FastifyReply): WebhookEndpointWithSecretDto {
  return { ...view(row, reply), secret };
}
