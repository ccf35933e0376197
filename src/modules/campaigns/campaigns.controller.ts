import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Database } from '../../database/database.js';
import { decodeIdCursor, toPage } from '../../database/page.js';
import {
  actorOf,
  ApiIdempotent,
  ApiProblems,
  CurrentAccount,
  CurrentPrincipal,
  Idempotency,
  type IdempotencyClaim,
  IdempotencyService,
  IdParam,
  type Principal,
  RequirePermission,
} from '../../gateway/index.js';
import { QuoteCampaignAction } from './actions/quote-campaign.js';
import { StartCampaignAction } from './actions/start-campaign.js';
import { SteerCampaignAction } from './actions/steer-campaign.js';
import { CampaignsService } from './campaigns.service.js';
import {
  CampaignPage,
  CampaignProgressResponse,
  CampaignRecipientPage,
  CampaignRecipientResponse,
  CampaignResponse,
  CreateCampaignDto,
  ListCampaignsQuery,
  ListRecipientsQuery,
} from './dto/campaign.dto.js';
import { listCampaigns, pageOfRecipients } from './persistence/campaigns.repository.js';
import { rowCursor } from './recipient-lists.controller.js';

@ApiTags('campaigns')
@Controller('v1/campaigns')
export class CampaignsController {
  constructor(
    private readonly database: Database,
    private readonly campaigns: CampaignsService,
    private readonly quoteCampaign: QuoteCampaignAction,
    private readonly startCampaign: StartCampaignAction,
    private readonly steer: SteerCampaignAction,
    private readonly idempotency: IdempotencyService,
  ) {}

  @Post()
  @RequirePermission('campaigns:write')
  @ApiOperation({ summary: 'Prepare a campaign', operationId: 'createCampaign' })
  @ApiCreatedResponse({ type: CampaignResponse })
  @ApiProblems(404, 409, 422)
  async create(
    @CurrentPrincipal() principal: Principal,
    @CurrentAccount() accountId: string,
    @Body() body: CreateCampaignDto,
  ): Promise<CampaignResponse> {
    return CampaignResponse.of(await this.campaigns.create(accountId, actorOf(principal), body));
  }

  @Get()
  @RequirePermission('campaigns:read')
  @ApiOperation({ summary: 'Campaigns, newest first', operationId: 'listCampaigns' })
  @ApiOkResponse({ type: CampaignPage })
  @ApiProblems(400, 422)
  async list(@CurrentAccount() accountId: string, @Query() query: ListCampaignsQuery): Promise<CampaignPage> {
    const rows = await listCampaigns(
      this.database,
      accountId,
      decodeIdCursor(query.cursor),
      query.state ?? null,
      query.limit + 1,
    );
    return toPage(rows, query.limit, (row) => [row.id], CampaignResponse.of);
  }

  @Get(':id')
  @RequirePermission('campaigns:read')
  @ApiOperation({ summary: 'A campaign and how far it is', operationId: 'getCampaign' })
  @ApiOkResponse({ type: CampaignProgressResponse })
  @ApiProblems(404)
  async get(@CurrentAccount() accountId: string, @IdParam() id: string): Promise<CampaignProgressResponse> {
    const campaign = await this.campaigns.get(accountId, id);
    return { ...CampaignResponse.of(campaign), ...(await this.campaigns.progress(campaign)) };
  }

  @Post(':id/quote')
  @HttpCode(200)
  @RequirePermission('campaigns:write')
  @ApiOperation({
    summary: 'Render and price every recipient; texts and prices then hold for a day',
    operationId: 'quoteCampaign',
  })
  @ApiOkResponse({ type: CampaignResponse })
  @ApiProblems(404, 409, 422)
  async quote(@CurrentAccount() accountId: string, @IdParam() id: string): Promise<CampaignResponse> {
    return CampaignResponse.of(await this.quoteCampaign.run(accountId, id));
  }

  @Post(':id/start')
  @RequirePermission('campaigns:write')
  @ApiOperation({
    summary: 'Reserve the quote and start sending, or be told the shortfall',
    operationId: 'startCampaign',
  })
  @ApiCreatedResponse({ type: CampaignResponse })
  @ApiIdempotent()
  @ApiProblems(402, 404)
  start(
    @CurrentPrincipal() principal: Principal,
    @CurrentAccount() accountId: string,
    @IdParam() id: string,
    @Idempotency() claim: IdempotencyClaim,
  ) {
    return this.idempotency.execute(claim, 201, async (tx) =>
      CampaignResponse.of(await this.startCampaign.run(tx, accountId, actorOf(principal), id)),
    );
  }

  @Post(':id/pause')
  @HttpCode(200)
  @RequirePermission('campaigns:write')
  @ApiOperation({ summary: 'Pause: nothing more leaves until it is resumed', operationId: 'pauseCampaign' })
  @ApiOkResponse({ type: CampaignResponse })
  @ApiProblems(404, 409)
  async pause(
    @CurrentPrincipal() principal: Principal,
    @CurrentAccount() accountId: string,
    @IdParam() id: string,
  ): Promise<CampaignResponse> {
    return CampaignResponse.of(await this.steer.pause(accountId, actorOf(principal), id));
  }

  @Post(':id/resume')
  @HttpCode(200)
  @RequirePermission('campaigns:write')
  @ApiOperation({ summary: 'Resume a paused campaign', operationId: 'resumeCampaign' })
  @ApiOkResponse({ type: CampaignResponse })
  @ApiProblems(404, 409)
  async resume(
    @CurrentPrincipal() principal: Principal,
    @CurrentAccount() accountId: string,
    @IdParam() id: string,
  ): Promise<CampaignResponse> {
    return CampaignResponse.of(await this.steer.resume(accountId, actorOf(principal), id));
  }

  @Post(':id/cancel')
  @HttpCode(200)
  @RequirePermission('campaigns:write')
  @ApiOperation({ summary: 'Cancel what has not left; its money comes back', operationId: 'cancelCampaign' })
  @ApiOkResponse({ type: CampaignResponse })
  @ApiProblems(404, 409)
  async cancel(
    @CurrentPrincipal() principal: Principal,
    @CurrentAccount() accountId: string,
    @IdParam() id: string,
  ): Promise<CampaignResponse> {
    return CampaignResponse.of(await this.steer.cancel(accountId, actorOf(principal), id));
  }

  @Get(':id/recipients')
  @RequirePermission('campaigns:read')
  @ApiOperation({
    summary: 'Row report: every recipient with its text, its message, or why it was skipped',
    operationId: 'listCampaignRecipients',
  })
  @ApiOkResponse({ type: CampaignRecipientPage })
  @ApiProblems(400, 404, 422)
  async recipients(
    @CurrentAccount() accountId: string,
    @IdParam() id: string,
    @Query() query: ListRecipientsQuery,
  ): Promise<CampaignRecipientPage> {
    await this.campaigns.get(accountId, id);
    const rows = await pageOfRecipients(
      this.database,
      accountId,
      id,
      rowCursor(query.cursor),
      query.state ?? null,
      query.limit + 1,
    );
    return toPage(rows, query.limit, (row) => [String(row.row_no)], CampaignRecipientResponse.of);
  }
}
