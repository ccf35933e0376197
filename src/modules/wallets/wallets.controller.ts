import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems, CurrentAccount, IdParam, RequirePermission } from '../../gateway/index.js';
import { ListTransactionsQuery, TransactionPage } from './dto/transaction.dto.js';
import { WalletPage, WalletResponse } from './dto/wallet.dto.js';
import { WalletReads } from './wallet-reads.js';

@ApiTags('wallets')
@Controller('v1/wallets')
export class WalletsController {
  constructor(private readonly reads: WalletReads) {}

  @Get()
  @RequirePermission('wallets:read')
  @ApiOperation({ summary: 'Wallets with their balances', operationId: 'listWallets' })
  @ApiOkResponse({ type: WalletPage })
  list(@CurrentAccount() accountId: string): Promise<WalletPage> {
    return this.reads.list(accountId);
  }

  @Get(':id')
  @RequirePermission('wallets:read')
  @ApiOperation({ summary: 'One wallet with its balance', operationId: 'getWallet' })
  @ApiOkResponse({ type: WalletResponse })
  @ApiProblems(404)
  async get(@CurrentAccount() accountId: string, @IdParam() id: string): Promise<WalletResponse> {
    return WalletResponse.of(await this.reads.get(accountId, id));
  }

  @Get(':id/transactions')
  @RequirePermission('wallets:read')
  @ApiOperation({
    summary: 'Statement of a wallet over all services that it pays, with the balance after each transaction',
    operationId: 'listWalletTransactions',
  })
  @ApiOkResponse({ type: TransactionPage })
  @ApiProblems(400, 404, 422)
  transactions(
    @CurrentAccount() accountId: string,
    @IdParam() id: string,
    @Query() query: ListTransactionsQuery,
  ): Promise<TransactionPage> {
    return this.reads.transactions(accountId, id, query);
  }
}
