export { MissedCallsModule } from './missed-calls.module.js';
