import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/index.js';
import { ChooseDefault } from './actions/choose-default.js';
import { FixSender } from './actions/fix-sender.js';
import { MoveSender } from './actions/move-sender.js';
import { PaceSender } from './actions/pace-sender.js';
import { RequestSender } from './actions/request-sender.js';
import { SenderCache } from './persistence/sender-cache.js';
import { SenderRatesRepository } from './persistence/sender-rates.repository.js';
import { SendersRepository } from './persistence/senders.repository.js';
import { SendersAdminController } from './senders.admin.controller.js';
import { SendersController } from './senders.controller.js';
import { SendersService } from './senders.service.js';

/** Who may be shown as the sender of a message. */
@Module({
  imports: [AccountsModule],
  controllers: [SendersController, SendersAdminController],
  providers: [
    SendersService,
    SendersRepository,
    SenderCache,
    RequestSender,
    MoveSender,
    ChooseDefault,
    FixSender,
    PaceSender,
    SenderRatesRepository,
  ],
  exports: [SendersService, SenderRatesRepository],
})
export class SendersModule {}
