import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/index.js';
import { TariffsModule } from '../tariffs/index.js';
import { TemplatesService } from './templates.service.js';

/** Texts with variables, and what they will cost. */
@Module({ imports: [AccountsModule, TariffsModule], providers: [TemplatesService], exports: [TemplatesService] })
export class TemplatesModule {}
