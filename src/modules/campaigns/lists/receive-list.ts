import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { Database } from '../../../database/database.js';
import { Clock } from '../../../kernel/clock.js';
import { DomainError } from '../../../kernel/domain-error.js';
import { newId } from '../../../kernel/ids.js';
import { parseMsisdn } from '../../../kernel/msisdn.js';
import { AccountsService } from '../../accounts/index.js';
import { unreadableFile, uploadInterrupted } from '../campaigns.errors.js';
import { type CsvRow, type DelimiterName, type Encoding, readCsv } from './csv-reader.js';
import { DiscardLists, isReceiving, type ListError } from './discard-lists.js';
import { isConsent, type ListColumns, readHeader } from './list-columns.js';
import { findList, insertRows, type ListRow, type NewRow } from './lists.repository.js';

const BATCH = 1_000;
export const MAX_ROWS = 1_000_000;

export interface ReceiveList {
  accountId: string;
  name: string;
  body: Readable;
  encoding: Encoding;
  delimiter?: DelimiterName;
  phoneColumn?: string;
  consentColumn?: string;
  country?: string;
}

type Counts = Record<NewRow['status'], number>;

/**
 * Takes an uploaded file row by row, in short transactions. The list can be used only when the whole file was read (`ready`); a
 * file that breaks off or cannot be read leaves a list that is `failed`, with the reason and no rows.
 */
@Injectable()
export class ReceiveListAction {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly accounts: AccountsService,
    private readonly discarding: DiscardLists,
  ) {}

  async run(request: ReceiveList): Promise<ListRow> {
    const { accountId } = request;
    const country = request.country ?? (await this.accounts.get(accountId)).country;
    const id = newId(this.clock.now());
    await this.database.query(
      `INSERT INTO recipient_lists (account_id, id, name, state, created_at) VALUES ($1, $2, $3, 'receiving', $4)`,
      [accountId, id, request.name, this.clock.now()],
    );
    try {
      const { columns, counts } = await this.read(request, id, country);
      await this.finish(accountId, id, columns, counts);
    } catch (error) {
      // Whatever went wrong, nothing of the file can be used by mistake.
      await this.discarding.discard(accountId, id, reasonOf(error));
      throw error;
    }
    return (await findList(this.database, accountId, id))!;
  }

  private async read(
    request: ReceiveList,
    id: string,
    country: string,
  ): Promise<{ columns: ListColumns; counts: Counts }> {
    const counts: Counts = { ok: 0, invalid_number: 0, duplicate: 0, no_consent: 0 };
    let columns: ListColumns | undefined;
    let batch: NewRow[] = [];
    let rowNo = 0;
    const flush = async () => {
      const written = await this.database.transaction(async (tx) => {
        if (!(await isReceiving(tx, request.accountId, id))) throw uploadInterrupted();
        return insertRows(tx, request.accountId, id, batch);
      });
      for (const { status } of written) counts[status]++;
      batch = [];
    };
    for await (const row of readCsv(request.body, request)) {
      if (!columns) {
        columns = readHeader(row.fields, request);
        continue;
      }
      if (++rowNo > MAX_ROWS) throw unreadableFile('list_too_large', { max: MAX_ROWS, megabytes: 200 });
      batch.push(toRow(row, rowNo, columns, country));
      if (batch.length === BATCH) await flush();
    }
    if (batch.length > 0) await flush();
    if (!columns || rowNo === 0) throw unreadableFile('list_empty');
    return { columns, counts };
  }

  private async finish(accountId: string, id: string, columns: ListColumns, counts: Counts): Promise<void> {
    const finished = await this.database.query(
      `UPDATE recipient_lists SET state = 'ready', columns = $3, phone_column = $4, consent_column = $5, ok_rows = $6, invalid_rows = $7,
              duplicate_rows = $8, no_consent_rows = $9, finished_at = $10
       WHERE account_id = $1 AND id = $2 AND state = 'receiving' AND error IS NULL RETURNING id`,
      [
        accountId,
        id,
        columns.names,
        columns.names[columns.phone],
        columns.consent === null ? null : columns.names[columns.consent],
        counts.ok,
        counts.invalid_number,
        counts.duplicate,
        counts.no_consent,
        this.clock.now(),
      ],
    );
    if (finished.length === 0) throw uploadInterrupted();
  }
}

function reasonOf(error: unknown): ListError {
  return error instanceof DomainError ? { code: error.code, ...error.details.params } : { code: 'internal_error' };
}

function toRow({ fields }: CsvRow, rowNo: number, columns: ListColumns, country: string): NewRow {
  const input = fields[columns.phone]!.trim();
  const number = parseMsisdn(input, country);
  const variables: Record<string, string> = {};
  for (const [index, name] of columns.names.entries()) {
    if (index !== columns.phone && index !== columns.consent) variables[name] = fields[index]!.trim();
  }
  const base = { rowNo, input: input.slice(0, 64), variables: JSON.stringify(variables) };
  if (!number.ok) return { ...base, digits: null, country: null, status: 'invalid_number' };
  const consented = columns.consent === null || isConsent(fields[columns.consent]!);
  return { ...base, digits: number.digits, country: number.country, status: consented ? 'ok' : 'no_consent' };
}
