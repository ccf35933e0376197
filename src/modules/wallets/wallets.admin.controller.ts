import { Body, Controller, Get, HttpCode, Post, Put, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Database } from '../../database/database.js';
import {
  actorOf,
  ApiIdempotent,
  ApiProblems,
  CurrentPrincipal,
  Idempotency,
  type IdempotencyClaim,
  IdempotencyService,
  IdParam,
  type Principal,
  Staff,
} from '../../gateway/index.js';
import { Clock } from '../../kernel/clock.js';
import { parseMicros } from '../../kernel/money.js';
import { AccountAudit, AccountsService } from '../accounts/index.js';
import { setCreditLimit } from './actions/set-credit-limit.js';
import { ledgerKey } from './domain/entry-key.js';
import { AdjustmentResponse, CreateAdjustmentDto, SetCreditLimitDto } from './dto/adjustment.dto.js';
import { ListTransactionsQuery, TransactionPage } from './dto/transaction.dto.js';
import { WalletPage, WalletResponse } from './dto/wallet.dto.js';
import { LedgerService } from './ledger.service.js';
import { WalletReads } from './wallet-reads.js';

@ApiTags('wallets (staff)')
@Controller('admin/v1/accounts/:accountId')
export class WalletsAdminController {
  constructor(
    private readonly accounts: AccountsService,
    private readonly audit: AccountAudit,
    private readonly clock: Clock,
    private readonly database: Database,
    private readonly idempotency: IdempotencyService,
    private readonly ledger: LedgerService,
    private readonly reads: WalletReads,
  ) {}

  @Get('wallets')
  @Staff('wallets:read')
  @ApiOperation({ summary: 'Wallets of an account', operationId: 'listAccountWallets' })
  @ApiOkResponse({ type: WalletPage })
  @ApiProblems(404)
  async list(@IdParam('accountId') accountId: string): Promise<WalletPage> {
    await this.accounts.get(accountId);
    return this.reads.list(accountId);
  }

  @Get('wallets/:id/transactions')
  @Staff('wallets:read')
  @ApiOperation({ summary: 'Statement of an account’s wallet', operationId: 'listAccountWalletTransactions' })
  @ApiOkResponse({ type: TransactionPage })
  @ApiProblems(400, 404, 422)
  transactions(
    @IdParam('accountId') accountId: string,
    @IdParam() id: string,
    @Query() query: ListTransactionsQuery,
  ): Promise<TransactionPage> {
    return this.reads.transactions(accountId, id, query);
  }

  @Post('adjustments')
  @Staff('wallets:adjust')
  @ApiOperation({
    summary: 'Correct a balance, up or down',
    description: 'A correction is an entry of its own with its reason. It takes no more than the wallet could spend.',
    operationId: 'createAdjustment',
  })
  @ApiIdempotent()
  @ApiCreatedResponse({ type: AdjustmentResponse })
  @ApiProblems(402, 404)
  async adjust(
    @CurrentPrincipal() principal: Principal,
    @IdParam('accountId') accountId: string,
    @Idempotency() claim: IdempotencyClaim,
    @Body() { amount, currency, reason }: CreateAdjustmentDto,
  ) {
    await this.accounts.get(accountId);
    const actor = actorOf(principal);
    const change = {
      accountId,
      currency,
      micros: parseMicros(amount),
      idempotencyKey: ledgerKey('adjustment', claim.key),
      subject: { kind: 'adjustment', id: actor.id ?? actor.kind },
      details: { reason },
    };
    return this.idempotency.execute(claim, 201, async (tx) => {
      const { entryId, wallet, replayed } = await this.ledger.adjust(tx, change, this.clock.now());
      const event = { accountId, actor, action: 'wallet.adjusted', subject: `wallet:${wallet.id}` };
      if (!replayed) await this.audit.record(tx, { ...event, details: { entryId, amount, currency, reason } });
      return { id: entryId, wallet: WalletResponse.of(wallet) };
    });
  }

  @Put('wallets/:id/credit-limit')
  @HttpCode(200)
  @Staff('wallets:limit')
  @ApiOperation({ summary: 'Say how far below zero a balance may go', operationId: 'setCreditLimit' })
  @ApiOkResponse({ type: WalletResponse })
  @ApiProblems(404, 422)
  async setCreditLimit(
    @CurrentPrincipal() principal: Principal,
    @IdParam('accountId') accountId: string,
    @IdParam() walletId: string,
    @Body() { amount, currency }: SetCreditLimitDto,
  ): Promise<WalletResponse> {
    const limit = { accountId, walletId, currency, micros: parseMicros(amount) };
    return this.database.transaction(async (tx) => {
      const { before, wallet } = await setCreditLimit(tx, limit);
      if (limit.micros > before) this.ledger.fundsCame(tx, accountId);
      await this.audit.record(tx, {
        accountId,
        actor: actorOf(principal),
        action: 'wallet.credit_limit_set',
        subject: `wallet:${walletId}`,
        details: { before: String(before), after: String(limit.micros) },
      });
      return WalletResponse.of(wallet);
    });
  }
}
