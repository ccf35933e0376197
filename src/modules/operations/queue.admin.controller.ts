import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { cursorId, cursorNumber, decodeCursor, toPage } from '../../database/page.js';
import { ApiProblems, Staff } from '../../gateway/index.js';
import { ListQueueQuery, QueuePageDto, QueueTotalsDto } from './dto/queue.dto.js';
import { QueueView } from './queue-view.js';

@ApiTags('queue')
@Controller('admin/v1/queue')
export class QueueAdminController {
  constructor(private readonly queue: QueueView) {}

  @Get()
  @Staff('queue:read')
  @ApiOperation({
    summary: 'What waits, by provider, lane and account, with the age of the oldest due message',
    operationId: 'listQueue',
  })
  @ApiOkResponse({ type: QueuePageDto })
  @ApiProblems(400, 422)
  async list(@Query() { cursor, limit, ...filter }: ListQueueQuery): Promise<QueuePageDto> {
    const key = decodeCursor(cursor, cursorId, cursorNumber, cursorId);
    const after = key && { providerId: key[0], lane: key[1], accountId: key[2] };
    const rows = await this.queue.list(filter, after, limit);
    return toPage(
      rows,
      limit,
      ({ key: lastKey }) => lastKey,
      ({ entry }) => entry,
    );
  }

  @Get('totals')
  @Staff('queue:read')
  @ApiOperation({ summary: 'What waits, by provider and lane', operationId: 'getQueueTotals' })
  @ApiOkResponse({ type: QueueTotalsDto })
  async totals(): Promise<QueueTotalsDto> {
    return { data: await this.queue.totals() };
  }
}
