import { ApiProperty } from '@nestjs/swagger';
import { CURRENCIES, type Currency } from '../../../kernel/money.js';
import { MoneyDto } from '../../../gateway/index.js';
import type { Wallet } from '../domain/wallet.js';

export class WalletResponse {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ example: 'sms', description: 'What is paid from it.' })
  service: string;

  @ApiProperty({ enum: CURRENCIES, example: 'EUR' })
  currency: Currency;

  @ApiProperty({ description: 'What can be spent, credit limit apart. Negative when credit is in use.' })
  balance: MoneyDto;

  @ApiProperty({ description: 'Set aside for messages on their way and for campaigns that run.' })
  held: MoneyDto;

  @ApiProperty({ description: 'How far below zero the balance may go.' })
  creditLimit: MoneyDto;

  static of({ id, service, currency, availableMicros, heldMicros, creditLimitMicros }: Wallet): WalletResponse {
    return {
      id,
      service,
      currency,
      balance: MoneyDto.of(availableMicros, currency),
      held: MoneyDto.of(heldMicros, currency),
      creditLimit: MoneyDto.of(creditLimitMicros, currency),
    };
  }
}

/** All of an account's wallets: there are never more than a few, so the list has one page. */
export class WalletPage {
  @ApiProperty({ type: [WalletResponse] })
  data: WalletResponse[];

  @ApiProperty({ type: String, nullable: true, example: null })
  nextCursor: string | null;
}
