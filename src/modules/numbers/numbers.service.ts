import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import type { Tx } from '../../database/database.js';
import type { FoundOperator, NumberBook } from './domain/number-book.js';
import { unknownOperator } from './numbers.errors.js';
import { BookReader, type ReadBook } from './persistence/book-reader.js';
import { OperatorsRepository } from './persistence/operators.repository.js';

/** For how long a process may go by what it read; then it asks whether that is still so. */
const CHECK_MS = 2_000;

/** Whose numbers are whose, at an instant. */
export type OperatorLookup = Pick<NumberBook, 'operatorOf'>;

/**
 * The door to the operators of numbers. The first who asks waits until all is read; after that nobody does: what changed in another process
 * is read in the background, within two seconds and as long as the reading takes.
 */
@Injectable()
export class NumbersService implements OnModuleDestroy {
  private readonly logger = new Logger('numbers');
  private known: ReadBook | undefined;
  private checkedAt = 0;
  private reading: Promise<void> | undefined;

  constructor(
    private readonly reader: BookReader,
    private readonly operators: OperatorsRepository,
  ) {}

  /** Ask again for every batch, or keep {@link current}, which follows. */
  async book(): Promise<NumberBook> {
    if (!this.known) await (this.reading ??= this.read());
    else if (performance.now() - this.checkedAt > CHECK_MS)
      this.reading ??= this.read().catch((error: Error) => this.logger.warn(`numbers were not read: ${error.message}`));
    return this.known!.book;
  }

  /** Looks things up in what was read last; once {@link book} has answered. */
  readonly current: OperatorLookup = { operatorOf: (digits) => this.known?.book.operatorOf(digits) ?? null };

  /** Whose a number is and which rule said so; null: nobody said. */
  async explain(digits: string): Promise<FoundOperator | null> {
    return (await this.book()).explain(digits);
  }

  /** Refuses a code that nobody has: invalid, with the pointer `/operatorCode`. */
  async expectOperator(code: string, on?: Tx): Promise<void> {
    if (!(await this.operators.find(code, on))) throw unknownOperator();
  }

  /** After a change of this process was committed: when it resolves, the change is in the book. */
  async refresh(): Promise<void> {
    // What is being read now may be from before the change.
    await this.reading?.catch(() => undefined);
    if (this.known) await (this.reading ??= this.read());
  }

  async onModuleDestroy(): Promise<void> {
    await this.reading?.catch(() => undefined);
  }

  private async read(): Promise<void> {
    try {
      this.checkedAt = performance.now();
      if (!this.known || (await this.reader.version()) !== this.known.version) this.known = await this.reader.read();
    } finally {
      this.reading = undefined;
    }
  }
}
