import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsString, Length } from 'class-validator';
import { IsOmittable, MoneyDto } from '../../../gateway/index.js';
import type { Tariff, TariffPrice } from '../domain/price-list.js';
import { CHARGE_MOMENTS, type ChargeOn, type Traffic, TRAFFICS } from '../domain/price-list.js';

export class ListPricesQuery {
  @ApiPropertyOptional({
    example: '+48600100200',
    description:
      'Only what applies to this number; without a country code it is read as dialled in the account’s country.',
  })
  @IsOmittable()
  @IsString()
  @Length(4, 64)
  to?: string;

  @ApiPropertyOptional({
    enum: TRAFFICS,
    default: 'platform',
    description: '`own`: the fee for what goes over a provider that the account owns.',
  })
  @IsOmittable()
  @IsIn(TRAFFICS)
  traffic?: Traffic;
}

export class PriceResponse {
  @ApiProperty({ example: '48', description: 'Numbers that begin with these digits; empty: all others.' })
  prefix: string;

  @ApiProperty({ description: 'What one SMS of one part takes from the wallet; longer texts cost it for each part.' })
  price: MoneyDto;

  @ApiProperty({
    enum: CHARGE_MOMENTS,
    description: 'When it is charged: as soon as the provider has it, or on delivery.',
  })
  chargeOn: ChargeOn;

  @ApiProperty({ description: 'What was charged comes back when the message is not delivered.' })
  refundUndelivered: boolean;

  static of({ prefix, priceMicros }: TariffPrice, { currency, chargeOn, refundUndelivered }: Tariff): PriceResponse {
    return { prefix, price: MoneyDto.of(priceMicros, currency), chargeOn, refundUndelivered };
  }
}

/** The whole price list in force: one page. */
export class PricePage {
  @ApiProperty({ type: [PriceResponse] })
  data: PriceResponse[];

  @ApiProperty({ type: String, nullable: true, example: null })
  nextCursor: string | null;
}
