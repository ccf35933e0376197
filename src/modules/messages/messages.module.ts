import { Module } from '@nestjs/common';
import { Env } from '../../config/env.js';
import { AccountsModule } from '../accounts/index.js';
import { ContactsModule } from '../contacts/index.js';
import { ProvidersModule } from '../providers/index.js';
import { SendersModule } from '../senders/index.js';
import { TariffsModule } from '../tariffs/index.js';
import { TemplatesModule } from '../templates/index.js';
import { WalletsModule } from '../wallets/index.js';
import { CallAcceptor } from './actions/accept-calls.js';
import { Correspondence } from './correspondence.js';
import { DecideUnknown } from './actions/decide-unknown.js';
import { MessageCanceller } from './actions/cancel-messages.js';
import { FailOver } from './actions/fail-over.js';
import { MoveBacklog } from './actions/move-backlog.js';
import { MessageGroups } from './actions/message-groups.js';
import { CallPlanner } from './actions/plan-calls.js';
import { CountCaps } from './actions/count-caps.js';
import { SendCaps } from './actions/send-caps.js';
import { WaitingFunds } from './actions/waiting-funds.js';
import { DispatchSettings } from './dispatch/dispatch-settings.js';
import { PutAside } from './dispatch/put-aside.js';
import { MessagePartitions } from './jobs/message-partitions.js';
import { ExpireUnreported } from './reports/expire-unreported.js';
import { MessageMover } from './settle/message-mover.js';
import { ResolveUnknown } from './settle/resolve-unknown.js';
import { QueueHints } from './dispatch/queue-hints.js';
import { MessageReads } from './message-reads.js';
import { BacklogAdminController } from './backlog.admin.controller.js';
import { MessagesAdminController } from './messages.admin.controller.js';
import { MessageTotalsAdminController } from './message-totals.admin.controller.js';
import { MessagesController } from './messages.controller.js';
import { SendCapsAdminController } from './send-caps.admin.controller.js';
import { UnknownOutcomesAdminController } from './unknown-outcomes.admin.controller.js';
import { QueueReads } from './queue-reads.js';
import { MessagesService } from './messages.service.js';

@Module({
  imports: [
    AccountsModule,
    ContactsModule,
    ProvidersModule,
    SendersModule,
    TariffsModule,
    TemplatesModule,
    WalletsModule,
  ],
  controllers: [
    BacklogAdminController,
    MessagesController,
    MessagesAdminController,
    MessageTotalsAdminController,
    SendCapsAdminController,
    UnknownOutcomesAdminController,
  ],
  providers: [
    CallAcceptor,
    CallPlanner,
    CountCaps,
    Correspondence,
    DecideUnknown,
    ExpireUnreported,
    MessageCanceller,
    MessageGroups,
    MessageMover,
    MessagePartitions,
    MessageReads,
    MessagesService,
    FailOver,
    MoveBacklog,
    PutAside,
    QueueHints,
    QueueReads,
    ResolveUnknown,
    SendCaps,
    WaitingFunds,
    { provide: DispatchSettings, useFactory: (env: Env) => DispatchSettings.of(env), inject: [Env] },
  ],
  exports: [
    Correspondence,
    ExpireUnreported,
    MessageGroups,
    MessagePartitions,
    MessagesService,
    QueueHints,
    QueueReads,
    SendCaps,
    WaitingFunds,
  ],
})
export class MessagesModule {}
