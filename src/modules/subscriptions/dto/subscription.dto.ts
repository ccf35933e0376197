import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, Matches } from 'class-validator';
import { IsOmittable, MoneyDto, PageQuery } from '../../../gateway/index.js';
import type { Locale } from '../../../kernel/locale.js';
import { type Service, SERVICE_CODE, SERVICE_KINDS, type ServiceKind } from '../domain/service.js';
import { type Subscription, SUBSCRIPTION_STATUSES, type SubscriptionStatus } from '../domain/subscription.js';

export class BuyServiceDto {
  @ApiProperty({
    example: 'sales_tools',
    pattern: SERVICE_CODE.source,
    description: 'Code of a service that is offered.',
  })
  @Matches(SERVICE_CODE)
  service: string;
}

export class ServiceName {
  @ApiProperty({ example: 'sales_tools' })
  code: string;

  @ApiProperty({ example: 'Sales tools', description: 'In the caller’s language.' })
  name: string;

  @ApiProperty({ enum: SERVICE_KINDS })
  kind: ServiceKind;

  static of({ code, names, kind }: Service, locale: Locale): ServiceName {
    return { code, name: names[locale], kind };
  }
}

/** From when to when a subscription is valid, and when it is charged next. */
export class Validity {
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  validFrom: string | null;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description:
      'What is paid for, or the end of grace while it waits for funds, or when it ended; null: until further notice.',
  })
  validUntil: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'When the next period is charged.' })
  renewsAt: string | null;
}

function validityOf(subscription: Subscription): Validity {
  const { status, kind, periodStart, periodEnd, graceUntil, endedAt, cancelAtPeriodEnd } = subscription;
  const renews = status === 'active' && kind === 'recurring' && !cancelAtPeriodEnd;
  return {
    validFrom: periodStart.toISOString(),
    validUntil: (endedAt ?? graceUntil ?? periodEnd).toISOString(),
    renewsAt: renews ? periodEnd.toISOString() : null,
  };
}

export class SubscriptionResponse extends Validity {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty()
  service: ServiceName;

  @ApiProperty({
    enum: SUBSCRIPTION_STATUSES,
    description:
      'waiting_funds: a period could not be paid; the service goes on until `validUntil` and is charged by itself as soon as there is money. ' +
      'cancelled: by request. ended: a one-off is over, or nobody paid.',
  })
  status: SubscriptionStatus;

  @ApiProperty({ description: 'Of the last period, VAT included.' })
  price: MoneyDto;

  @ApiProperty({ type: 'integer', example: 1, description: 'How many periods were charged.' })
  period: number;

  @ApiProperty({ description: 'Whether it ends with what is paid.' })
  cancelAtPeriodEnd: boolean;

  @ApiProperty({ example: 'Europe/Moscow', description: 'By whose midnight its periods begin.' })
  timeZone: string;

  @ApiProperty({ enum: ['account', 'staff'] })
  boughtBy: 'account' | 'staff';

  @ApiProperty({ type: String, format: 'date-time' })
  createdAt: string;

  static of(subscription: Subscription, service: Service, locale: Locale): SubscriptionResponse {
    const { id, status, priceMicros, currency, periodNo, cancelAtPeriodEnd, timeZone, boughtBy } = subscription;
    return {
      id,
      service: ServiceName.of(service, locale),
      status,
      ...validityOf(subscription),
      price: MoneyDto.of(priceMicros, currency),
      period: periodNo,
      cancelAtPeriodEnd,
      timeZone,
      boughtBy,
      createdAt: subscription.createdAt.toISOString(),
    };
  }
}

export class SubscriptionPage {
  @ApiProperty({ type: [SubscriptionResponse] })
  data: SubscriptionResponse[];

  @ApiProperty({ type: String, nullable: true })
  nextCursor: string | null;
}

export const SERVICE_SORTS = ['status', '-status'] as const;
export type ServiceSort = (typeof SERVICE_SORTS)[number];

export class ListServicesQuery extends PageQuery {
  @ApiPropertyOptional({
    enum: SERVICE_SORTS,
    default: 'status',
    description: 'Active ones first, or those that are over; the newest first within each status.',
  })
  @IsOmittable()
  @IsIn(SERVICE_SORTS)
  sort: ServiceSort = 'status';
}

export class TariffName {
  @ApiProperty({ example: 'standard-rub' })
  code: string;

  @ApiProperty({ example: 'Standard RUB' })
  name: string;
}

export class ServiceInUseResponse extends Validity {
  @ApiProperty({ format: 'uuid', description: 'Of the subscription; of the wallet for what is paid by the message.' })
  id: string;

  @ApiProperty()
  service: ServiceName;

  @ApiProperty({ enum: SUBSCRIPTION_STATUSES })
  status: SubscriptionStatus;

  @ApiProperty({
    type: TariffName,
    nullable: true,
    description: 'By which messages are priced; null for subscriptions.',
  })
  tariff: TariffName | null;

  @ApiProperty({ type: MoneyDto, nullable: true, description: 'Of the last period, VAT included; null for messages.' })
  price: MoneyDto | null;

  @ApiProperty({
    type: String,
    nullable: true,
    format: 'uuid',
    description: 'The wallet that pays it, and its statement.',
  })
  walletId: string | null;

  @ApiProperty({ type: MoneyDto, description: 'What can be spent of that wallet, credit limit apart.' })
  balance: MoneyDto;

  static ofSubscription(
    subscription: Subscription,
    service: Service,
    locale: Locale,
    wallet: { id: string; availableMicros: bigint } | undefined,
  ): ServiceInUseResponse {
    const { id, status, priceMicros, currency } = subscription;
    return {
      id,
      service: ServiceName.of(service, locale),
      status,
      tariff: null,
      ...validityOf(subscription),
      price: MoneyDto.of(priceMicros, currency),
      walletId: wallet?.id ?? null,
      balance: MoneyDto.of(wallet?.availableMicros ?? 0n, currency),
    };
  }
}

export class ServiceInUsePage {
  @ApiProperty({ type: [ServiceInUseResponse] })
  data: ServiceInUseResponse[];

  @ApiProperty({ type: String, nullable: true })
  nextCursor: string | null;
}
