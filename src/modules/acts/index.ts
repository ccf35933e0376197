export { IssueActs } from './actions/issue-acts.js';
export { ActsModule } from './acts.module.js';
