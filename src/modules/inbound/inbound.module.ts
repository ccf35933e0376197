import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/index.js';
import { ContactsModule } from '../contacts/index.js';
import { MessagesModule } from '../messages/index.js';
import { ProvidersModule } from '../providers/index.js';
import { SortInbound } from './actions/sort-inbound.js';
import { InboundAdminController } from './inbound.admin.controller.js';
import { InboundController } from './inbound.controller.js';
import { InboundNumbers } from './inbound-numbers.js';
import { InboundReads } from './inbound-reads.js';
import { InboundRunner } from './inbound-runner.js';

/** Messages from phones. Nothing is sorted until a worker starts {@link InboundRunner}. */
@Module({
  imports: [AccountsModule, ContactsModule, MessagesModule, ProvidersModule],
  controllers: [InboundController, InboundAdminController],
  providers: [InboundNumbers, InboundReads, InboundRunner, SortInbound],
  exports: [InboundReads, InboundRunner],
})
export class InboundModule {}
