import { Module } from '@nestjs/common';
import { AccountsModule } from '../../accounts/index.js';
import { ProvidersModule } from '../../providers/index.js';
import { WalletsModule } from '../../wallets/index.js';
import { MessagesModule } from '../messages.module.js';
import { MessageMover } from '../settle/message-mover.js';
import { ResolveUnknown } from '../settle/resolve-unknown.js';
import { SettleOutcomes } from '../settle/settle-outcomes.js';
import { ClaimBatch } from './claim-batch.js';
import { Dispatcher } from './dispatcher.js';
import { DispatchSettings } from './dispatch-settings.js';
import { FlightDesk } from './flight-desk.js';
import { PutAside } from './put-aside.js';
import { QueueKeeper } from './queue-keeper.js';
import { QueueListener } from './queue-listener.js';

/**
 * The sending half of `messages`, for worker processes. Nothing runs until {@link Dispatcher.start}: the entry point starts the
 * connections first, and stops them after {@link Dispatcher.stop}.
 */
@Module({
  imports: [AccountsModule, MessagesModule, ProvidersModule, WalletsModule],
  providers: [
    ClaimBatch,
    Dispatcher,
    FlightDesk,
    MessageMover,
    PutAside,
    QueueKeeper,
    QueueListener,
    ResolveUnknown,
    SettleOutcomes,
    { provide: DispatchSettings, useFactory: () => new DispatchSettings() },
  ],
  exports: [Dispatcher],
})
export class DispatchModule {}
