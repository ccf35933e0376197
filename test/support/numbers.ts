import type { Database } from '../../src/database/database.js';
import { NumbersService } from '../../src/modules/numbers/index.js';
import { BookReader } from '../../src/modules/numbers/persistence/book-reader.js';
import { OperatorsRepository } from '../../src/modules/numbers/persistence/operators.repository.js';

/** Who serves which number, by what is in this database. */
export function numbersOf(database: Database): NumbersService {
  return new NumbersService(new BookReader(database), new OperatorsRepository(database));
}
