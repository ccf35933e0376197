import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Database } from '../../database/database.js';
import { ApiProblems, CurrentAccount, MoneyDto, RequirePermission } from '../../gateway/index.js';
import { Clock } from '../../kernel/clock.js';
import { DomainError } from '../../kernel/domain-error.js';
import { NIL_ID } from '../../kernel/ids.js';
import type { Currency } from '../../kernel/money.js';
import { addDays, localDateAt, localTimeToInstant } from '../../kernel/zoned-time.js';
import { AccountsService } from '../accounts/index.js';
import { type Grouping, StatisticsQuery, StatisticsResponse } from './dto/statistics.dto.js';

const MAX_DAYS = 400;
const DAY_MS = 86_400_000;

/** What a row of the answer is about. A day is the account's: hours belong to the day in which they begin there ($4). */
const KEYS: Record<Grouping, string> = {
  day: `to_char(hour AT TIME ZONE $4, 'YYYY-MM-DD')`,
  state: 'state',
  source: 'source',
  country: 'country',
  provider: `CASE provider_id WHEN '${NIL_ID}' THEN '' ELSE provider_id::text END`,
};

@ApiTags('statistics')
@Controller('v1/statistics')
export class StatisticsController {
  constructor(
    private readonly database: Database,
    private readonly accounts: AccountsService,
    private readonly clock: Clock,
  ) {}

  @Get()
  @RequirePermission('statistics:read')
  @ApiOperation({
    summary: 'Messages, parts and cost of a period by day, state, source, country or provider',
    operationId: 'getStatistics',
  })
  @ApiOkResponse({ type: StatisticsResponse })
  @ApiProblems(422)
  async get(@CurrentAccount() accountId: string, @Query() query: StatisticsQuery): Promise<StatisticsResponse> {
    const { timeZone } = await this.accounts.get(accountId);
    const today = localDateAt(this.clock.now(), timeZone);
    const { from = addDays(today, -30), until = addDays(today, 1), groupBy } = query;
    const data = await this.read(
      accountId,
      startOf(from, timeZone, '/from'),
      startOf(until, timeZone, '/until'),
      timeZone,
      groupBy,
    );
    return { from, until, timeZone, groupBy, data };
  }

  private async read(
    accountId: string,
    from: Date,
    until: Date,
    timeZone: string,
    groupBy: Grouping,
  ): Promise<StatisticsResponse['data']> {
    if (until <= from || until.getTime() - from.getTime() > MAX_DAYS * DAY_MS)
      throw refusal('/until', 'invalid_period');
    const rows = await this.database.query<{
      key: string;
      currency: Currency;
      messages: number;
      parts: number;
      cost: bigint;
      held: bigint;
    }>(
      `SELECT ${KEYS[groupBy]} AS key, currency, sum(messages)::int AS messages, sum(parts)::int AS parts,
              COALESCE(sum(micros) FILTER (WHERE charge_state = 'captured'), 0)::bigint AS cost,
              COALESCE(sum(micros) FILTER (WHERE charge_state = 'held'), 0)::bigint AS held
         FROM message_statistics
        WHERE account_id = $1 AND hour >= $2 AND hour < $3 AND $4::text IS NOT NULL
        GROUP BY 1, 2 HAVING sum(messages) <> 0 ORDER BY 1, 2`,
      [accountId, from, until, timeZone],
    );
    return rows.map(({ key, currency, messages, parts, cost, held }) => ({
      key,
      messages,
      parts,
      cost: MoneyDto.of(cost, currency),
      held: MoneyDto.of(held, currency),
    }));
  }
}

/** Midnight of a local day, as an instant; hours of the roll-up begin at it or, in zones off the hour, within it. */
function startOf(date: string, timeZone: string, pointer: string): Date {
  try {
    return localTimeToInstant(date, '00:00', timeZone);
  } catch {
    throw refusal(pointer, 'invalid_date');
  }
}

function refusal(pointer: string, code: string): DomainError {
  return new DomainError('invalid', 'validation_failed', { errors: [{ pointer, code }] });
}
