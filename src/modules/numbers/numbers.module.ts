import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/index.js';
import { ImportRanges } from './actions/import-ranges.js';
import { PortNumbers } from './actions/port-numbers.js';
import { SaveOperator } from './actions/save-operator.js';
import { NumbersAdminController } from './numbers.admin.controller.js';
import { NumbersService } from './numbers.service.js';
import { OperatorsAdminController } from './operators.admin.controller.js';
import { BookReader } from './persistence/book-reader.js';
import { OperatorsRepository } from './persistence/operators.repository.js';
import { PortedRepository } from './persistence/ported.repository.js';
import { RangesRepository } from './persistence/ranges.repository.js';

/** Which operator serves a number. */
@Module({
  imports: [AccountsModule],
  controllers: [OperatorsAdminController, NumbersAdminController],
  providers: [
    NumbersService,
    BookReader,
    OperatorsRepository,
    RangesRepository,
    PortedRepository,
    ImportRanges,
    PortNumbers,
    SaveOperator,
  ],
  exports: [NumbersService],
})
export class NumbersModule {}
