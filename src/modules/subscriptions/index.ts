export { RenewSubscriptions } from './actions/renew-subscriptions.js';
export { SubscriptionsModule } from './subscriptions.module.js';
