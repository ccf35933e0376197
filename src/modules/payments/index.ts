export { FinishStatements } from './actions/finish-statements.js';
export { PaymentsModule } from './payments.module.js';
