import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Database } from '../../database/database.js';
import { cursorId, cursorInstant, decodeCursor, encodeCursor, toPage } from '../../database/page.js';
import { actorOf, ApiProblems, CurrentPrincipal, type Principal, Staff } from '../../gateway/index.js';
import { DecideUnknown, type UnknownCursor, unknownFilterValues } from './actions/decide-unknown.js';
import {
  DecideAllUnknownDto,
  DecidedAllResponse,
  DecidedResponse,
  DecideUnknownDto,
  ListUnknownQuery,
  MAX_DECIDED,
  toUnknownFilter,
  UnknownOutcomeDto,
  UnknownOutcomePage,
} from './dto/unknown-outcome.dto.js';
import { LIST_UNKNOWN, type OpenOutcome } from './persistence/sql/unknown-outcomes.js';

/** Messages of which nobody knows whether they left. */
@ApiTags('unknown outcomes')
@Controller('admin/v1/unknown-outcomes')
export class UnknownOutcomesAdminController {
  constructor(
    private readonly database: Database,
    private readonly decideUnknown: DecideUnknown,
  ) {}

  @Get()
  @Staff('messages:read')
  @ApiOperation({
    summary: 'Messages of which nobody knows whether they left, those nearest to their deadline first',
    operationId: 'listUnknownOutcomes',
  })
  @ApiOkResponse({ type: UnknownOutcomePage })
  @ApiProblems(400, 422)
  async list(@Query() { cursor, limit, ...filter }: ListUnknownQuery): Promise<UnknownOutcomePage> {
    const rows = await this.database.query<OpenOutcome & Record<string, unknown>>(
      LIST_UNKNOWN,
      unknownFilterValues(toUnknownFilter(filter), readCursor(cursor), limit + 1),
    );
    return toPage<OpenOutcome, UnknownOutcomeDto>(rows, limit, toCursor, UnknownOutcomeDto.of);
  }

  @Post('decide')
  @HttpCode(200)
  @Staff('messages:write')
  @ApiOperation({
    summary: 'Send some of them once more, or give them up; each account’s trail says who and why',
    operationId: 'decideUnknownOutcomes',
  })
  @ApiOkResponse({ type: DecidedResponse })
  async decide(
    @CurrentPrincipal() principal: Principal,
    @Body() { messages, decision, reason }: DecideUnknownDto,
  ): Promise<DecidedResponse> {
    return { data: await this.decideUnknown.execute(messages, { decision, reason, actor: actorOf(principal) }) };
  }

  @Post('decide-all')
  @HttpCode(200)
  @Staff('messages:write')
  @ApiOperation({
    summary: `The same for all of a provider, at most ${MAX_DECIDED} in one call`,
    operationId: 'decideAllUnknownOutcomes',
  })
  @ApiOkResponse({ type: DecidedAllResponse })
  async decideAll(
    @CurrentPrincipal() principal: Principal,
    @Body() { decision, reason, cursor, ...filter }: DecideAllUnknownDto,
  ): Promise<DecidedAllResponse> {
    const made = { decision, reason, actor: actorOf(principal) };
    const after = readCursor(cursor);
    const { decided, next } = await this.decideUnknown.executeAll(toUnknownFilter(filter), after, MAX_DECIDED, made);
    return { counts: DecidedAllResponse.countsOf(decided), nextCursor: next && encodeCursor(next) };
  }
}

function readCursor(cursor: string | undefined): UnknownCursor | null {
  return decodeCursor(cursor, cursorInstant, cursorId);
}

function toCursor({ deadline, messageId }: OpenOutcome): UnknownCursor {
  return [deadline.toISOString(), messageId];
}
