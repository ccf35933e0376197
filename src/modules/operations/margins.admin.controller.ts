import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Database } from '../../database/database.js';
import { cursorText, decodeCursor, toPage } from '../../database/page.js';
import { ApiProblems, Staff } from '../../gateway/index.js';
import { Clock } from '../../kernel/clock.js';
import { DomainError } from '../../kernel/domain-error.js';
import { lowestIdAt } from '../../kernel/ids.js';
import { ListMarginsQuery, MarginDto, MarginPageDto, type MarginRow } from './dto/margin.dto.js';
import { READ_MARGINS } from './persistence/sql/read-margins.js';

const DAY_MS = 86_400_000;
const MOST_DAYS = 31;
const USUAL_DAYS = 7;
const KEY = /^[0-9a-f -]{1,64}$/;
const CURRENCY = /^([A-Z]{3})?$/;

/** What the operator earns: what accounts paid against what providers bill. */
@ApiTags('operations')
@Controller('admin/v1/margins')
export class MarginsAdminController {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  @Get()
  @Staff('margins:read')
  @ApiOperation({
    summary: 'Parts, revenue, cost and margin of a period by day, provider, route or account',
    description: 'Reads the messages of the period: not for busy hours. A line for each pair of currencies.',
    operationId: 'listMargins',
  })
  @ApiOkResponse({ type: MarginPageDto })
  @ApiProblems(400, 422)
  async list(@Query() query: ListMarginsQuery): Promise<MarginPageDto> {
    const { limit, cursor, groupBy, accountId = null, providerId = null } = query;
    const after = decodeCursor(cursor, cursorText(KEY), cursorText(CURRENCY), cursorText(CURRENCY)) ?? ['', '', ''];
    const rows = await this.database.query<MarginRow & Record<string, unknown>>(READ_MARGINS[groupBy], [
      ...boundsOf(query, this.clock.now()),
      accountId,
      providerId,
      ...after,
      limit + 1,
    ]);
    return toPage<MarginRow, MarginDto>(
      rows,
      limit,
      ({ key, currency, costCurrency }) => [key, currency, costCurrency],
      MarginDto.of,
    );
  }
}

/** Days of UTC, as ids of messages: only the partitions of the period are read. */
function boundsOf({ from, until }: Pick<ListMarginsQuery, 'from' | 'until'>, now: Date): [string, string] {
  const tomorrow = (Math.floor(now.getTime() / DAY_MS) + 1) * DAY_MS;
  const end = new Date(until ?? tomorrow);
  const start = new Date(from ?? end.getTime() - USUAL_DAYS * DAY_MS);
  const errors = [{ pointer: '/until', code: 'invalid_period' }];
  if (end <= start || end.getTime() - start.getTime() > MOST_DAYS * DAY_MS)
    throw new DomainError('invalid', 'validation_failed', { errors });
  return [lowestIdAt(start), lowestIdAt(end)];
}
