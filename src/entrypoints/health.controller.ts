import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Database } from '../database/database.js';
import { ApiProblems, Public } from '../gateway/index.js';
import { DomainError } from '../kernel/domain-error.js';

/** For whoever keeps the process alive. */
@ApiTags('health')
@Controller('health')
@Public()
export class HealthController {
  constructor(private readonly database: Database) {}

  @Get('live')
  @ApiOperation({ summary: 'The process answers', operationId: 'isLive' })
  @ApiOkResponse()
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  @Get('startup')
  @ApiOperation({ summary: 'The process has started; it answers nothing before', operationId: 'isStarted' })
  @ApiOkResponse()
  startup(): { status: 'ok' } {
    return { status: 'ok' };
  }

  @Get('ready')
  @ApiOperation({ summary: 'The process can serve: the database answers', operationId: 'isReady' })
  @ApiOkResponse()
  @ApiProblems(503)
  async ready(): Promise<{ status: 'ok' }> {
    try {
      await this.database.query('SELECT 1 AS one');
    } catch (cause) {
      throw new DomainError('unavailable', 'unavailable', { retryAfterSeconds: 1, cause });
    }
    return { status: 'ok' };
  }
}
