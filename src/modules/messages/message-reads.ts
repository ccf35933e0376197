import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import { decodeIdCursor, toPage } from '../../database/page.js';
import { Clock } from '../../kernel/clock.js';
import { lowestIdAt } from '../../kernel/ids.js';
import { parseMsisdn } from '../../kernel/msisdn.js';
import { parseInstant } from '../../kernel/zoned-time.js';
import { AccountAudit, type AuditedEvent, AccountsService } from '../accounts/index.js';
import { type HistoryEvent, historyOf } from './domain/message-history.js';
import {
  AttemptDto,
  DeliveryReportDto,
  HistoryEventDto,
  type ListMessagesQuery,
  type MessageDetailResponse,
  type MessagePage,
  MessageResponse,
} from './dto/message.dto.js';
import { MessageDecisionDto, StaffAttemptDto, StaffMessageResponse, StaffReportDto } from './dto/staff-message.dto.js';
import { messageNotFound } from './messages.errors.js';
import {
  type AttemptRow,
  GET_MESSAGE,
  LIST_ATTEMPTS,
  LIST_MESSAGES,
  LIST_REPORTS,
  type MessageRow,
  type ReportRow,
  type WholeMessageRow,
} from './persistence/sql/read-messages.js';

interface WholeMessage {
  message: WholeMessageRow;
  attempts: AttemptRow[];
  reports: ReportRow[];
  decisions: AuditedEvent[];
  history: HistoryEvent[];
}

const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';
const AFTER_ALL = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** Messages as their account sees them. */
@Injectable()
export class MessageReads {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly accounts: AccountsService,
    private readonly audit: AccountAudit,
  ) {}

  async list(accountId: string, query: ListMessagesQuery): Promise<MessagePage> {
    const cursor = decodeIdCursor(query.cursor);
    const until = query.until === undefined ? AFTER_ALL : lowestIdAt(parseInstant(query.until));
    const from = query.from === undefined ? BEFORE_ALL : lowestIdAt(parseInstant(query.from));
    const recipient = query.to === undefined ? null : await this.digits(accountId, query.to);
    const common = [
      accountId,
      cursor !== null && cursor < until ? cursor : until,
      from,
      query.state ?? null,
      query.source ?? null,
      query.limit + 1,
    ];
    const rows = await this.database.query<MessageRow & Record<string, unknown>>(
      ...statementFor(common, recipient, query.groupId ?? null),
    );
    return toPage<MessageRow, MessageResponse>(rows, query.limit, (row) => [row.id], MessageResponse.of);
  }

  async get(accountId: string, id: string): Promise<MessageDetailResponse> {
    const { message, attempts, reports, history } = await this.read(accountId, id);
    return {
      ...MessageResponse.of(message),
      attempts: attempts.map(AttemptDto.of),
      reports: reports.map(DeliveryReportDto.of),
      history: history.map(HistoryEventDto.of),
    };
  }

  /** The same with what the account is not shown: providers, their ids and words, who decided. */
  async getWhole(accountId: string, id: string): Promise<StaffMessageResponse> {
    const { message, attempts, reports, decisions, history } = await this.read(accountId, id);
    return {
      ...StaffMessageResponse.facts(message),
      attempts: attempts.map(StaffAttemptDto.of),
      reports: reports.map(StaffReportDto.whole),
      decisions: decisions.map(MessageDecisionDto.of),
      history: history.map(HistoryEventDto.of),
    };
  }

  private async read(accountId: string, id: string): Promise<WholeMessage> {
    const [message] = await this.database.query<WholeMessageRow & Record<string, unknown>>(GET_MESSAGE, [
      accountId,
      id,
    ]);
    if (!message) throw messageNotFound();
    const [attempts, reports, decisions] = await Promise.all([
      this.database.query<AttemptRow & Record<string, unknown>>(LIST_ATTEMPTS, [accountId, id]),
      this.database.query<ReportRow & Record<string, unknown>>(LIST_REPORTS, [accountId, id]),
      this.audit.aboutMessage(this.database, accountId, id),
    ]);
    const history = historyOf({ message, attempts, reports, decisions });
    return { message, attempts, reports, decisions, history };
  }

  /** As the account's country writes it; what is no number is looked for as it stands, since such rows are kept too. */
  private async digits(accountId: string, to: string): Promise<string> {
    const read = parseMsisdn(to, (await this.accounts.get(accountId)).country);
    return read.ok ? read.digits : to;
  }
}

function statementFor(
  common: unknown[],
  recipient: string | null,
  groupId: string | null,
): [(typeof LIST_MESSAGES)['all'], unknown[]] {
  if (recipient !== null && groupId !== null)
    return [LIST_MESSAGES.byRecipientInGroup, [...common, recipient, groupId]];
  if (recipient !== null) return [LIST_MESSAGES.byRecipient, [...common, recipient]];
  if (groupId !== null) return [LIST_MESSAGES.byGroup, [...common, groupId]];
  return [LIST_MESSAGES.all, common];
}
