import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { cursorId, cursorNumber, cursorText, decodeCursor, encodeCursor } from '../../database/page.js';
import { actorOf, ApiProblems, CurrentPrincipal, type Principal, Staff } from '../../gateway/index.js';
import { MoveBacklog } from './actions/move-backlog.js';
import { MoveBacklogDto, MovedBacklogResponse } from './dto/backlog-move.dto.js';

/** As PostgreSQL writes a timestamp, which is finer than ours. */
const DUE_TEXT = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?[+-]\d\d(:\d\d)?$/;

@ApiTags('queue')
@Controller('admin/v1/queue')
export class BacklogAdminController {
  constructor(private readonly backlog: MoveBacklog) {}

  @Post('move')
  @HttpCode(200)
  @Staff('messages:write')
  @ApiOperation({
    summary: 'Hand what waits for one provider to another, at most 5,000 messages in one call; prices stay',
    operationId: 'moveBacklog',
  })
  @ApiOkResponse({ type: MovedBacklogResponse })
  @ApiProblems(404, 409)
  async move(@CurrentPrincipal() principal: Principal, @Body() body: MoveBacklogDto): Promise<MovedBacklogResponse> {
    const { fromProviderId: from, toProviderId: to, lane, accountId, reason, cursor } = body;
    const after = decodeCursor(cursor, cursorNumber, cursorId, cursorId, cursorNumber, cursorText(DUE_TEXT), cursorId);
    const { next, ...result } = await this.backlog.execute(
      {
        from,
        reason,
        actor: actorOf(principal),
        ...(to !== undefined && { to }),
        ...(lane !== undefined && { lane }),
        ...(accountId !== undefined && { accountId }),
      },
      after,
    );
    return { ...result, nextCursor: next && encodeCursor(next.map(String)) };
  }
}
