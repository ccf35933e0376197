import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsIn, Matches } from 'class-validator';
import { IsAfter, IsInstant, IsOmittable, MoneyDto, PageQuery } from '../../../gateway/index.js';
import type { Currency } from '../../../kernel/money.js';
import { ENTRY_KINDS, type EntryKind } from '../domain/movement.js';
import { ENTRY_SOURCES, type EntrySource, sourceOf, STATEMENT_SORTS, type StatementSort } from '../domain/statement.js';
import { serviceOfRow, type Transaction } from '../persistence/statement.repository.js';

/** `kind=top_up&kind=refund` and `kind=top_up,refund` mean the same. */
const toList = ({ value }: { value: unknown }): unknown =>
  typeof value === 'string' ? value.split(',') : (value ?? undefined);

const IsListOf = (values: readonly string[], description: string): PropertyDecorator =>
  applyDecorators(
    ApiPropertyOptional({ enum: values, isArray: true, description: `${description}; repeated or with commas.` }),
    IsOmittable(),
    Transform(toList),
    IsArray(),
    ArrayMaxSize(values.length),
    IsIn(values, { each: true }),
  );

export class ListTransactionsQuery extends PageQuery {
  @ApiPropertyOptional({ description: 'From this instant on.' })
  @IsOmittable()
  @IsInstant()
  from?: string;

  @ApiPropertyOptional({ description: 'Before this instant.' })
  @IsOmittable()
  @IsInstant()
  @IsAfter('from')
  to?: string;

  @IsListOf(ENTRY_KINDS, 'Only these kinds')
  kind?: EntryKind[];

  @IsListOf(ENTRY_SOURCES, 'Only what is for this')
  source?: EntrySource[];

  @ApiPropertyOptional({ example: 'sales_tools', description: 'Only what is for this service, by its code.' })
  @IsOmittable()
  @Matches(/^[a-z][a-z0-9_]{0,31}$/)
  service?: string;

  @ApiPropertyOptional({
    enum: STATEMENT_SORTS,
    default: '-at',
    description:
      'By time, newest (`-at`) or oldest (`at`) first; grouped by service or source, newest first within each. The cursor of one order is ' +
      'of no use in another.',
  })
  @IsOmittable()
  @IsIn(STATEMENT_SORTS)
  sort: StatementSort = '-at';
}

export class TransactionSubject {
  @ApiProperty({ example: 'payment', description: 'What the transaction is for.' })
  kind: string;

  @ApiProperty({ example: '0199f1c2-6b8e-7000-8000-4a1f6d2c9b10' })
  id: string;
}

export class TransactionResponse {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ type: 'integer', example: 42, description: 'Place in the wallet’s history, from 1, without gaps.' })
  number: number;

  @ApiProperty({
    enum: ENTRY_KINDS,
    description:
      'top_up: money came in. hold: set aside for messages. capture: paid for messages. release: given back, not sent. ' +
      'refund: given back, paid but not delivered. reserve, unreserve: set aside for a campaign, given back by it. ' +
      'adjustment: a correction by the operator. bank_reversal: the bank took a payment back. purchase: a period of a subscription.',
  })
  kind: EntryKind;

  @ApiProperty({
    enum: ENTRY_SOURCES,
    description:
      'What it is for. What messages of campaigns cost is captured with everybody else’s: the source `campaigns` is what they set aside.',
  })
  source: EntrySource;

  @ApiProperty({
    type: String,
    nullable: true,
    example: 'sms',
    description: 'Code of the service that it pays for; null for money that came in or was corrected.',
  })
  service: string | null;

  @ApiProperty({ type: String, format: 'date-time' })
  at: string;

  @ApiProperty({ description: 'Change of the balance.' })
  amount: MoneyDto;

  @ApiProperty({ description: 'The balance after it.' })
  balance: MoneyDto;

  @ApiProperty({ description: 'Change of what is held.' })
  heldAmount: MoneyDto;

  @ApiProperty({ description: 'What is held after it.' })
  held: MoneyDto;

  @ApiProperty({ type: 'integer', example: 1, description: 'How many messages it is the sum of.' })
  count: number;

  @ApiProperty()
  subject: TransactionSubject;

  @ApiProperty({ type: String, nullable: true, description: 'Why, where a person decided it.' })
  reason: string | null;

  static of(transaction: Transaction, currency: Currency, walletService: string): TransactionResponse {
    return {
      id: transaction.id,
      number: Number(transaction.seq),
      kind: transaction.kind,
      source: sourceOf(transaction.kind),
      service: serviceOfRow(transaction, walletService),
      at: transaction.createdAt.toISOString(),
      amount: MoneyDto.of(transaction.availableChange, currency),
      balance: MoneyDto.of(transaction.availableAfter, currency),
      heldAmount: MoneyDto.of(transaction.heldChange, currency),
      held: MoneyDto.of(transaction.heldAfter, currency),
      count: transaction.itemCount,
      subject: { kind: transaction.subjectKind, id: transaction.subjectId },
      reason: transaction.details.reason ?? null,
    };
  }
}

export class TransactionPage {
  @ApiProperty({ type: [TransactionResponse] })
  data: TransactionResponse[];

  @ApiProperty({ type: String, nullable: true })
  nextCursor: string | null;
}
