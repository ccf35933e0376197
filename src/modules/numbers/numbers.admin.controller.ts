import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query, Req } from '@nestjs/common';
import {
  ApiBody,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { cursorText, decodeCursor, decodeIdCursor, toPage } from '../../database/page.js';
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
import { type Msisdn, parseMsisdn } from '../../kernel/msisdn.js';
import { ImportRanges } from './actions/import-ranges.js';
import { PortNumbers } from './actions/port-numbers.js';
import { SOURCE_CODE } from './domain/operator.js';
import {
  ImportRangesQuery,
  ListPortedQuery,
  ListRangesQuery,
  NumberImportPage,
  NumberImportReport,
  NumberImportResponse,
  NumberRangePage,
  NumberRangeResponse,
  NumberResponse,
  PortedImportResponse,
  PortedNumberPage,
  PortedNumberResponse,
  PortNumberDto,
} from './dto/number.dto.js';
import { importNotFound, unknownNumber } from './numbers.errors.js';
import { NumbersService } from './numbers.service.js';
import { PortedRepository } from './persistence/ported.repository.js';
import { RangesRepository } from './persistence/ranges.repository.js';

const REGISTRY_SAMPLE =
  'АВС/ DEF;От;До;Емкость;Оператор;Регион;ИНН\n900;0000000;0061999;62000;ООО "Т2 Мобайл";Краснодарский край;7743895280\n';

@ApiTags('numbers (staff)')
@Controller('admin/v1')
export class NumbersAdminController {
  constructor(
    private readonly numbers: NumbersService,
    private readonly ranges: RangesRepository,
    private readonly ported: PortedRepository,
    private readonly importRanges: ImportRanges,
    private readonly portNumbers: PortNumbers,
  ) {}

  @Get('numbers/:number')
  @Staff('numbers:read')
  @ApiOperation({ summary: 'Whose a number is, and which rule says so', operationId: 'lookUpNumber' })
  @ApiOkResponse({ type: NumberResponse })
  @ApiProblems(404)
  async lookUp(@Param('number') written: string): Promise<NumberResponse> {
    const { digits, country, type } = readNumber(written);
    const found = await this.numbers.explain(digits);
    const rule = found?.rule;
    const row = rule?.kind === 'range' ? await this.ranges.find(rule.source, rule.first) : null;
    return {
      number: digits,
      country: country || null,
      type,
      operatorCode: found?.operatorCode ?? null,
      rule: rule?.kind ?? null,
      range: row && NumberRangeResponse.of(row),
    };
  }

  @Post('number-imports')
  @Staff('numbers:write')
  @ApiOperation({
    summary:
      'Take a file of the Russian numbering registry (DEF-9xx, ABC-3xx …) in the place of the last one of its source',
    description:
      'UTF-8 or windows-1251. Operators that nobody knows are added by their names. Rows that cannot be taken are reported; the others are taken, all at once.',
    operationId: 'importNumberRanges',
  })
  @StreamedBody('text/csv')
  @ApiBody({ required: true, schema: { type: 'string', example: REGISTRY_SAMPLE } })
  @ApiCreatedResponse({ type: NumberImportReport })
  @ApiProblems(413, 415, 422)
  async import(
    @CurrentPrincipal() principal: Principal,
    @Query() { source }: ImportRangesQuery,
    @Req() request: GatewayRequest,
  ): Promise<NumberImportReport> {
    const body = streamOf(request);
    return NumberImportReport.of(await this.importRanges.execute(source, body, actorOf(principal)));
  }

  @Get('number-imports')
  @Staff('numbers:read')
  @ApiOperation({ summary: 'Files that were taken, newest first', operationId: 'listNumberImports' })
  @ApiOkResponse({ type: NumberImportPage })
  @ApiProblems(400, 422)
  async listImports(@Query() { cursor, limit }: PageQuery): Promise<NumberImportPage> {
    const rows = await this.ranges.listImports(decodeIdCursor(cursor), limit);
    return toPage(rows, limit, ({ id }) => [id], NumberImportResponse.of);
  }

  @Get('number-imports/:id')
  @Staff('numbers:read')
  @ApiOperation({ summary: 'One file that was taken, with the rows that were not', operationId: 'getNumberImport' })
  @ApiOkResponse({ type: NumberImportReport })
  @ApiProblems(404)
  async getImport(@IdParam() id: string): Promise<NumberImportReport> {
    const row = await this.ranges.findImport(id);
    if (!row) throw importNotFound();
    return NumberImportReport.of(row);
  }

  @Get('number-ranges')
  @Staff('numbers:read')
  @ApiOperation({ summary: 'Ranges by source, in the order of their numbers', operationId: 'listNumberRanges' })
  @ApiOkResponse({ type: NumberRangePage })
  @ApiProblems(400, 422)
  async listRanges(@Query() { cursor, limit, source, operatorCode }: ListRangesQuery): Promise<NumberRangePage> {
    const after = decodeCursor(cursor, cursorText(SOURCE_CODE), cursorText(/^\d{1,15}$/));
    const filter = { source: source ?? null, operatorCode: operatorCode ?? null };
    const rows = await this.ranges.list(filter, after, limit);
    return toPage(rows, limit, (row) => [row.source, String(row.first)], NumberRangeResponse.of);
  }

  @Get('ported-numbers')
  @Staff('numbers:read')
  @ApiOperation({ summary: 'Numbers that left their range for another operator', operationId: 'listPortedNumbers' })
  @ApiOkResponse({ type: PortedNumberPage })
  @ApiProblems(400, 422)
  async listPorted(@Query() { cursor, limit, operatorCode }: ListPortedQuery): Promise<PortedNumberPage> {
    const after = decodeCursor(cursor, cursorText(/^\d{1,15}$/))?.[0] ?? null;
    const rows = await this.ported.list(operatorCode ?? null, after, limit);
    return toPage(rows, limit, ({ number }) => [String(number)], PortedNumberResponse.of);
  }

  @Post('ported-numbers')
  @HttpCode(200)
  @Staff('numbers:write')
  @ApiOperation({
    summary: 'Enter many ported numbers',
    description: 'Lines of number;operator code. Those that were entered before stay, or change their operator.',
    operationId: 'importPortedNumbers',
  })
  @StreamedBody('text/csv')
  @ApiBody({ required: true, schema: { type: 'string', example: 'number;operator\n+79161234567;ru-megafon\n' } })
  @ApiOkResponse({ type: PortedImportResponse })
  @ApiProblems(413, 415, 422)
  importPorted(
    @CurrentPrincipal() principal: Principal,
    @Req() request: GatewayRequest,
  ): Promise<PortedImportResponse> {
    return this.portNumbers.import(streamOf(request), actorOf(principal));
  }

  @Put('ported-numbers/:number')
  @Staff('numbers:write')
  @ApiOperation({ summary: 'Say whose a ported number is now', operationId: 'portNumber' })
  @ApiOkResponse({ type: PortedNumberResponse })
  @ApiProblems(404, 422)
  async port(
    @Param('number') written: string,
    @CurrentPrincipal() principal: Principal,
    @Body() { operatorCode }: PortNumberDto,
  ): Promise<PortedNumberResponse> {
    const { digits: number } = readNumber(written);
    const updatedAt = await this.portNumbers.put(number, operatorCode, actorOf(principal));
    return { number, operatorCode, updatedAt: updatedAt.toISOString() };
  }

  @Delete('ported-numbers/:number')
  @HttpCode(204)
  @Staff('numbers:write')
  @ApiOperation({ summary: 'Let the range say again whose a number is', operationId: 'unportNumber' })
  @ApiNoContentResponse()
  @ApiProblems(404)
  async unport(@Param('number') written: string, @CurrentPrincipal() principal: Principal): Promise<void> {
    await this.portNumbers.remove(readNumber(written).digits, actorOf(principal));
  }
}

/** With a plus or without. What is no number is nobody's: 404, as in any path. */
function readNumber(written: string): Msisdn {
  const number = parseMsisdn(written.startsWith('+') ? written : `+${written}`);
  if (!number.ok) throw unknownNumber();
  return number;
}
