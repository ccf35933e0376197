import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Database } from '../../database/database.js';
import { ApiProblems, Staff } from '../../gateway/index.js';
import { Clock } from '../../kernel/clock.js';
import { lowestIdAt } from '../../kernel/ids.js';
import { parseInstant } from '../../kernel/zoned-time.js';
import { MessageTotalsQuery, MessageTotalsResponse } from './dto/message-totals.dto.js';
import { TOTAL_MESSAGES, TOTAL_SUBMITTED_PARTS } from './persistence/sql/total-messages.js';

const DAY_MS = 86_400_000;

/** Sums over all accounts, the platform's own included. */
@ApiTags('messages (staff)')
@Controller('admin/v1/messages')
export class MessageTotalsAdminController {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  @Get('totals')
  @Staff('messages:read')
  @ApiOperation({ summary: 'Messages of all accounts by state, and parts sent', operationId: 'getMessageTotals' })
  @ApiOkResponse({ type: MessageTotalsResponse })
  @ApiProblems(422)
  async totals(@Query() { from }: MessageTotalsQuery): Promise<MessageTotalsResponse> {
    const since = lowestIdAt(from === undefined ? new Date(this.clock.now().getTime() - DAY_MS) : parseInstant(from));
    const rows = await this.database.query<{ state: string; messages: number; parts: number }>(TOTAL_MESSAGES, [since]);
    const [submitted] = await this.database.query<{ parts: number }>(TOTAL_SUBMITTED_PARTS, [since]);
    const accepted = rows.filter(({ state }) => state !== 'blocked');
    return {
      accepted: accepted.reduce((sum, { messages }) => sum + messages, 0),
      blocked: rows.find(({ state }) => state === 'blocked')?.messages ?? 0,
      states: Object.fromEntries(accepted.map(({ state, messages }) => [state, messages])),
      parts: accepted.reduce((sum, { parts }) => sum + parts, 0),
      submitted: submitted?.parts ?? 0,
    };
  }
}
