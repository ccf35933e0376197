import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import { decodeIdCursor, toPage } from '../../database/page.js';
import type { Locale } from '../../kernel/locale.js';
import { AlertDto, type AlertPageDto, type AlertRow, type ListAlertsQuery } from './dto/alert.dto.js';
import { LIST_ALERTS } from './persistence/sql/alerts.js';

@Injectable()
export class AlertReads {
  constructor(private readonly database: Database) {}

  /** Newest first. */
  async list(accountId: string, { cursor, limit, state }: ListAlertsQuery, locale: Locale): Promise<AlertPageDto> {
    const rows = await this.database.query<AlertRow & Record<string, unknown>>(LIST_ALERTS, [
      accountId,
      decodeIdCursor(cursor),
      state === 'open',
      limit + 1,
    ]);
    return toPage<AlertRow, AlertDto>(
      rows,
      limit,
      ({ id }) => [id],
      (row) => AlertDto.of(row, locale),
    );
  }
}
