export { AuditModule } from './audit.module.js';
export type { Violation } from './domain/violation.js';
export { AUDITED, runAudit } from './run-audit.js';
