import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/index.js';
import { MessagesModule } from '../messages/index.js';
import { SendersModule } from '../senders/index.js';
import { WalletsModule } from '../wallets/index.js';
import { QuoteCampaignAction } from './actions/quote-campaign.js';
import { StartCampaignAction } from './actions/start-campaign.js';
import { SteerCampaignAction } from './actions/steer-campaign.js';
import { CampaignRunner } from './campaign-runner.js';
import { CampaignsController } from './campaigns.controller.js';
import { CampaignsService } from './campaigns.service.js';
import { DiscardLists } from './lists/discard-lists.js';
import { ReceiveListAction } from './lists/receive-list.js';
import { RecipientListsController } from './recipient-lists.controller.js';

@Module({
  imports: [AccountsModule, MessagesModule, SendersModule, WalletsModule],
  controllers: [CampaignsController, RecipientListsController],
  providers: [
    CampaignsService,
    QuoteCampaignAction,
    StartCampaignAction,
    SteerCampaignAction,
    ReceiveListAction,
    DiscardLists,
    CampaignRunner,
  ],
  exports: [CampaignRunner, DiscardLists],
})
export class CampaignsModule {}
