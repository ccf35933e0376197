import { ApiProperty } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import { IsAmount, IsSignedAmount, IsText } from '../../../gateway/index.js';
import { CURRENCIES, type Currency } from '../../../kernel/money.js';
import { WalletResponse } from './wallet.dto.js';

export class CreateAdjustmentDto {
  @IsSignedAmount()
  amount: string;

  @ApiProperty({ enum: CURRENCIES, example: 'RUB' })
  @IsIn(CURRENCIES)
  currency: Currency;

  @ApiProperty({ example: 'Goodwill after the outage of 3 March', description: 'Shown in the account’s statement.' })
  @IsText(500, 3)
  reason: string;
}

export class AdjustmentResponse {
  @ApiProperty({ format: 'uuid', description: 'Id of the transaction in the statement.' })
  id: string;

  @ApiProperty()
  wallet: WalletResponse;
}

export class SetCreditLimitDto {
  @IsAmount()
  amount: string;

  @ApiProperty({ enum: CURRENCIES, example: 'RUB', description: 'The wallet’s own currency.' })
  @IsIn(CURRENCIES)
  currency: Currency;
}
