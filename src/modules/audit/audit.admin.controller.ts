import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Database } from '../../database/database.js';
import { Staff } from '../../gateway/index.js';
import { Clock } from '../../kernel/clock.js';
import { AuditResponse } from './dto/audit.dto.js';
import { runAudit } from './run-audit.js';

@ApiTags('audit (staff)')
@Controller('admin/v1/audit')
export class AuditAdminController {
  private running?: Promise<AuditResponse>;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  @Get()
  @Staff('audit:read')
  @ApiOperation({
    summary: 'Recompute balances, charges and attempts from the rows',
    description: 'Reads everything: not for busy hours. Whoever asks while it runs gets the same answer.',
    operationId: 'runAudit',
  })
  @ApiOkResponse({ type: AuditResponse })
  run(): Promise<AuditResponse> {
    this.running ??= this.check().finally(() => (this.running = undefined));
    return this.running;
  }

  private async check(): Promise<AuditResponse> {
    const checkedAt = this.clock.now().toISOString();
    const violations = await runAudit(this.database);
    return { checkedAt, clean: violations.length === 0, violations };
  }
}
