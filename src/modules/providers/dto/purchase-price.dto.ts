import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Matches } from 'class-validator';
import { IsAmount, IsInstant, IsOmittable, NestedList } from '../../../gateway/index.js';
import { formatMicros } from '../../../kernel/money.js';
import type { PurchasePriceRow } from '../persistence/purchase-prices.repository.js';

const MOST_PRICES = 1_000;
const CURRENCY = /^[A-Z]{3}$/;

/** What a provider bills, in whatever currency it bills. */
export class PurchaseMoneyDto {
  @ApiProperty({ type: String, example: '0.028000', description: 'Decimal string with six decimals.' })
  amount: string;

  @ApiProperty({ example: 'EUR', description: 'ISO 4217.' })
  currency: string;

  static of(this: void, micros: bigint, currency: string): PurchaseMoneyDto {
    return { amount: formatMicros(micros), currency };
  }
}

export class PurchasePriceInput {
  @ApiProperty({ example: '4860', description: 'Leading digits of the recipient; empty: everywhere else.' })
  @Matches(/^\d{0,15}$/, { context: { code: 'invalid_route_prefix' } })
  prefix: string;

  @ApiProperty({ example: '0.0280', description: 'For one part.' })
  @IsAmount()
  amount: string;

  @ApiProperty({ example: 'EUR', pattern: CURRENCY.source })
  @Matches(CURRENCY)
  currency: string;

  @ApiPropertyOptional({ description: 'In force from this instant on, which may be past; default: now.' })
  @IsOmittable()
  @IsInstant()
  validFrom?: string;
}

export class AddPurchasePricesDto {
  @ApiProperty({ type: [PurchasePriceInput], minItems: 1, maxItems: MOST_PRICES })
  @NestedList(() => PurchasePriceInput, { min: 1, max: MOST_PRICES })
  prices: PurchasePriceInput[];
}

export class PurchasePriceDto {
  @ApiProperty({ example: '4860' })
  prefix: string;

  @ApiProperty({ type: PurchaseMoneyDto })
  price: PurchaseMoneyDto;

  @ApiProperty({ format: 'date-time' })
  validFrom: string;

  static of(this: void, row: PurchasePriceRow): PurchasePriceDto {
    return {
      prefix: row.prefix,
      price: PurchaseMoneyDto.of(row.priceMicros, row.currency),
      validFrom: row.validFrom.toISOString(),
    };
  }
}

export class PurchasePricePageDto {
  @ApiProperty({ type: [PurchasePriceDto] })
  data: PurchasePriceDto[];

  @ApiProperty({ type: String, nullable: true })
  nextCursor: string | null;
}
