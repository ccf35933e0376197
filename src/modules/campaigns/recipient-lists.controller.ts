import { Controller, Get, Post, Query, Req } from '@nestjs/common';
import { ApiBody, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Database } from '../../database/database.js';
import { cursorNumber, decodeCursor, decodeIdCursor, toPage } from '../../database/page.js';
import {
  ApiProblems,
  CurrentAccount,
  type GatewayRequest,
  IdParam,
  PageQuery,
  RequirePermission,
  StreamedBody,
  streamOf,
} from '../../gateway/index.js';
import { listNotFound } from './campaigns.errors.js';
import {
  ListRowsQuery,
  RecipientListPage,
  RecipientListResponse,
  RecipientRowPage,
  RecipientRowResponse,
  UploadListQuery,
} from './dto/list.dto.js';
import { findList, listLists, pageOfRows } from './lists/lists.repository.js';
import { ReceiveListAction } from './lists/receive-list.js';

@ApiTags('campaigns')
@Controller('v1/recipient-lists')
export class RecipientListsController {
  constructor(
    private readonly database: Database,
    private readonly receive: ReceiveListAction,
  ) {}

  @Post()
  @RequirePermission('campaigns:write')
  @ApiOperation({
    summary: 'Upload recipients as CSV, streamed; every row is kept with what is wrong with it',
    operationId: 'uploadRecipientList',
  })
  @StreamedBody('text/csv')
  @ApiBody({ required: true, schema: { type: 'string', example: 'phone,klient,consent\n+79161234567,Анна,yes\n' } })
  @ApiCreatedResponse({ type: RecipientListResponse })
  @ApiProblems(413, 415, 422)
  async upload(
    @CurrentAccount() accountId: string,
    @Query() query: UploadListQuery,
    @Req() request: GatewayRequest,
  ): Promise<RecipientListResponse> {
    const body = streamOf(request);
    const list = await this.receive.run({
      ...query,
      accountId,
      body,
      encoding: query.encoding ?? 'utf-8',
    });
    return RecipientListResponse.of(list);
  }

  @Get()
  @RequirePermission('campaigns:read')
  @ApiOperation({ summary: 'Uploaded lists, newest first', operationId: 'listRecipientLists' })
  @ApiOkResponse({ type: RecipientListPage })
  @ApiProblems(400, 422)
  async list(@CurrentAccount() accountId: string, @Query() query: PageQuery): Promise<RecipientListPage> {
    const rows = await listLists(this.database, accountId, decodeIdCursor(query.cursor), query.limit + 1);
    return toPage(rows, query.limit, (row) => [row.id], RecipientListResponse.of);
  }

  @Get(':id')
  @RequirePermission('campaigns:read')
  @ApiOperation({ summary: 'One uploaded list', operationId: 'getRecipientList' })
  @ApiOkResponse({ type: RecipientListResponse })
  @ApiProblems(404)
  async get(@CurrentAccount() accountId: string, @IdParam() id: string): Promise<RecipientListResponse> {
    const row = await findList(this.database, accountId, id);
    if (!row) throw listNotFound();
    return RecipientListResponse.of(row);
  }

  @Get(':id/rows')
  @RequirePermission('campaigns:read')
  @ApiOperation({ summary: 'Row report of an uploaded list, in file order', operationId: 'listRecipientListRows' })
  @ApiOkResponse({ type: RecipientRowPage })
  @ApiProblems(400, 404, 422)
  async rows(
    @CurrentAccount() accountId: string,
    @IdParam() id: string,
    @Query() query: ListRowsQuery,
  ): Promise<RecipientRowPage> {
    if (!(await findList(this.database, accountId, id))) throw listNotFound();
    const rows = await pageOfRows(
      this.database,
      accountId,
      id,
      rowCursor(query.cursor),
      query.status ?? null,
      query.limit + 1,
    );
    return toPage(rows, query.limit, (row) => [String(row.row_no)], RecipientRowResponse.of);
  }
}

/** The row after which a page begins. */
export function rowCursor(cursor: string | undefined): number {
  return decodeCursor(cursor, cursorNumber)?.[0] ?? 0;
}
