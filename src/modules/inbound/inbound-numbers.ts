import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../database/database.js';
import { decodeIdCursor, type Page, toPage } from '../../database/page.js';
import { type Actor, isUniqueViolation } from '../../gateway/index.js';
import { Clock } from '../../kernel/clock.js';
import { DomainError } from '../../kernel/domain-error.js';
import { newId, NIL_ID } from '../../kernel/ids.js';
import { AccountAudit, AccountsService } from '../accounts/index.js';
import { ProvidersService } from '../providers/index.js';
import type { CreateInboundNumberDto, ListInboundNumbersQuery } from './dto/inbound-number.dto.js';

export interface InboundNumberRow extends Record<string, unknown> {
  id: string;
  provider_id: string;
  address: string;
  account_id: string;
  created_at: Date;
}

const COLUMNS = 'id, provider_id, address, account_id, created_at';

/** Numbers and short codes that belong to one account alone: whatever is written to them is the account's. Audited. */
@Injectable()
export class InboundNumbers {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly accounts: AccountsService,
    private readonly providers: ProvidersService,
    private readonly audit: AccountAudit,
  ) {}

  async list<T>(query: ListInboundNumbersQuery, view: (row: InboundNumberRow) => T): Promise<Page<T>> {
    const rows = await this.database.query<InboundNumberRow>(
      `SELECT ${COLUMNS} FROM inbound_numbers
        WHERE id > $1 AND ($2::uuid IS NULL OR account_id = $2) ORDER BY id LIMIT $3`,
      [decodeIdCursor(query.cursor) ?? NIL_ID, query.accountId ?? null, query.limit + 1],
    );
    return toPage(rows, query.limit, ({ id }) => [id], view);
  }

  /** Refuses an unknown provider or account (not_found), and a number that has an owner: conflict `inbound_number_taken`. */
  async add({ providerId, address, accountId }: CreateInboundNumberDto, actor: Actor): Promise<InboundNumberRow> {
    await this.providers.get(providerId);
    await this.accounts.get(accountId);
    const now = this.clock.now();
    const insert = (tx: Tx) =>
      tx.query<InboundNumberRow>(
        `INSERT INTO inbound_numbers (${COLUMNS}) VALUES ($1, $2, $3, $4, $5) RETURNING ${COLUMNS}`,
        [newId(now), providerId, address, accountId, now],
      );
    try {
      return await this.write('inbound_number.added', actor, insert);
    } catch (error) {
      if (isUniqueViolation(error, 'inbound_numbers_address_unique'))
        throw new DomainError('conflict', 'inbound_number_taken');
      throw error;
    }
  }

  /** Refuses what is not there: not_found `inbound_number_not_found`. */
  async remove(id: string, actor: Actor): Promise<void> {
    await this.write('inbound_number.removed', actor, (tx) =>
      tx.query<InboundNumberRow>(`DELETE FROM inbound_numbers WHERE id = $1 RETURNING ${COLUMNS}`, [id]),
    );
  }

  private write(
    action: string,
    actor: Actor,
    work: (tx: Tx) => Promise<InboundNumberRow[]>,
  ): Promise<InboundNumberRow> {
    return this.database.transaction(async (tx) => {
      const [row] = await work(tx);
      if (!row) throw new DomainError('not_found', 'inbound_number_not_found');
      const { id, address, account_id: accountId, provider_id: providerId } = row;
      const details = { address, providerId };
      await this.audit.record(tx, { accountId, actor, action, subject: `inbound_number:${id}`, details });
      return row;
    });
  }
}
