import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/index.js';
import { TariffsModule } from '../tariffs/index.js';
import { EstimateTemplate } from './actions/estimate-template.js';
import { SaveTemplate } from './actions/save-template.js';
import { TemplatesRepository } from './persistence/templates.repository.js';
import { TemplatesController } from './templates.controller.js';
import { TemplatesService } from './templates.service.js';

/** Texts with variables, and what they will cost. */
@Module({
  imports: [AccountsModule, TariffsModule],
  controllers: [TemplatesController],
  providers: [TemplatesService, TemplatesRepository, SaveTemplate, EstimateTemplate],
  exports: [TemplatesService],
})
export class TemplatesModule {}
