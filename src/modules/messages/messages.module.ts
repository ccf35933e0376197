import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/index.js';
import { ContactsModule } from '../contacts/index.js';
import { ProvidersModule } from '../providers/index.js';
import { TariffsModule } from '../tariffs/index.js';
import { TemplatesModule } from '../templates/index.js';
import { WalletsModule } from '../wallets/index.js';
import { CallAcceptor } from './actions/accept-calls.js';
import { CallPlanner } from './actions/plan-calls.js';
import { QueueHints } from './dispatch/queue-hints.js';
import { MessageReads } from './message-reads.js';
import { MessageTotalsAdminController } from './message-totals.admin.controller.js';
import { MessagesController } from './messages.controller.js';
import { MessagesService } from './messages.service.js';

@Module({
  imports: [AccountsModule, ContactsModule, ProvidersModule, TariffsModule, TemplatesModule, WalletsModule],
  controllers: [MessagesController, MessageTotalsAdminController],
  providers: [MessagesService, MessageReads, CallPlanner, CallAcceptor, QueueHints],
  exports: [MessagesService, QueueHints],
})
export class MessagesModule {}
