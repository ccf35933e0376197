export { CampaignRunner } from './campaign-runner.js';
export { CampaignsModule } from './campaigns.module.js';
