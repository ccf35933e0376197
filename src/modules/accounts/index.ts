export { AccountAudit, type AuditEvent } from './account-audit.js';
export { AccountOpenings, type AccountOpened } from './account-openings.js';
export { AccountsModule } from './accounts.module.js';
export { AccountsService } from './accounts.service.js';
export type { CreateAccount } from './actions/open-account.js';
export type { AccountKind, AccountSnapshot, AccountStatus, Actor, WeeklyWindow } from './domain/account.js';
