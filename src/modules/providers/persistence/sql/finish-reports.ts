import type { Statement } from '../../../../database/database.js';

export const FINISH_REPORTS: Statement = {
  name: 'providers.finish-reports',
  text: `DELETE FROM report_inbox WHERE id = ANY($1::uuid[])`,
};
