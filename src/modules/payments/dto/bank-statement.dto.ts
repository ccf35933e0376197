import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import { IsOmittable, MoneyDto, PageQuery } from '../../../gateway/index.js';
import type { Currency } from '../../../kernel/money.js';
import { STATEMENT_FORMATS, type StatementFormat } from '../domain/statements/statement.js';
import {
  LINE_OUTCOMES,
  type LineOutcome,
  type LineRow,
  type StatementRow,
} from '../persistence/statements.repository.js';

const STATES = ['applying', 'applied'] as const;
const DIRECTIONS = ['in', 'out'] as const;

export class StatementAccountResponse {
  @ApiProperty({ example: '40702810900000000001', description: 'As the file writes it, without blanks.' })
  account: string;

  @ApiProperty({ example: 'RUB' })
  currency: string;

  @ApiProperty({ example: 'kabinet-ru', description: 'The seller whose account it is.' })
  seller: string;
}

export class BankStatementResponse {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ enum: STATES, description: '`applying`: some of its lines are still to be applied.' })
  state: (typeof STATES)[number];

  @ApiProperty({ enum: STATEMENT_FORMATS })
  format: StatementFormat;

  @ApiProperty({ description: 'SHA-256 of the file.' })
  sha256: string;

  @ApiProperty({ type: [StatementAccountResponse] })
  accounts: StatementAccountResponse[];

  @ApiProperty({ description: 'Lines that were read.' })
  lines: number;

  @ApiProperty({ description: 'Lines that were credited to accounts.' })
  credited: number;

  @ApiProperty({ description: 'Lines that an earlier file, or somebody by hand, had brought already.' })
  known: number;

  @ApiProperty({ description: 'Lines that somebody had to decide on when the file was applied.' })
  waiting: number;

  @ApiProperty({ description: 'Lines that are no money from customers.' })
  ignored: number;

  @ApiProperty({ format: 'date-time' })
  createdAt: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  appliedAt: string | null;

  static of(row: StatementRow): BankStatementResponse {
    const { id, accounts, lines, credited, known, waiting, ignored } = row;
    return {
      id,
      state: row.state === 'applied' ? 'applied' : 'applying',
      format: row.format!,
      sha256: row.sha256!.toString('hex'),
      accounts: accounts.map(({ account, currency, seller }) => ({ account, currency, seller })),
      lines,
      credited,
      known,
      waiting,
      ignored,
      createdAt: row.created_at.toISOString(),
      appliedAt: row.applied_at?.toISOString() ?? null,
    };
  }
}

export class OutcomeReasonResponse {
  @ApiProperty({ enum: LINE_OUTCOMES })
  outcome: LineOutcome;

  @ApiProperty({ type: String, nullable: true, example: 'no_match' })
  reason: string | null;

  @ApiProperty()
  lines: number;
}

export class BankStatementReport extends BankStatementResponse {
  @ApiProperty({ type: [OutcomeReasonResponse], description: 'What became of the lines, and why.' })
  reasons: OutcomeReasonResponse[];
}

export class BankStatementPage {
  @ApiProperty({ type: [BankStatementResponse] })
  data: BankStatementResponse[];

  @ApiProperty({ type: String, nullable: true })
  nextCursor: string | null;
}

export class ListStatementLinesQuery extends PageQuery {
  @ApiPropertyOptional({ enum: LINE_OUTCOMES })
  @IsOmittable()
  @IsIn(LINE_OUTCOMES)
  outcome?: LineOutcome;
}

/** What a bank says of one movement. */
export class BankMovementResponse {
  @ApiProperty({ enum: DIRECTIONS })
  direction: 'in' | 'out';

  @ApiProperty({ description: 'The bank takes or gives something back.' })
  reversal: boolean;

  @ApiProperty({ type: MoneyDto })
  amount: MoneyDto;

  @ApiProperty({ format: 'date' })
  bookedOn: string;

  @ApiProperty({ type: String, nullable: true, description: 'Who is on the other side.' })
  partyName: string | null;

  @ApiProperty({ type: String, nullable: true })
  partyTaxNumber: string | null;

  @ApiProperty({ type: String, nullable: true })
  partyAccount: string | null;

  @ApiProperty()
  purpose: string;

  @ApiProperty({ description: 'The same in every file that tells of this movement.' })
  reference: string;

  static movementOf(row: LineRow): BankMovementResponse {
    return {
      direction: row.direction,
      reversal: row.reversal,
      amount: MoneyDto.of(row.amount_micros, row.currency as Currency),
      bookedOn: row.booked_on,
      partyName: row.party_name,
      partyTaxNumber: row.party_tax_number,
      partyAccount: row.party_account,
      purpose: row.purpose,
      reference: row.reference,
    };
  }
}

export class BankStatementLineResponse extends BankMovementResponse {
  @ApiProperty({ description: 'From 1, in the order of the file.' })
  lineNo: number;

  @ApiProperty({ description: 'Line of the file, or entry of an XML file, where it begins.' })
  place: number;

  @ApiProperty({ enum: LINE_OUTCOMES, type: String, nullable: true, description: 'Null: not applied yet.' })
  outcome: LineOutcome | null;

  @ApiProperty({ type: String, nullable: true })
  reason: string | null;

  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  transferId: string | null;

  static of(row: LineRow): BankStatementLineResponse {
    return {
      ...BankMovementResponse.movementOf(row),
      lineNo: row.line_no,
      place: row.place,
      outcome: row.outcome,
      reason: row.reason,
      transferId: row.transfer_id,
    };
  }
}

export class BankStatementLinePage {
  @ApiProperty({ type: [BankStatementLineResponse] })
  data: BankStatementLineResponse[];

  @ApiProperty({ type: String, nullable: true })
  nextCursor: string | null;
}
