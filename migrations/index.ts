import { CreateAccounts1764000000100 } from './1764000000100-create-accounts.js';
import { CreateLedger1764000000200 } from './1764000000200-create-ledger.js';
import { CreateTariffs1764000000300 } from './1764000000300-create-tariffs.js';
import { CreateProviders1764000000400 } from './1764000000400-create-providers.js';
import { CreateMessages1764000000500 } from './1764000000500-create-messages.js';
import { CreateGatewayTables1764000000600 } from './1764000000600-create-gateway-tables.js';
import { CreateScheduleRuns1764000000610 } from './1764000000610-create-schedule-runs.js';
import { CreateContacts1764000000700 } from './1764000000700-create-contacts.js';
import { CreateStatistics1764000000710 } from './1764000000710-create-statistics.js';
import { CreateTemplates1764000000720 } from './1764000000720-create-templates.js';
import { CreateIdentity1764000000800 } from './1764000000800-create-identity.js';
import { CreateInvoices1764000000900 } from './1764000000900-create-invoices.js';
import { CreateCampaigns1764000001000 } from './1764000001000-create-campaigns.js';
import { CreateMissedCalls1764000001100 } from './1764000001100-create-missed-calls.js';
import { FindAbandonedUploads1764000001200 } from './1764000001200-find-abandoned-uploads.js';
import { HoldWhatWaits1764000001210 } from './1764000001210-hold-what-waits.js';
import { ForgiveClocksSetBack1764000001220 } from './1764000001220-forgive-clocks-set-back.js';
import { FoldBankReferences1764000001300 } from './1764000001300-fold-bank-references.js';
import { AddProviderKinds1764000001400 } from './1764000001400-add-provider-kinds.js';
import { CreateStatusPolls1764000001410 } from './1764000001410-create-status-polls.js';
import { CountTheQueue1764000001500 } from './1764000001500-count-the-queue.js';
import { ShowLinks1764000001510 } from './1764000001510-show-links.js';
import { FindParkedReports1764000001520 } from './1764000001520-find-parked-reports.js';
import { FindDecisions1764000001530 } from './1764000001530-find-decisions.js';
import { FollowHours1764000001600 } from './1764000001600-follow-hours.js';
import { MakeRoomForUpdates1764000001700 } from './1764000001700-make-room-for-updates.js';
import { CreateSenders1764000001800 } from './1764000001800-create-senders.js';
import { WaitForFunds1764000001810 } from './1764000001810-wait-for-funds.js';
import { CreateSendCaps1764000001820 } from './1764000001820-create-send-caps.js';
import { ProbePausedProviders1764000001900 } from './1764000001900-probe-paused-providers.js';
import { CreateAlerts1764000001910 } from './1764000001910-create-alerts.js';
import { PriceOwnProviders1764000001920 } from './1764000001920-price-own-providers.js';
import { OwnProviders1764000001930 } from './1764000001930-own-providers.js';
import { CreatePurchasePrices1764000001940 } from './1764000001940-create-purchase-prices.js';
import { CreateInbound1764000002000 } from './1764000002000-create-inbound.js';
import { KeepOptOutsOfReports1764000002010 } from './1764000002010-keep-opt-outs-of-reports.js';
import { ExpireUnreported1764000002020 } from './1764000002020-expire-unreported.js';
import { NumberWhatIsClaimed1764000002100 } from './1764000002100-number-what-is-claimed.js';
import { WatchLinks1764000002110 } from './1764000002110-watch-links.js';
import { PaceAccounts1764000002120 } from './1764000002120-pace-accounts.js';
import { FreeTheReportInbox1764000002190 } from './1764000002190-free-the-report-inbox.js';
import { PaceSenders1764000002300 } from './1764000002300-pace-senders.js';
import { PutRecipientsFirst1764000002310 } from './1764000002310-put-recipients-first.js';
import { PassOnRefusals1764000002320 } from './1764000002320-pass-on-refusals.js';
import { KeepRecipientHours1764000002340 } from './1764000002340-keep-recipient-hours.js';
import { KeepAnswersAsTheyWere1764000002380 } from './1764000002380-keep-answers-as-they-were.js';
import { CreateWebhooks1764000002400 } from './1764000002400-create-webhooks.js';
import { CreateNumbers1764000002420 } from './1764000002420-create-numbers.js';
import { RouteByOperator1764000002421 } from './1764000002421-route-by-operator.js';
import { KeepAnswersAsText1764000002430 } from './1764000002430-keep-answers-as-text.js';
import { CreateBankStatements1764000002440 } from './1764000002440-create-bank-statements.js';
import { CreateSubscriptions1764000002450 } from './1764000002450-create-subscriptions.js';
import { ZoneLegalEntities1764000002460 } from './1764000002460-zone-legal-entities.js';
import { CreateActs1764000002461 } from './1764000002461-create-acts.js';
import { CreateDepositProofs1764000002462 } from './1764000002462-create-deposit-proofs.js';
import { ChainEntries1764000002480 } from './1764000002480-chain-entries.js';

/** Every migration, in order. A landed migration is never edited; a change is a new file. */
export const migrations: Function[] = [
  CreateAccounts1764000000100,
  CreateLedger1764000000200,
  CreateTariffs1764000000300,
  CreateProviders1764000000400,
  CreateMessages1764000000500,
  CreateGatewayTables1764000000600,
  CreateScheduleRuns1764000000610,
  CreateContacts1764000000700,
  CreateStatistics1764000000710,
  CreateTemplates1764000000720,
  CreateIdentity1764000000800,
  CreateInvoices1764000000900,
  CreateCampaigns1764000001000,
  CreateMissedCalls1764000001100,
  FindAbandonedUploads1764000001200,
  HoldWhatWaits1764000001210,
  ForgiveClocksSetBack1764000001220,
  FoldBankReferences1764000001300,
  AddProviderKinds1764000001400,
  CreateStatusPolls1764000001410,
  CountTheQueue1764000001500,
  ShowLinks1764000001510,
  FindParkedReports1764000001520,
  FindDecisions1764000001530,
  FollowHours1764000001600,
  MakeRoomForUpdates1764000001700,
  CreateSenders1764000001800,
  WaitForFunds1764000001810,
  CreateSendCaps1764000001820,
  ProbePausedProviders1764000001900,
  CreateAlerts1764000001910,
  PriceOwnProviders1764000001920,
  OwnProviders1764000001930,
  CreatePurchasePrices1764000001940,
  CreateInbound1764000002000,
  KeepOptOutsOfReports1764000002010,
  ExpireUnreported1764000002020,
  NumberWhatIsClaimed1764000002100,
  WatchLinks1764000002110,
  PaceAccounts1764000002120,
  FreeTheReportInbox1764000002190,
  PaceSenders1764000002300,
  PutRecipientsFirst1764000002310,
  PassOnRefusals1764000002320,
  KeepRecipientHours1764000002340,
  KeepAnswersAsTheyWere1764000002380,
  CreateWebhooks1764000002400,
  CreateNumbers1764000002420,
  RouteByOperator1764000002421,
  KeepAnswersAsText1764000002430,
  CreateBankStatements1764000002440,
  CreateSubscriptions1764000002450,
  ZoneLegalEntities1764000002460,
  CreateActs1764000002461,
  CreateDepositProofs1764000002462,
  ChainEntries1764000002480,
];
