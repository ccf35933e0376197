export { AlertsModule } from './alerts.module.js';
export { RaiseAlerts } from './raise-alerts.js';
