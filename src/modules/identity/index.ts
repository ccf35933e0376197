export { ManageStaff, type NewStaff } from './actions/manage-staff.js';
export { type StaffRole, STAFF_ROLES, TENANT_PERMISSIONS } from './domain/permissions.js';
export { FirstOperator, type FirstOperatorHint } from './first-operator.js';
export { IdentityModule } from './identity.module.js';
export { IdentityHousekeeping } from './jobs/housekeeping.job.js';
export { type VerificationMessage, VerificationSender } from './verification-sender.js';
