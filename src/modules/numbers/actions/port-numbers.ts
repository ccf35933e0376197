import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../../database/database.js';
import type { Actor } from '../../../gateway/index.js';
import { Clock } from '../../../kernel/clock.js';
import { maskMsisdn, parseMsisdn } from '../../../kernel/msisdn.js';
import { AccountAudit, AccountsService } from '../../accounts/index.js';
import { Refusals, type RefusedRow } from '../domain/file-rows.js';
import { readRows } from '../imports/read-lines.js';
import { notPorted, nothingToTake } from '../numbers.errors.js';
import { NumbersService } from '../numbers.service.js';
import { BookReader } from '../persistence/book-reader.js';
import { OperatorsRepository } from '../persistence/operators.repository.js';
import { PortedRepository } from '../persistence/ported.repository.js';

export interface PortedImport {
  rows: number;
  numbers: number;
  refused: number;
  refusals: RefusedRow[];
}

/** Numbers of one statement. */
const BATCH = 5_000;

/** Says that numbers are another operator's than their range says, one or many. Audited, without the numbers themselves. */
@Injectable()
export class PortNumbers {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly accounts: AccountsService,
    private readonly audit: AccountAudit,
    private readonly operators: OperatorsRepository,
    private readonly ported: PortedRepository,
    private readonly reader: BookReader,
    private readonly numbers: NumbersService,
  ) {}

  /** Refuses an operator that nobody knows. */
  async put(number: string, operatorCode: string, actor: Actor): Promise<Date> {
    const now = this.clock.now();
    await this.change('number.ported', `number:${maskMsisdn(number)}`, { operatorCode }, actor, async (tx) => {
      await this.numbers.expectOperator(operatorCode, tx);
      await this.ported.put(tx, [number], [operatorCode], now);
    });
    return now;
  }

  /** The range says again whose it is. Refuses one that was not entered: not_found. */
  async remove(number: string, actor: Actor): Promise<void> {
    await this.change('number.port_removed', `number:${maskMsisdn(number)}`, {}, actor, async (tx) => {
      if (!(await this.ported.delete(tx, number))) throw notPorted();
    });
  }

  /** A file of `number;operator code`, with a header or without; of a number that is there twice the last counts. All in one transaction. */
  async import(body: Readable, actor: Actor): Promise<PortedImport> {
    const known = new Set(await this.operators.codes());
    const found = new Map<string, string>();
    const refusals = new Refusals();
    let rows = 0;
    for await (const { line, fields } of readRows(body)) {
      const [written = '', operatorCode = ''] = fields;
      const number = parseMsisdn(written);
      // The names of the columns.
      if (line === 1 && !number.ok && !/\d/.test(written)) continue;
      rows += 1;
      if (!number.ok) refusals.add(line, fields.length < 2 ? 'columns_missing' : 'invalid_number');
      else if (!known.has(operatorCode)) refusals.add(line, 'operator_not_found');
      else found.set(number.digits, operatorCode);
    }
    if (found.size === 0) throw nothingToTake();
    const report = { rows, numbers: found.size, refused: refusals.count, refusals: refusals.kept() };
    const { numbers, refused } = report;
    await this.change('numbers.ported', 'ported_numbers', { rows, numbers, refused }, actor, (tx) =>
      this.putAll(tx, [...found]),
    );
    return report;
  }

  private async putAll(tx: Tx, all: readonly (readonly [string, string])[]): Promise<void> {
    const now = this.clock.now();
    // In one order, so that two imports at once wait for each other instead of locking each other out.
    const sorted = all.toSorted(([one], [other]) => Number(one) - Number(other));
    for (let from = 0; from < sorted.length; from += BATCH) {
      const batch = sorted.slice(from, from + BATCH);
      await this.ported.put(
        tx,
        batch.map(([number]) => number),
        batch.map(([, operator]) => operator),
        now,
      );
    }
  }

  private async change(
    action: string,
    subject: string,
    details: Record<string, unknown>,
    actor: Actor,
    work: (tx: Tx) => Promise<void>,
  ): Promise<void> {
    const accountId = await this.accounts.platformAccountId();
    await this.database.transaction(async (tx) => {
      await work(tx);
      await this.audit.record(tx, { accountId, actor, action, subject, details });
      await this.reader.nextVersion(tx);
    });
    await this.numbers.refresh();
  }
}
