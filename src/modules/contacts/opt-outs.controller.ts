import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  ApiIdempotent,
  ApiProblems,
  CurrentAccount,
  Idempotency,
  type IdempotencyClaim,
  IdempotencyService,
  RequirePermission,
} from '../../gateway/index.js';
import { DomainError } from '../../kernel/domain-error.js';
import { parseMsisdn } from '../../kernel/msisdn.js';
import { AccountsService } from '../accounts/index.js';
import './contacts.errors.js';
import { ContactsService } from './contacts.service.js';
import { CreateOptOutDto, ListOptOutsQuery, OptOutPage, OptOutResponse } from './dto/opt-out.dto.js';

@ApiTags('contacts')
@Controller('v1/opt-outs')
export class OptOutsController {
  constructor(
    private readonly contacts: ContactsService,
    private readonly accounts: AccountsService,
    private readonly idempotency: IdempotencyService,
  ) {}

  @Get()
  @RequirePermission('contacts:read')
  @ApiOperation({ summary: 'Numbers that are not written to', operationId: 'listOptOuts' })
  @ApiOkResponse({ type: OptOutPage })
  @ApiProblems(400, 422)
  async list(@CurrentAccount() accountId: string, @Query() query: ListOptOutsQuery): Promise<OptOutPage> {
    const page = await this.contacts.list(accountId, {
      limit: query.limit,
      cursor: query.cursor,
      prefix: query.to,
    });
    return { data: page.data.map((optOut) => OptOutResponse.of(optOut)), nextCursor: page.nextCursor };
  }

  @Post()
  @RequirePermission('contacts:write')
  @ApiOperation({ summary: 'Stop writing to a number', operationId: 'createOptOut' })
  @ApiIdempotent()
  @ApiCreatedResponse({ type: OptOutResponse })
  async create(
    @CurrentAccount() accountId: string,
    @Idempotency() claim: IdempotencyClaim,
    @Body() body: CreateOptOutDto,
  ) {
    const digits = await this.read(accountId, body.to, body.country, '/to');
    return this.idempotency.execute(claim, 201, async (tx) =>
      OptOutResponse.of(await this.contacts.optOut(tx, { accountId, digits, source: 'portal', note: body.note })),
    );
  }

  @Delete(':to')
  @HttpCode(204)
  @RequirePermission('contacts:write')
  @ApiOperation({ summary: 'Write to a number again', operationId: 'deleteOptOut' })
  @ApiNoContentResponse()
  @ApiProblems(404, 422)
  async remove(@CurrentAccount() accountId: string, @Param('to') to: string): Promise<void> {
    await this.contacts.optIn(accountId, await this.read(accountId, to, undefined, '/to'));
  }

  private async read(accountId: string, to: string, country: string | undefined, pointer: string): Promise<string> {
    const number = parseMsisdn(to, country ?? (await this.accounts.get(accountId)).country);
    if (!number.ok)
      throw new DomainError('invalid', 'validation_failed', { errors: [{ pointer, code: 'invalid_number' }] });
    return number.digits;
  }
}
