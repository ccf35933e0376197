import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../database/database.js';
import { decodeIdCursor, type Page, toPage } from '../../database/page.js';
import { lowestIdAt, NIL_ID } from '../../kernel/ids.js';
import { parseInstant } from '../../kernel/zoned-time.js';
import type { ListInboundQuery, StaffInboundQuery } from './dto/inbound.dto.js';
import {
  FIND_INBOUND,
  type InboundMessageRow,
  LIST_ALL_INBOUND,
  LIST_INBOUND,
} from './persistence/sql/inbound-messages.js';

const AFTER_ALL = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** Messages from phones, newest first. */
@Injectable()
export class InboundReads {
  constructor(private readonly database: Database) {}

  async ofAccount<T>(
    accountId: string,
    query: ListInboundQuery & { providerId?: string },
    view: (row: InboundMessageRow) => T,
  ): Promise<Page<T>> {
    const { before, from } = boundsOf(query);
    const values = [accountId, before, from, query.from ?? null, query.providerId ?? null, query.limit + 1];
    const rows = await this.database.query<InboundMessageRow>(LIST_INBOUND, values);
    return toPage(rows, query.limit, ({ id }) => [id], view);
  }

  /** Those that are there, in no order. */
  byIds(tx: Tx, keys: readonly { accountId: string; id: string }[]): Promise<InboundMessageRow[]> {
    return tx.query<InboundMessageRow>(FIND_INBOUND, [
      keys.map(({ accountId }) => accountId),
      keys.map(({ id }) => id),
    ]);
  }

  async ofAll<T>(query: StaffInboundQuery, view: (row: InboundMessageRow) => T): Promise<Page<T>> {
    const { before, from } = boundsOf(query);
    const values = [before, from, query.from ?? null, query.providerId ?? null, query.limit + 1];
    const rows = await this.database.query<InboundMessageRow>(LIST_ALL_INBOUND, values);
    return toPage(rows, query.limit, ({ id }) => [id], view);
  }
}

function boundsOf({ cursor, since, until }: ListInboundQuery): { before: string; from: string } {
  const after = decodeIdCursor(cursor);
  const end = until === undefined ? AFTER_ALL : lowestIdAt(parseInstant(until));
  return {
    before: after !== null && after < end ? after : end,
    from: since === undefined ? NIL_ID : lowestIdAt(parseInstant(since)),
  };
}
