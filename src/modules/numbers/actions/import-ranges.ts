import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { Database } from '../../../database/database.js';
import type { Actor } from '../../../gateway/index.js';
import { Clock } from '../../../kernel/clock.js';
import { newId } from '../../../kernel/ids.js';
import { AccountAudit, AccountsService } from '../../accounts/index.js';
import {
  readRegistryHeader,
  readRegistryRow,
  REGISTRY_COUNTRY,
  type RegistryColumns,
  RegistryRanges,
} from '../domain/registry.js';
import { readRows } from '../imports/read-lines.js';
import { nothingToTake, wrongHeader } from '../numbers.errors.js';
import { NumbersService } from '../numbers.service.js';
import { BookReader } from '../persistence/book-reader.js';
import { OperatorsRepository } from '../persistence/operators.repository.js';
import { type NumberImport, RangesRepository } from '../persistence/ranges.repository.js';

const HEADER = 'АВС/ DEF; От; До; Емкость; Оператор; Регион; ИНН';

/**
 * Puts a file of the Russian numbering registry (`DEF-9xx.csv`, `ABC-3xx.csv` …) in the place of what its source had. The file is read to
 * its end before anything is written, then all of it is written in one transaction: nobody ever sees half of it, and a file that breaks
 * off changes nothing. Rows that cannot be taken are reported and cost the others nothing.
 */
@Injectable()
export class ImportRanges {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly accounts: AccountsService,
    private readonly audit: AccountAudit,
    private readonly operators: OperatorsRepository,
    private readonly ranges: RangesRepository,
    private readonly reader: BookReader,
    private readonly numbers: NumbersService,
  ) {}

  /** Refuses what is no such file, and one of which no row can be taken: invalid. */
  async execute(source: string, body: Readable, actor: Actor): Promise<NumberImport> {
    const read = await readFile(body);
    const rows = read.settle();
    if (rows.length === 0) throw nothingToTake();
    const platform = await this.accounts.platformAccountId();
    const now = this.clock.now();
    const names = [...new Set(rows.map(({ operator }) => operator))];
    const done = await this.database.transaction(async (tx) => {
      const sourceNo = await this.ranges.lockSource(tx, source);
      const { numbers, newOperators } = await this.operators.numbersOfNames(tx, REGISTRY_COUNTRY, names, now);
      await this.ranges.replace(tx, sourceNo, rows, numbers);
      const report: NumberImport = {
        id: newId(now),
        source,
        imported_at: now,
        rows: read.rows,
        ranges: rows.length,
        refused: read.refusals.count,
        refusals: read.refusals.kept(),
        new_operators: newOperators,
      };
      await this.ranges.insertImport(tx, sourceNo, report);
      const { ranges, refused } = report;
      await this.audit.record(tx, {
        accountId: platform,
        actor,
        action: 'numbers.imported',
        subject: `number_source:${source}`,
        details: { importId: report.id, rows: report.rows, ranges, refused, newOperators: newOperators.length },
      });
      await this.reader.nextVersion(tx);
      return report;
    });
    await this.numbers.refresh();
    return done;
  }
}

async function readFile(body: Readable): Promise<RegistryRanges> {
  const read = new RegistryRanges();
  let columns: RegistryColumns | null = null;
  for await (const { line, fields } of readRows(body)) {
    if (columns) read.add(line, readRegistryRow(fields, columns));
    else {
      columns = readRegistryHeader(fields);
      if (!columns) throw wrongHeader(HEADER);
    }
  }
  return read;
}
