import { Module } from '@nestjs/common';
import { Env } from '../../../config/env.js';
import { AccountsModule } from '../../accounts/index.js';
import { ContactsModule } from '../../contacts/index.js';
import { ProvidersModule } from '../../providers/index.js';
import { SendersModule } from '../../senders/index.js';
import { WalletsModule } from '../../wallets/index.js';
import { MessagesModule } from '../messages.module.js';
import { ApplyReports } from '../reports/apply-reports.js';
import { GuessUnknown } from '../reports/guess-unknown.js';
import { ReportApplier } from '../reports/report-applier.js';
import { MessageMover } from '../settle/message-mover.js';
import { PassOn } from '../settle/pass-on.js';
import { ResolveUnknown } from '../settle/resolve-unknown.js';
import { SettleOutcomes } from '../settle/settle-outcomes.js';
import { ClaimBatch } from './claim-batch.js';
import { Dispatcher } from './dispatcher.js';
import { DispatchSettings } from './dispatch-settings.js';
import { FlightDesk } from './flight-desk.js';
import { HoursFollower } from './hours-follower.js';
import { PutAside } from './put-aside.js';
import { QueueKeeper } from './queue-keeper.js';
import { QueueListener } from './queue-listener.js';

/**
 * The sending half of `messages`, for worker processes. Nothing runs until it is started: connections, then {@link Dispatcher}
 * and {@link ReportApplier}. The way back: dispatcher, connections, {@link Dispatcher.finish}, applier.
 */
@Module({
  imports: [AccountsModule, ContactsModule, MessagesModule, ProvidersModule, SendersModule, WalletsModule],
  providers: [
    ApplyReports,
    ClaimBatch,
    Dispatcher,
    FlightDesk,
    GuessUnknown,
    HoursFollower,
    MessageMover,
    PassOn,
    PutAside,
    QueueKeeper,
    QueueListener,
    ReportApplier,
    ResolveUnknown,
    SettleOutcomes,
    { provide: DispatchSettings, useFactory: (env: Env) => DispatchSettings.of(env), inject: [Env] },
  ],
  exports: [Dispatcher, HoursFollower, ReportApplier],
})
export class DispatchModule {}
