import { Controller, Get, Post, Query, Req } from '@nestjs/common';
import { ApiBody, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { cursorNumber, decodeCursor, decodeIdCursor, toPage } from '../../database/page.js';
import {
  actorOf,
  ApiProblems,
  CurrentPrincipal,
  type GatewayRequest,
  IdParam,
  PageQuery,
  type Principal,
  Staff,
  StreamedBody,
  streamOf,
} from '../../gateway/index.js';
import { ImportStatement } from './actions/import-statement.js';
import {
  BankStatementLinePage,
  BankStatementLineResponse,
  BankStatementPage,
  BankStatementReport,
  BankStatementResponse,
  ListStatementLinesQuery,
} from './dto/bank-statement.dto.js';
import { StatementsRepository } from './persistence/statements.repository.js';
import { statementNotFound } from './statements.errors.js';

const SAMPLE = [
  '1CClientBankExchange',
  'ВерсияФормата=1.03',
  'Кодировка=Windows',
  'РасчСчет=40702810900000000001',
  'СекцияРасчСчет',
  '…',
].join('\n');

/** Files of banks, and what became of their lines. */
@ApiTags('admin: payments')
@Controller('admin/v1/bank-statements')
export class BankStatementsAdminController {
  constructor(
    private readonly importing: ImportStatement,
    private readonly statements: StatementsRepository,
  ) {}

  @Post()
  @Staff('payments:write')
  @ApiOperation({
    summary: 'Take a file of a bank: 1CClientBankExchange, CAMT.053 or MT940',
    description:
      'Found out by itself: the format, the encoding, and the seller by the account number. Whatever a file before it told of is credited once, so a file may be uploaded again. A file that is cut, whose sums are wrong or that is of an unknown account changes nothing.',
    operationId: 'importBankStatement',
  })
  @StreamedBody('application/octet-stream', 'text/plain', 'application/xml', 'text/xml')
  @ApiBody({ required: true, schema: { type: 'string', format: 'binary', example: SAMPLE } })
  @ApiCreatedResponse({ type: BankStatementReport })
  @ApiProblems(413, 415, 422)
  async import(@CurrentPrincipal() principal: Principal, @Req() request: GatewayRequest): Promise<BankStatementReport> {
    const id = await this.importing.execute(streamOf(request), actorOf(principal));
    return this.report(id);
  }

  @Get()
  @Staff('payments:read')
  @ApiOperation({ summary: 'Files that were taken, newest first', operationId: 'listBankStatements' })
  @ApiOkResponse({ type: BankStatementPage })
  @ApiProblems(400, 422)
  async list(@Query() { cursor, limit }: PageQuery): Promise<BankStatementPage> {
    const rows = await this.statements.list(decodeIdCursor(cursor), limit + 1);
    return toPage(rows, limit, ({ id }) => [id], BankStatementResponse.of);
  }

  @Get(':id')
  @Staff('payments:read')
  @ApiOperation({ summary: 'One file, with what became of its lines and why', operationId: 'getBankStatement' })
  @ApiOkResponse({ type: BankStatementReport })
  @ApiProblems(404)
  get(@IdParam() id: string): Promise<BankStatementReport> {
    return this.report(id);
  }

  @Get(':id/lines')
  @Staff('payments:read')
  @ApiOperation({ summary: 'The lines of a file, in its order', operationId: 'listBankStatementLines' })
  @ApiOkResponse({ type: BankStatementLinePage })
  @ApiProblems(400, 404, 422)
  async lines(
    @IdParam() id: string,
    @Query() { cursor, limit, outcome }: ListStatementLinesQuery,
  ): Promise<BankStatementLinePage> {
    const after = decodeCursor(cursor, cursorNumber)?.[0] ?? 0;
    if (!(await this.statements.find(id))) throw statementNotFound();
    const rows = await this.statements.listLines(id, outcome ?? null, after, limit + 1);
    return toPage(rows, limit, (row) => [String(row.line_no)], BankStatementLineResponse.of);
  }

  private async report(id: string): Promise<BankStatementReport> {
    const row = await this.statements.find(id);
    if (!row) throw statementNotFound();
    return { ...BankStatementResponse.of(row), reasons: await this.statements.reasons(id) };
  }
}
