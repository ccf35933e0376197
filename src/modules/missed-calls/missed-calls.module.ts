import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/index.js';
import { MessagesModule } from '../messages/index.js';
import { SendersModule } from '../senders/index.js';
import { TariffsModule } from '../tariffs/index.js';
import { AnswerCallAction } from './actions/answer-call.js';
import { ApologyRights } from './apology-rights.js';
import { CallsController } from './calls.controller.js';
import { RulesController } from './rules.controller.js';
import { RulesService } from './rules.service.js';

@Module({
  imports: [AccountsModule, MessagesModule, SendersModule, TariffsModule],
  controllers: [RulesController, CallsController],
  providers: [ApologyRights, RulesService, AnswerCallAction],
})
export class MissedCallsModule {}
