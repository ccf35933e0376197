export { CampaignRunner } from './campaign-runner.js';
export { CampaignsModule } from './campaigns.module.js';
export { DiscardLists } from './lists/discard-lists.js';
